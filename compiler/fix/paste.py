"""Putting an option that was cut out into another section of the text."""

import re

from compiler.fix.cut import Piece
from compiler.fix.page import Edit, Page, Place, UnsafeError
from compiler.load.spans import Span
from schema.renaming import OptionPath

_NAME = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_STEP = 2


def paste(page: Page, piece: Piece, new: OptionPath, removal: Edit) -> list[Edit]:
    """Put an option where it belongs; a section that is not there yet is made.

    Args:
        page: the text.
        piece: what was cut out.
        new: what it is called now.
        removal: what will be gone of the text.

    Raises:
        UnsafeError: it cannot be put there without a guess.
    """
    places = page.places(new[:-1])
    holder = places[-1].value if places else page.root
    lacking = new[len(places) : -1]
    if holder.kind == "mapping" and not holder.flow:
        return [_at_the_end(page, piece, holder, (*lacking, new[-1]))]
    if holder.kind == "mapping":
        return _in_brackets(page, piece, holder, (*lacking, new[-1]), removal)
    if holder.kind == "scalar" and not holder.style and not holder.adorned and places:
        return _in_nothing(page, piece, places[-1], (*lacking, new[-1]))
    name = ".".join(new[: len(places)])
    if holder.kind == "list":
        raise UnsafeError(f"{name} is a list without {new[len(places)]}")
    raise UnsafeError(f"{name} is written in a way that takes no option")


def requoted(written: str, name: str) -> str:
    """A name in the quotes of another key."""
    quote = written[:1] if written[:1] in ("'", '"') else ""
    if _NAME.fullmatch(name) is None:
        return "'" + name.replace("'", "''") + "'"
    return f"{quote}{name}{quote}"


def _at_the_end(page: Page, piece: Piece, holder: Span, names: OptionPath) -> Edit:
    """Lines behind the last option of a section."""
    first, (key, value) = holder.entries[0][0], holder.entries[-1]
    if re.fullmatch(r" *(- +)*", page.before(first.start)) is None:
        raise UnsafeError("the section that it belongs to is written in an unusual way")
    column = page.column(first.start)
    line = page.comments_below(page.behind(max(key.end, value.end)), column)
    return line, line, _lines(page, piece, column, names)


def _lines(page: Page, piece: Piece, column: int, names: OptionPath) -> str:
    """The option's lines, indented for their new place, below the sections that are lacking."""
    step = _step(page)
    newline, indent = page.newline, " " * column
    heads = [f"{indent}{comment}{newline}" for comment in piece.loose]
    heads += [
        f"{indent}{' ' * step * depth}{requoted('', name)}:{newline}"
        for depth, name in enumerate(names[:-1])
    ]
    block = piece.before + requoted(piece.key, names[-1]) + piece.after
    shift = column + step * (len(names) - 1) - piece.column
    return "".join(heads) + "".join(
        _shifted(line, shift) for line in block.splitlines(keepends=True)
    )


def _shifted(line: str, by: int) -> str:
    if not line.strip():
        return line
    if by >= 0:
        return " " * by + line
    if line.lstrip(" ").startswith("#"):
        return line[min(-by, len(line) - len(line.lstrip(" "))) :]
    if line[:-by].strip(" "):
        raise UnsafeError("one of its lines is indented less than its key")
    return line[-by:]


def _step(page: Page) -> int:
    """How far the manifest indents."""
    for _, value in page.root.entries:
        if value.entries and not value.flow and not value.adorned:
            return page.column(value.entries[0][0].start) - page.column(page.root.start) or _STEP
    return _STEP


def _in_brackets(
    page: Page, piece: Piece, holder: Span, names: OptionPath, removal: Edit
) -> list[Edit]:
    if "\n" in page.text[holder.start : holder.end]:
        raise UnsafeError("the brackets that it belongs into go over several lines")
    inside = _inline(piece, names)
    if holder.entries:
        at = max(part.end for part in holder.entries[-1])
        alone = len(holder.entries) == 1 and removal[0] <= holder.entries[0][0].start < removal[1]
        added = inside if alone else f", {inside}"
        return [(at, at, added), *_comments(page, piece, holder.start)]
    at = page.text.rindex("{", 0, holder.end) + 1
    return [(at, at, inside), *_comments(page, piece, holder.start)]


def _in_nothing(page: Page, piece: Piece, place: Place, names: OptionPath) -> list[Edit]:
    """Below a key that has no value yet."""
    if page.text[place.value.start : place.value.end]:
        raise UnsafeError("the section that it belongs to is null")
    has_colon = ":" in page.text[place.key.end : place.value.start]
    if place.container.kind == "list" or place.container.flow:
        at = place.value.start
        sign = " " if has_colon else ": "
        inside = f"{sign}{{{_inline(piece, names)}}}"
        return [(at, at, inside), *_comments(page, piece, place.key.start)]
    page.comment(place.value.start)
    column = page.column(place.key.start)
    line = page.comments_below(page.behind(place.value.start), column + 1)
    return [(line, line, _lines(page, piece, column + _step(page), names))]


def _inline(piece: Piece, names: OptionPath) -> str:
    """The option as it can stand between brackets."""
    if not piece.single:
        raise UnsafeError("its value goes over several lines, and belongs into brackets")
    value = piece.value
    if piece.plain and re.search(r"[][{},]", value):
        if value.startswith("!"):
            raise UnsafeError("its value needs quotes, and has a tag")
        value = "'" + value.replace("'", "''") + "'"
    text = f"{requoted(piece.key, names[-1])}: {value}".rstrip()
    for name in reversed(names[:-1]):
        text = f"{requoted('', name)}: {{{text}}}"
    return text


def _comments(page: Page, piece: Piece, offset: int) -> list[Edit]:
    """The option's comments, above the line with the brackets."""
    line = page.line(offset)
    indent = re.match(" *", page.text[line:])
    blanks = indent.group() if indent else ""
    text = "".join(f"{blanks}{one}{page.newline}" for one in (*piece.loose, *piece.comments))
    return [(line, line, text)] if text else []
