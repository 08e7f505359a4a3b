"""Nodes with one entry changed. `modules` may be a list of names and of one-key mappings."""

from collections.abc import Callable, Iterator

from attrs import evolve

from schema.document import Entry, Mapping, Node, Scalar, Sequence, Tag
from schema.renaming import ANY, OptionPath

_MODULES: OptionPath = ("modules",)


def entries(node: Node, path: OptionPath) -> tuple[Entry, ...]:
    """What stands under names in a node at a path."""
    if isinstance(node, Mapping):
        return node.entries
    if isinstance(node, Sequence) and path == _MODULES:
        return tuple(entry for item in node.items for entry in _listed(item))
    return ()


def _listed(item: Node) -> tuple[Entry, ...]:
    if isinstance(item, Scalar):
        return (Entry(item.text, item.mark, Scalar("", None, item.mark)),)
    return item.entries if isinstance(item, Mapping) else ()


def entry_at(root: Mapping, path: OptionPath) -> Entry | None:
    """The entry of a path, if there is one."""
    found: Entry | None = None
    node: Node = root
    for depth, key in enumerate(path):
        found = next((one for one in entries(node, path[:depth]) if one.key == key), None)
        if found is None:
            return None
        node = found.node
    return found


def matches(root: Mapping, pattern: OptionPath) -> Iterator[OptionPath]:
    """The paths of a pattern that the manifest has."""
    found: list[tuple[OptionPath, Node]] = [((), root)]
    for step in pattern:
        found = [
            ((*path, entry.key), entry.node)
            for path, node in found
            for entry in entries(node, path)
            if step in (ANY, entry.key)
        ]
    yield from (path for path, _ in found)


def tag_left(root: Mapping, old: OptionPath, new: OptionPath) -> Tag | None:
    """The tag of the nearest section that a value leaves, which held for the value as well."""
    shared = next(
        (depth for depth, (one, two) in enumerate(zip(old, new, strict=False)) if one != two),
        0,
    )
    above = (entry_at(root, old[:depth]) for depth in range(len(old) - 1, shared, -1))
    return next((one.node.tag for one in above if one is not None and one.node.tag), None)


def renamed(root: Mapping, path: OptionPath, key: str) -> Mapping:
    """The manifest with another key at a path."""

    def change(node: Node) -> Node:
        if isinstance(node, Mapping):
            return _with(node, path[-1], lambda one: Entry(key, one.mark, one.node))
        if isinstance(node, Sequence):
            items = (_item_renamed(item, path[-1], key) for item in node.items)
            return evolve(node, items=tuple(items))
        return node

    return _changed(root, path[:-1], change)


def _item_renamed(item: Node, key: str, new: str) -> Node:
    if isinstance(item, Scalar):
        return evolve(item, text=new, value=new) if item.text == key else item
    if isinstance(item, Mapping):
        return _with(item, key, lambda one: Entry(new, one.mark, one.node))
    return item


def without(root: Mapping, path: OptionPath) -> Mapping:
    """The manifest without what stands at a path, and without a section that this empties.

    A module stays: that it is named at all is what it says.
    """
    key = path[-1]
    found = entry_at(root, path[:-1]) if path[1:] else None
    leaves = len(entries(found.node, path[:-1])) > 1 if found else True
    if not leaves and path[:-2] != _MODULES:
        return without(root, path[:-1])

    def change(node: Node) -> Node:
        if isinstance(node, Mapping):
            return evolve(node, entries=tuple(one for one in node.entries if one.key != key))
        if isinstance(node, Sequence):
            kept = (item for item in node.items if key not in [one.key for one in _listed(item)])
            return evolve(node, items=tuple(kept))
        return node

    return _changed(root, path[:-1], change)


def put(root: Mapping, path: OptionPath, entry: Entry) -> Mapping | OptionPath:
    """The manifest with an entry's value at a path, or the path of what is in the way there."""
    depth = next((n for n in range(1, len(path)) if entry_at(root, path[:n]) is None), len(path))
    above = entry_at(root, path[: depth - 1])
    if above is not None and not _holds_names(above.node, path[: depth - 1]):
        return path[: depth - 1]
    node = entry.node
    for key in reversed(path[depth:]):
        node = Mapping((Entry(key, entry.mark, node),), entry.mark)
    brought = Entry(path[depth - 1], entry.mark, node)

    def change(node: Node) -> Node:
        if isinstance(node, Mapping):
            return evolve(node, entries=(*node.entries, brought))
        if isinstance(node, Sequence):
            return evolve(node, items=(*node.items, Mapping((brought,), brought.mark)))
        return Mapping((brought,), node.mark, node.tag)

    return _changed(root, path[: depth - 1], change)


def _holds_names(node: Node, path: OptionPath) -> bool:
    if isinstance(node, Scalar):
        return node.value is None
    return isinstance(node, Mapping) or path == _MODULES


def _changed(root: Mapping, path: OptionPath, change: Callable[[Node], Node]) -> Mapping:
    """The manifest with the node at a path changed."""
    node = _below(root, path, change)
    return node if isinstance(node, Mapping) else root


def _below(node: Node, path: OptionPath, change: Callable[[Node], Node]) -> Node:
    if not path:
        return change(node)
    if isinstance(node, Mapping):
        return _with(node, path[0], lambda one: _entry_changed(one, path[1:], change))
    if isinstance(node, Sequence):
        return evolve(node, items=tuple(_item_below(item, path, change) for item in node.items))
    return node


def _entry_changed(entry: Entry, path: OptionPath, change: Callable[[Node], Node]) -> Entry:
    return evolve(entry, node=_below(entry.node, path, change))


def _item_below(item: Node, path: OptionPath, change: Callable[[Node], Node]) -> Node:
    if isinstance(item, Scalar) and item.text == path[0]:
        (entry,) = _listed(item)
        return Mapping((_entry_changed(entry, path[1:], change),), item.mark, item.tag)
    if isinstance(item, Mapping):
        return _with(item, path[0], lambda one: _entry_changed(one, path[1:], change))
    return item


def _with(node: Mapping, key: str, change: Callable[[Entry], Entry]) -> Mapping:
    changed = (change(one) if one.key == key else one for one in node.entries)
    return evolve(node, entries=tuple(changed))
