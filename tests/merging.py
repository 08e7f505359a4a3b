"""The merge cases of golden/merge: what files say together, here and in NixOS.

A case is one YAML file:

    says: the rule that it shows, in a sentence
    files: {host.yaml: ..., base.yaml: ...}
    merged: the one manifest that comes of them, or
    refused: [code, place of the mistake, and further places]
    nix: a NixOS module that means the same; `on` is a module of ours with no option set
    nixos: {value: ...} or {error: conflict | type | recursion | ...}, as measured, if it differs
    deviation: why it does
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from attrs import frozen

from compiler.collect import collect
from compiler.load import load
from compiler.merge import merge
from compiler.module_path import collection
from compiler.profiles import Profiles
from compiler.structure import structure
from modules import OURS
from schema.diagnostics import Diagnostic, Mark, RejectedError
from schema.document import Document, Edge, Mapping, Node, Sequence, Sources
from schema.host import Manifest
from schema.option import option
from schema.scalars import AbsolutePath
from tests.support import GOLDEN

CASES = GOLDEN / "merge"

_SHELVED = tuple(map(AbsolutePath.known, ("/etc", "/srv")))
_WITHOUT_NULLS = (("backup", "keep"), ("backup", "schedule"), ("modules", "dump"))


@frozen(eq=False, repr=False)
class Shelf:
    """What no section of a manifest has: a list with a default of its own."""

    folders: tuple[AbsolutePath, ...] = option(default=_SHELVED, help="a list")


@frozen(eq=False, repr=False)
class ManifestWithShelf(Manifest):
    """A manifest with that section."""

    shelf: Shelf = option(default=Shelf(), help="a section")  # noqa: RUF009 - as in schema.host


@cache
def names() -> list[str]:
    """The names of all cases, sorted."""
    return sorted(file.stem for file in CASES.glob("*.yaml"))


@cache
def case(name: str) -> dict[str, Any]:
    """A case as it was written."""
    found: dict[str, Any] = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def outcome(name: str, folder: Path) -> dict[str, Any]:
    """What comes of a case's files: {merged: ...} or {refused: ...}.

    Args:
        name: of the case.
        folder: an empty one, which its files are written to.
    """
    for file, text in case(name)["files"].items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    try:
        document, problems = explained(folder / "host.yaml", is_explained=False)
    except RejectedError as rejected:
        return {"refused": [_told(one, folder) for one in rejected.diagnostics]}
    if problems := problems or _of_wrong_kind(document):
        return {"refused": [_told(one, folder) for one in problems]}
    return {"merged": plain(document.root)}


def explained(file: Path, *, is_explained: bool = True) -> tuple[Document, list[Diagnostic]]:
    """A manifest and what it imports, merged, with all definitions."""
    sources, missing = collect(load(str(file), file.read_bytes()), Profiles())
    known = collection(sources.documents, ())
    document, problems = merge(sources, known.find, ManifestWithShelf, explained=is_explained)
    return document, [*missing, *problems]


def together(host: str, *profiles: str) -> tuple[Document, list[Diagnostic]]:
    """A manifest that imports profiles, all of them texts."""
    texts = {f"profile{place}.yaml": text for place, text in enumerate(profiles)}
    documents = [load(file, text.encode(), imported=True) for file, text in texts.items()]
    own = load("host.yaml", host.encode())
    last = len(documents)
    edges = tuple(Edge(last, place, None, own.root.mark) for place in range(last))
    return merge(Sources((*documents, own), edges), OURS.find)


def _of_wrong_kind(document: Document) -> list[Diagnostic]:
    """What the merge leaves to the next stage, which says it best: a text instead of a list."""
    return [one for one in structure(document)[1] if one.code == "HW013"]


def _told(diagnostic: Diagnostic, folder: Path) -> str:
    """A code and its places."""
    related = (one.mark for one in diagnostic.related)
    places = (_place(mark, folder) for mark in (diagnostic.mark, *related) if mark)
    return " ".join([diagnostic.code, *places])


def _place(mark: Mark, folder: Path) -> str:
    file = str(Path(mark.file).relative_to(folder)) if mark.file else "host.yaml"
    return f"{file}:{mark.line}:{mark.column}"


def plain(node: Node) -> Any:
    """A node as plain data."""
    if isinstance(node, Mapping):
        return {entry.key: plain(entry.node) for entry in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.value


def comparable(value: Any, path: tuple[str, ...] = ()) -> Any:
    """A merged manifest without what is only another spelling of the same.

    A module with nothing set is one that is on; a schedule's text is its time; what a section of
    Nix does not set is null there; the values of directives are texts.
    """
    if path == ("backup", "schedule") and isinstance(value, str):
        return {"at": value}
    if isinstance(value, dict):
        return {
            key: comparable({} if below is None and path == ("modules",) else below, (*path, key))
            for key, below in value.items()
            if not _says_nothing(key, below, path)
        }
    if path[:1] == ("units",) and isinstance(value, int):
        return str(value)
    return value


def _says_nothing(key: str, value: Any, path: tuple[str, ...]) -> bool:
    if path[:1] == ("modules",) and len(path) == 2 and key == "enable":
        return value is True
    return value is None and any(path[: len(one)] == one for one in _WITHOUT_NULLS)
