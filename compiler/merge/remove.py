"""What `!remove` takes out: what the files brought that its own file imports."""

from collections.abc import Iterable, Sequence

from attrs import evolve, frozen

from compiler.merge.given import OWN_DEFAULT, Given, Record
from schema.diagnostics import Diagnostic, ManifestPath
from schema.document import Node, Scalar, Sources

REMOVED = "!remove"
"""The step below a list at which the items are noted that were taken out."""

REMOVES = "removes it"
"""How the reason of a definition ends that was taken out."""


@frozen(eq=False, repr=False)
class Reach:
    """Of each source, the sources that it imports, those that these import, and so on."""

    below: tuple[frozenset[int], ...]

    def brought(self, order: Given, other: Given) -> bool:
        """Whether what an order is to remove came in through the imports of the order's file."""
        return other.source == OWN_DEFAULT or other.source in self.below[order.source]


def reach_of(sources: Sources) -> Reach:
    """Documents stand behind what they import, so one pass is enough."""
    direct: list[set[int]] = [set() for _ in sources.documents]
    for edge in sources.edges:
        direct[edge.by].add(edge.of)
    below: list[frozenset[int]] = []
    for found in direct:
        below.append(frozenset(found).union(*(below[one] for one in found)))
    return Reach(tuple(below))


def removed(
    path: ManifestPath, givens: Sequence[Given], reach: Reach, record: Record
) -> list[Given]:
    """The definitions of a key without those that a `!remove` of it takes out."""
    orders = [one for one in givens if one.node.tag is not None and one.node.tag.removes]
    if not orders:
        return list(givens)
    others = [one for one in givens if one not in orders]
    gone: list[Given] = []
    for order in orders:
        if not order.active:
            record.note(path, order)
            continue
        if not isinstance(order.node, Scalar) or order.node.value is not None:
            message = "!remove takes the option out: nothing stands behind it"
            fix = f"write {path[-1]}: !remove, or !remove in front of one item of a list"
            record.problems.append(Diagnostic("HW027", message, path, fix, mark=order.mark))
            continue
        brought = [one for one in others if reach.brought(order, one)]
        if not brought:
            record.problems.append(not_found(path, order, ()))
        for one in brought:
            if one.active and one not in gone:
                record.note(path, _strong(one), f"{record.place(order.mark)} {REMOVES}")
                gone.append(one)
    return [one for one in others if one not in gone]


def _strong(given: Given) -> Given:
    """A definition as strong as its tag says, which nobody else reads once it is gone."""
    tag = given.node.tag
    if tag is None or tag.priority is None:
        return given
    return evolve(given, priority=tag.priority)


def not_found(path: ManifestPath, order: Given, others: Iterable[Node]) -> Diagnostic:
    """An order to remove what no import brought: most likely a slip, and it would go unseen."""
    from difflib import get_close_matches

    from schema.secrets import without_secrets

    if isinstance(order.node, Scalar) and order.node.value is not None:
        texts = [one.text for one in others if isinstance(one, Scalar)]
        near = get_close_matches(order.node.text, texts, n=1)
        fix = f'did you mean "{without_secrets(near[0])}"?' if near else "take the line out"
        item = without_secrets(order.node.text)
        message = f'nothing to remove: no import brings "{item}" into {_name(path)}'
        return Diagnostic("HW028", message, path, fix, mark=order.mark)
    message = f"nothing to remove: no import brings {_name(path)}"
    return Diagnostic("HW028", message, path, "take the line out", mark=order.mark)


def _name(path: ManifestPath) -> str:
    return ".".join(map(str, path))
