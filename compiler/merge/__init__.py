"""Documents with imports -> one Document, in which every option has its strongest value.

The vocabulary and the numbers are those of NixOS's module system (nixpkgs, lib/modules.nix). What
differs is that a field declares how its definitions are merged: `docs/merging.md`.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from attrs import evolve

from modules import OURS
from schema.document import Document, Mapping, Node, Sequence, Sources
from schema.host import Manifest

if TYPE_CHECKING:
    from schema.diagnostics import Diagnostic


def merge(
    sources: Sources,
    known: Callable[[str], type[Any] | None],
    root: type[Any] = Manifest,
    *,
    explained: bool = False,
) -> "tuple[Document, list[Diagnostic]]":
    """Merge what the files of a manifest say.

    Args:
        sources: the files, in the order of the imports.
        known: finds the module of a name, or None.
        root: the class whose fields are the options.
        explained: whether the document is to know all definitions, the losing ones too.

    Returns:
        One document, and which definitions contradict one another or remove nothing.
    """
    conditions = sum(1 for one in sources.documents for _ in _module_conditions(one))
    is_ours = root is Manifest and known == OURS.find  # of which no list has a default to extend
    if is_ours and not explained and not conditions and _is_alone(sources):
        own = sources.documents[-1]
        entries = tuple(one for one in own.root.entries if one.key != "imports")
        return evolve(own, root=evolve(own.root, entries=entries)), []
    from compiler.merge.files import merged_files

    return merged_files(sources, known, root, conditions, explained=explained)


def _is_alone(sources: Sources) -> bool:
    """Whether there is nothing to merge: one file, in which no tag and no condition stands."""
    own = sources.documents[-1]
    return len(sources.documents) == 1 and not own.has_tags and own.root.get("when") is None


def _module_conditions(document: Document) -> Iterator[Node]:
    """The conditions on entries of `modules`."""
    entry = document.root.get("modules")
    node = entry.node if entry else None
    if isinstance(node, Sequence):
        nodes = [
            one.node for item in node.items if isinstance(item, Mapping) for one in item.entries
        ]
    else:
        nodes = [one.node for one in node.entries] if isinstance(node, Mapping) else []
    for one in nodes:
        if isinstance(one, Mapping) and (when := one.get("when")) is not None:
            yield when.node
