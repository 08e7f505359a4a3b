"""A manifest's text -> plain values, as another reader of YAML would have them."""

from compiler.load import load
from schema.document import Mapping, Node, Scalar, Sequence


def read_back(text: str) -> dict[str, dict[str, object]]:
    """What a manifest says, by its keys."""
    values = _plain(load("HOST.yaml", text.encode()).root)
    assert isinstance(values, dict)
    return values


def _plain(node: Node) -> object:
    if isinstance(node, Mapping):
        return {entry.key: _plain(entry.node) for entry in node.entries}
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    assert isinstance(node, Scalar)
    return node.value
