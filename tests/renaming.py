"""What tests of renamed options share."""

import modules
from compiler.fix import Fixed, fix
from compiler.rename import planned
from schema.document import Mapping, Node, Scalar
from schema.renaming import Rename, Renamed


def now(old: str, new: str) -> Renamed:
    """An option that was renamed in 0.2, and whose old name works until 0.3."""
    return Renamed(old, new, since="0.2", until="0.3")


def fixed(text: str, *table: Rename) -> Fixed:
    """What becomes of a text."""
    return fix("host.yaml", text.encode(), lambda one: planned(one, modules.find, table))


def plain(node: Node) -> object:
    """A node as data, its tag included."""
    tag = node.tag.text if node.tag else ""
    if isinstance(node, Mapping):
        return tag, {entry.key: plain(entry.node) for entry in node.entries}
    if isinstance(node, Scalar):
        return tag, node.value
    return tag, [plain(item) for item in node.items]
