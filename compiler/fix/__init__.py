"""Text of a manifest -> the same text with the names of today; nothing else of it changes.

No edit is trusted: the new text must mean exactly what the old one means to the compiler, or it is
not used.
"""

from collections.abc import Callable

from attrs import frozen

from compiler.fix.cut import cut
from compiler.fix.page import Edit, Page, Place, UnsafeError, applied, newline_of
from compiler.fix.paste import paste, requoted
from compiler.load import load
from compiler.load.spans import spans
from compiler.rename.moves import Move, Plan
from schema.diagnostics import Diagnostic, RejectedError, Severity
from schema.document import Document, Mapping, Node, Scalar
from schema.renaming import OptionPath

Planned = Callable[[Document], Plan | None]
"""What of a document has another name; see `compiler.rename.planned`."""

_UNUSUAL = "the text is written in an unusual way"


@frozen(eq=False, repr=False)
class Fixed:
    """What came of a text.

    Attributes:
        content: its bytes, as they were when there is nothing to do or something is in the way.
        moves: what has another name now, in the order of the text.
        diagnostics: what needs a person; nothing was changed then.
    """

    content: bytes
    moves: tuple[Move, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def fix(file: str, content: bytes, planned: Planned) -> Fixed:
    """Write every option under its name of today.

    Args:
        file: the manifest's name as the user gave it, for reports only.
        content: its bytes.
        planned: what has another name.

    Raises:
        RejectedError: it is no manifest; see `compiler.load`.
    """
    document = load(file, content)
    plan = planned(document)
    if plan is None:
        return Fixed(content)
    in_the_way = tuple(one for one in plan.diagnostics if one.code in ("HW037", "HW038"))
    if in_the_way or not plan.moves:
        return Fixed(content, diagnostics=in_the_way)
    moves = tuple(sorted(plan.moves, key=lambda one: (one.mark.line, one.mark.column)))
    try:
        text = _rewritten(document, content.decode(), plan, planned)
    except _StuckError as stuck:
        return Fixed(content, diagnostics=(_unsafe(stuck, moves),))
    return Fixed(text.encode(), moves)


class _StuckError(Exception):
    """A move that cannot be written, and why."""

    def __init__(self, old: OptionPath, reason: str) -> None:
        super().__init__(reason)
        self.old = old


def _rewritten(document: Document, text: str, plan: Plan, planned: Planned) -> str:
    """The text with one move after the other made, each on the text that the last one left."""
    wanted = _meaning(plan.document.root)
    rest: Plan | None = plan
    while rest is not None and rest.moves:
        text, now = _next(document.file, text, rest.moves, wanted, planned)
        if now is not None and len(now.moves) >= len(rest.moves):
            raise _StuckError(now.moves[0].old, "its new name has another new name")
        rest = now
    return text


def _next(
    file: str, text: str, moves: tuple[Move, ...], wanted: object, planned: Planned
) -> tuple[str, Plan | None]:
    """The text with the first move that can be made: another may have to go first."""
    stuck: list[_StuckError] = []
    for move in moves:
        try:
            for changed in _moved(text, move):
                rest = _read(file, changed, planned)
                if rest is not None and _meaning(rest.document.root) == wanted:
                    return changed, rest if rest.moves else None
            stuck.append(_StuckError(move.old, _UNUSUAL))
        except UnsafeError as error:
            stuck.append(_StuckError(move.old, str(error)))
    raise stuck[0]


def _read(file: str, text: str, planned: Planned) -> Plan | None:
    """What a text means; None when it is not even a manifest any more."""
    try:
        document = load(file, text.encode())
    except RejectedError:
        return None
    return planned(document) or Plan(document, (), ())


def _moved(text: str, move: Move) -> tuple[str, ...]:
    """The text with a move made.

    Where the last line had no newline, it has none afterwards if that is all the same: a block
    scalar that moved to the end, or away from it, may need one.
    """
    newline = newline_of(text)
    whole = text if text.endswith("\n") else f"{text}{newline}"
    page = Page(whole, spans(whole), newline)
    places = page.places(move.old)
    if len(places) < len(move.old):
        raise UnsafeError(_UNUSUAL)
    new = applied(whole, _edits(page, places, move))
    return (new,) if text == whole else (new.removesuffix(newline), new)


def _edits(page: Page, places: list[Place], move: Move) -> list[Edit]:
    if move.old[:-1] != move.new[:-1]:
        is_tagged = places[-1].value.adorned  # and so takes nothing from its section
        if not is_tagged and any(place.value.adorned for place in _left(places, move)):
            raise UnsafeError("the section that it leaves has a tag or an anchor")
        piece, removal = cut(page, places, move.old, move.new)
        return [removal, *paste(page, piece, move.new, removal)]
    key = places[-1].key
    if key.adorned:
        raise UnsafeError("its key has a tag or an anchor")
    return [(key.start, key.end, requoted(page.text[key.start : key.end], move.new[-1]))]


def _left(places: list[Place], move: Move) -> list[Place]:
    """The sections that a value no longer stands in afterwards."""
    return [
        place for depth, place in enumerate(places[:-1], 1) if move.old[:depth] != move.new[:depth]
    ]


def _meaning(node: Node) -> object:
    """What a node says, in a form that can be compared; the order of keys says nothing."""
    tag = node.tag and (node.tag.priority, node.tag.order, node.tag.removes)
    if isinstance(node, Mapping):
        return tag, {entry.key: _meaning(entry.node) for entry in node.entries}
    if isinstance(node, Scalar):
        return tag, node.text, repr(node.value)
    return tag, [_meaning(item) for item in node.items]


def _unsafe(stuck: _StuckError, moves: tuple[Move, ...]) -> Diagnostic:
    move = next((one for one in moves if one.old == stuck.old), moves[0])
    old, new = ".".join(move.old), ".".join(move.new)
    return Diagnostic(
        "HW036",
        f'"{old}" cannot be rewritten as "{new}" without a guess: {stuck}',
        move.old,
        "rewrite it by hand; nothing was changed",
        Severity.ERROR,
        mark=move.mark,
        about=move.new,
    )
