"""Values that are not mixed: the strongest definition wins, and equals must say the same."""

from collections.abc import Sequence as SequenceType

from attrs import evolve

from compiler.merge.given import Given, Record, best, refuse_inner_tags, same, untagged
from schema.diagnostics import Diagnostic, ManifestPath, Related
from schema.document import Entry, Mapping, Node, Scalar, Sequence

_WIDTH = 60


def strongest(
    path: ManifestPath, givens: SequenceType[Given], record: Record, *, is_secret: bool = False
) -> Given | None:
    """The definition that wins; the last of several that say the same."""
    winners = best(givens)
    for one in givens:
        refuse_inner_tags(path, one, record)
        lost = bool(winners) and one not in winners
        record.note(path, one, record.stronger(winners[-1]) if lost else "")
    if not winners:
        return None
    different = _different(winners)
    if len(different) > 1:
        record.problems.append(_conflict(path, different, record, is_secret=is_secret))
    return winners[-1]


def _different(winners: SequenceType[Given]) -> list[Given]:
    """The winners that say different things, each thing once, the last one last."""
    found: list[Given] = []
    for one in reversed(winners):
        if not any(same(one.node, other.node) for other in found):
            found.insert(0, one)
    return found


def _conflict(
    path: ManifestPath, givens: SequenceType[Given], record: Record, *, is_secret: bool
) -> Diagnostic:
    *others, last = givens
    name = ".".join(map(str, path))
    told = [_told(path, one.node, is_secret=is_secret) for one in givens]
    *shown, shown_last = (text for text, _ in told)
    related = tuple(
        Related(f"{text} is given here", one.mark, is_secret=hides)
        for one, (text, hides) in zip(others, told, strict=False)
    )
    count = "two values" if len(givens) == 2 else f"{len(givens)} values"
    message = f"{name} has {count} of the same strength: {shown_last} here, and "
    message += ", ".join(
        f"{text} in {record.place(one.mark)}" for one, text in zip(others, shown, strict=True)
    )
    return Diagnostic(
        "HW024",
        message,
        path,
        _settled(last),
        mark=last.mark,
        related=related,
        is_secret=told[-1][1],
    )


def _settled(given: Given) -> str:
    if given.priority == 100:
        return "write !force in front of the one that is meant, or !default in front of the other"
    if given.priority == 0:
        return "there is nothing stronger: take one of them out"
    stronger = max(0, given.priority - 10)
    return f"write !override {stronger} in front of the one that is meant"


def _told(path: ManifestPath, node: Node, *, is_secret: bool) -> tuple[str, bool]:
    """A value in a sentence, and whether it is a secret, of which nothing is said."""
    from schema.secrets import is_path, is_secret_path

    if not isinstance(node, Scalar) or node.value is None:
        return _shown(path, node), False
    if (is_secret or is_secret_path(path)) and not is_path(node.text):
        return "a value", True
    return _shown(path, node), False


def _shown(path: ManifestPath, node: Node) -> str:
    """A value in quotes, without the secrets in it; without quotes of its own, which would end it.

    What is secret in `KEY: VALUE` may not be so in the value alone.
    """
    from schema.secrets import without_secrets

    if isinstance(node, Scalar):
        key = f"{path[-1]}: "
        whole = without_secrets(f"{key}{node.text}").removeprefix(key)
        text = whole if len(whole) <= _WIDTH else f"{whole[: _WIDTH - 3]}..."
        text = text.replace('"', "'")
        return f'"{text}"' if node.value is not None else "null"
    if isinstance(node, Sequence):
        return "a list" if node.items else "an empty list"
    return "a mapping" if node.entries else "an empty mapping"


def wrapped(given: Given, key: str) -> Given:
    """A lone text as the section that it is short for: `schedule: 02:30` is `{at: 02:30}`."""
    node = given.node
    if not key or not isinstance(node, Scalar) or node.value is None:
        return given
    entry = Entry(key, node.mark, untagged(node))
    return evolve(given, node=Mapping((entry,), node.mark, node.tag))
