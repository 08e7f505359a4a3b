"""Paths of the manifest as people type them, and back."""

import re
from collections.abc import Iterator

from compiler.explain.declared import declared_at
from compiler.explain.definitions import defined_at
from compiler.merge.remove import REMOVED
from compiler.reference.sections import Modules
from schema.diagnostics import ManifestPath
from schema.document import Document

_UNIT = re.compile(r"units\.(.+?\.(?:service|timer))(?:\.(.*))?")


def name_of(path: ManifestPath) -> str:
    """A path with dots."""
    return ".".join(map(str, path)) or "the manifest"


def path_of(name: str, document: Document, modules: Modules) -> ManifestPath | None:
    """The path that a name means: one that was written, or one that could be.

    `modules.` may be left out, and names with dots in them are known when they were written.
    """
    name = name.replace("[]", "")  # each item: all that is known of them is at the list
    named = {name_of(path): path for path in document.definitions if path}
    for tried in (name, f"modules.{name}"):
        if tried in named:
            return named[tried]
    for tried in (name, f"modules.{name}"):
        path = _parsed(tried)
        if path is not None and _exists(path, document, modules):
            return path
    return None


def known_names(document: Document, modules: Modules) -> Iterator[str]:
    """What could have been meant: all that was written, and all options."""
    from compiler.reference.search import every_section

    yield from (name_of(path) for path in document.definitions if path and path[-1] != REMOVED)
    for section in every_section(modules):
        yield from (name_of(entry.path) for entry in section.entries if not entry.is_collected)


def _parsed(name: str) -> ManifestPath | None:
    if found := _UNIT.fullmatch(name):
        below = found[2].split(".") if found[2] else []
        return ("units", found[1], *map(_step, below))
    return tuple(map(_step, name.split("."))) if name else None


def _step(text: str) -> str | int:
    return int(text) if text.isascii() and text.isdecimal() else text


def _exists(path: ManifestPath, document: Document, modules: Modules) -> bool:
    """Whether there can be something: every name in it is an option, or was written."""
    if path[0] == "units":
        return len(path) == 1 or str(path[1]).endswith((".service", ".timer"))
    declared = declared_at(path, modules)
    if declared is None or len(path) < len(declared.path):
        return False
    if len(path) > len(declared.path) and not defined_at(document, path):
        return False
    pairs = zip(path, declared.path, strict=False)
    return all(one == other or other.isupper() for one, other in pairs)
