"""Lists: the items of all definitions, in the order of the imports and of their tags."""

from collections.abc import Hashable
from collections.abc import Sequence as SequenceType

from attrs import evolve

from compiler.merge.given import (
    DEFAULT_PRIORITY,
    OWN_DEFAULT,
    Given,
    Record,
    best,
    key_of,
    refuse_inner_tags,
    untagged,
)
from compiler.merge.remove import REMOVED, REMOVES, Reach, not_found
from schema.diagnostics import WHOLE, Diagnostic, ManifestPath
from schema.document import PLAIN, Node, Scalar, Sequence


def joined(
    path: ManifestPath,
    givens: SequenceType[Given],
    default: tuple[object, ...],
    reach: Reach,
    record: Record,
) -> Node | None:
    """The list, or None when no definition counts.

    A weaker definition, the option's own default too, is dropped only by one that is stronger
    than plain: extending a list never loses what was in it.
    """
    if default:
        givens = [_of_default(default), *givens]
    winners = best(givens)
    is_forced = bool(winners) and winners[0].priority < PLAIN
    kept = winners if is_forced else [one for one in givens if one.active]
    for one in givens:
        lost = is_forced and one not in kept
        record.note(path, one, record.stronger(winners[0]) if lost else "")
    said = [one for one in kept if one.source != OWN_DEFAULT]
    if not said:
        return None
    items = [item for one in kept for item in _items(path, one, record)]
    items.sort(key=lambda item: item.order)
    idle = [item for one in givens if not one.active for item in _items(path, one, record)]
    left = _removed(path, items, idle, reach, record)
    return Sequence(tuple(_each_once(path, left, record)), said[-1].node.mark)


def _of_default(default: tuple[object, ...]) -> Given:
    items = tuple(Scalar(str(item), str(item), WHOLE) for item in default)
    return Given(Sequence(items, WHOLE), WHOLE, OWN_DEFAULT, DEFAULT_PRIORITY)


def _items(path: ManifestPath, given: Given, record: Record) -> list[Given]:
    items: list[Given] = []
    nodes = given.node.items if isinstance(given.node, Sequence) else ()
    for node in nodes:
        item = evolve(given, node=node, mark=node.mark)
        refuse_inner_tags((*path, len(items)), item, record)
        if (tag := node.tag) is not None:
            if tag.priority is not None and given.active:
                message = f"{tag.text} is about a list as a whole, not about one of its items"
                fix = f"write it in front of the list: {path[-1]}: {tag.text} [...]"
                record.problems.append(Diagnostic("HW027", message, path, fix, mark=tag.mark))
            if tag.order is not None:
                item = evolve(item, order=tag.order)
        items.append(item)
    return items


def _removed(
    path: ManifestPath,
    items: SequenceType[Given],
    idle: SequenceType[Given],
    reach: Reach,
    record: Record,
) -> list[Given]:
    """The items without those that `!remove` takes out, and without the orders to do so.

    `idle` are those whose conditions are not true: there is a reason to remove them nevertheless.
    """
    orders = [one for one in items if _removes(one)]
    if not orders:
        return list(items)
    rest = [one for one in items if not _removes(one)]
    known: dict[Hashable, list[Given]] = {}
    for one in (*rest, *idle):
        known.setdefault(key_of(one.node), []).append(one)
    gone: dict[int, Given] = {}
    for order in orders:
        alike = known.get(key_of(order.node), ())
        hit = [one for one in alike if reach.brought(order, one)]
        if not hit:
            record.problems.append(not_found(path, order, [one.node for one in rest]))
        gone.update((id(one), order) for one in hit if one.active)
    for one in rest:
        if (by := gone.get(id(one))) is not None:
            record.note((*path, REMOVED), one, f"{record.place(by.mark)} {REMOVES}")
    return [one for one in rest if id(one) not in gone]


def _removes(item: Given) -> bool:
    return item.node.tag is not None and item.node.tag.removes


def _each_once(path: ManifestPath, items: SequenceType[Given], record: Record) -> list[Node]:
    """The items; what another file says as well stands once.

    Not so in a list that is cleared on its way, as the directives of a unit can be: what stands
    behind the empty text counts, and not what stands before it.
    """
    is_cleared = any(isinstance(one.node, Scalar) and one.node.value == "" for one in items)
    found: list[Given] = []
    places: dict[Hashable, int] = {}
    for item in items:
        place = places.setdefault(key_of(item.node), len(found))
        if place == len(found) or is_cleared or found[place].source == item.source:
            place = len(found)
            found.append(item)
        record.note((*path, place), item)
    return [untagged(one.node) for one in found]
