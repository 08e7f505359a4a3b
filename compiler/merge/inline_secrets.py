"""Secrets in definitions that lost, or that do not count: whoever reads the profile reads them."""

from collections.abc import Iterable, Iterator

from compiler.merge.shape import UNKNOWN, Finder, Shape, below
from schema.diagnostics import Diagnostic, ManifestPath
from schema.document import Entry, Mapping, Node, Scalar, Sequence
from schema.secrets import is_path

_FIX = "put it into a file on the host that only its user can read, and name the file"

_Found = tuple[ManifestPath, Scalar]


def inline_secrets(
    roots: Iterable[Mapping], merged: Mapping, root: Shape, known: Finder
) -> Iterator[Diagnostic]:
    """Values of options that take the file of a secret, and are none; not those that won.

    Args:
        roots: what each file says.
        merged: what came of it, which `structure` looks at.
        root: the shape of a manifest.
        known: finds the module of a name, or None.
    """
    won = {(path, node.mark) for path, node in _inline((), merged, root, known)}
    for one in roots:
        for path, node in _inline((), one, root, known):
            if (path, node.mark) not in won:
                name = ".".join(map(str, path))
                message = (
                    f"{name} is not an absolute path, and a secret must not stand in a manifest, "
                    "whether it is used or not: whoever can read the file could read it"
                )
                yield Diagnostic("HW019", message, path, _FIX, mark=node.mark)


def _inline(path: ManifestPath, node: Node, shape: Shape, known: Finder) -> Iterator[_Found]:
    if shape.is_secret:
        yield from ((path, one) for one in _leaves(node) if not _is_file(one))
    elif shape.kind in ("section", "names"):
        for entry in _entries(node):
            child = below(shape, entry.key, known)
            if child is not UNKNOWN:
                yield from _inline((*path, entry.key), entry.node, child, known)


def _entries(node: Node) -> Iterator[Entry]:
    """Of a mapping, or of the mappings in a list: `modules` can be one."""
    if isinstance(node, Mapping):
        yield from node.entries
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from item.entries if isinstance(item, Mapping) else ()


def _leaves(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
        return
    for one in node.items if isinstance(node, Sequence) else [one.node for one in node.entries]:
        yield from _leaves(one)


def _is_file(node: Scalar) -> bool:
    return node.value is None or (isinstance(node.value, str) and is_path(node.value))
