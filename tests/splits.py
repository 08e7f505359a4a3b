"""A manifest cut into two, of which a merge must make the same again."""

from collections.abc import Callable

from attrs import evolve

from schema.document import Entry, Mapping, Node, Sequence

WHOLE = ("command", "drill", "keep", "restore", "schedule", "version")
"""Options that are one value, although they are written as lists or mappings."""

GROWING = ("databases", "exclude", "groups", "known_hosts", "paths", "read", "users", "write")
"""Lists that grow; the other lists are left whole."""

Choose = Callable[[], bool]


def halves(node: Mapping, choose: Choose) -> tuple[Mapping, Mapping]:
    """A profile and a host: each option in one of them, or some of it in either."""
    profile: list[Entry] = []
    host: list[Entry] = []
    for entry in node.entries:
        for half, part in zip((profile, host), _parts(entry, choose), strict=True):
            if part is not None:
                half.append(evolve(entry, node=part))
    return Mapping(tuple(profile), node.mark), Mapping(tuple(host), node.mark)


def _parts(entry: Entry, choose: Choose) -> tuple[Node | None, Node | None]:
    node = entry.node
    if entry.key not in WHOLE and choose():
        if isinstance(node, Mapping) and node.entries:
            return halves(node, choose)
        if isinstance(node, Sequence) and entry.key in GROWING:
            place = sum(choose() for _ in node.items)
            first, rest = node.items[:place], node.items[place:]
            return evolve(node, items=first), evolve(node, items=rest)
    return (node, None) if choose() else (None, node)
