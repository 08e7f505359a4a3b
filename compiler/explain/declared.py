"""What is declared at a path of the manifest."""

from collections.abc import Hashable
from functools import cache
from typing import cast

from compiler.reference.sections import Entry, Modules, Section, manifest, module
from compiler.reference.words import merge_rule
from schema.diagnostics import ManifestPath

DIRECTIVE = 4
"""Steps of a path that names a directive: units, UNIT, SECTION, NAME."""


def declared_at(path: ManifestPath, modules: Modules) -> Section | Entry | None:
    """The option or section at a path; of a list's item, or a key of a mapping, the option."""
    return _declared(path, cast("Hashable", modules))


def is_section(path: ManifestPath, modules: Modules) -> bool:
    """Whether a path stands for several options, of which each has a value of its own."""
    found = declared_at(path, modules)
    if found is None or isinstance(found, Section):
        return True
    return len(path) < DIRECTIVE if path[0] == "units" else _opens(found)


@cache
def _declared(path: ManifestPath, known: Hashable) -> Section | Entry | None:
    modules = cast("Modules", known)
    if path[:1] == ("units",):
        return _named(manifest(), "units")
    if path[:1] != ("modules",) or len(path) == 1:
        return _walk(manifest(), path)
    found = modules.find(str(path[1]))
    return _walk(module(str(path[1]), found), path[2:]) if found else None


def _opens(entry: Entry) -> bool:
    """`modules` opens whatever modules there are, which its type does not say."""
    if entry.path == ("modules",):
        return True
    return entry.below is not None and merge_rule(entry) != "whole"


def _walk(section: Section, path: ManifestPath) -> Section | Entry | None:
    if not path:
        return section
    entry = _named(section, path[0])
    rest = path[1:]
    if entry is None or not rest:
        return entry
    below = entry.below
    if below is None:
        return entry
    steps = len(below.path) - len(entry.path)
    return _walk(below, rest[steps:]) if len(rest) > steps else entry


def _named(section: Section, name: str | int) -> Entry | None:
    """An option of a section, by its own name or as one of the names that it collects."""
    named = {entry.name: entry for entry in section.entries if not entry.is_collected}
    collecting = (entry for entry in section.entries if entry.is_collected)
    return named.get(str(name)) or next(collecting, None)
