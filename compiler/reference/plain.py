"""What a manifest says, as plain data: what JSON can hold."""

from typing import Any

import attrs

from schema.document import Mapping, Node, Scalar


def plain(node: Node) -> Any:
    """The data of a node. What `!remove` stands before is not there any more."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        entries = (entry for entry in node.entries if not _is_removed(entry.node))
        return {entry.key: plain(entry.node) for entry in entries}
    return [plain(item) for item in node.items if not _is_removed(item)]


def plain_value(value: Any) -> Any:
    """The data of a structured value, such as a default; a section without what is default."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, tuple):
        return [plain_value(one) for one in value]
    if not attrs.has(type(value)):
        return {str(key): plain_value(one) for key, one in value.items()}
    fields = attrs.fields_dict(type(value)).items()
    told = (name for name, field in fields if getattr(value, name) != field.default)
    return {name: plain_value(getattr(value, name)) for name in told}


def _is_removed(node: Node) -> bool:
    return node.tag is not None and node.tag.removes
