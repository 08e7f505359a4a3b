"""Document -> the same document with the names of today: every renamed option where it belongs.

Runs on each file before the files are merged, so that a profile may use an old name while a host
uses the new one; a value keeps its tags and its place in the text on the way.
"""

from collections.abc import Callable
from collections.abc import Sequence as SequenceType
from typing import TYPE_CHECKING

from attrs import evolve

from schema.diagnostics import Diagnostic
from schema.document import Document, Mapping, Scalar, Sequence, Sources

if TYPE_CHECKING:
    from compiler.rename.moves import Plan, Scope
    from schema.module import Module
    from schema.renaming import Rename

Find = Callable[[str], "type[Module] | None"]
"""The module of a name, or None when there is none."""


def rename(
    document: Document,
    find: Find,
    table: "SequenceType[Rename] | None" = None,
    version: str | None = None,
    *,
    host: str | None = None,
) -> tuple[Document, tuple[Diagnostic, ...]]:
    """Give every option its name of today.

    Args:
        document: one file, not yet merged with others.
        find: the modules that it may name, each with renames of its own.
        table: renames of the manifest's own options; without one, those of `schema.renames`.
        version: the version of the manifest that decides whether an old name still works; without
            one, the compiler's own.
        host: the manifest that imports the document, for the advice; it may bring the modules.

    Returns:
        The document, itself when nothing in it has changed its name, and what to say about it.
    """
    found = planned(document, find, table, version, host=host)
    return (document, ()) if found is None else (found.document, found.diagnostics)


def rename_sources(sources: Sources, find: Find) -> tuple[Sources, list[Diagnostic]]:
    """Give the options of every file of a manifest their names of today."""
    host = sources.documents[-1].file
    pairs = [rename(document, find, host=host) for document in sources.documents]
    found = [one for _, diagnostics in pairs for one in diagnostics]
    documents = tuple(document for document, _ in pairs)
    return (evolve(sources, documents=documents) if found else sources), found


def planned(
    document: Document,
    find: Find,
    table: "SequenceType[Rename] | None" = None,
    version: str | None = None,
    *,
    host: str | None = None,
) -> "Plan | None":
    """What `rename` does, as `hostwright fix` needs it, or None when there is nothing to do."""
    if table is None:
        from schema.renames import RENAMES

        table = RENAMES
    own = _of_modules(document.root, find)
    if not own and not any(_concerns(one, document.root) for one in table):
        return None
    from compiler.rename.moves import plan

    return plan(document, [*(((), one) for one in table), *own], version, host)


def _concerns(rename: "Rename", root: Mapping) -> bool:
    return rename.path[0] == "*" or root.get(rename.path[0]) is not None


def _of_modules(root: Mapping, find: Find) -> "list[Scope]":
    """The renames of the modules that a document names, and where their options stand."""
    entry = root.get("modules")
    if entry is None or isinstance(entry.node, Scalar):
        return []
    sections = entry.node.items if isinstance(entry.node, Sequence) else (entry.node,)
    names = [one.key for node in sections if isinstance(node, Mapping) for one in node.entries]
    return [
        (("modules", name), one)
        for name in names
        if (module := find(name)) is not None
        for one in module.renames
    ]
