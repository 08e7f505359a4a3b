"""Taking an option out of a text, with the comments that belong to it."""

import re

from attrs import frozen

from compiler.fix.page import Edit, Page, Place, UnsafeError
from compiler.load.spans import Span
from schema.renaming import OptionPath


@frozen(eq=False, repr=False)
class Piece:
    """What was cut out of a text.

    Attributes:
        key: the key as it was written, quotes included.
        value: the value as it was written.
        plain: whether the value is a plain scalar, which may need quotes in brackets.
        single: whether the value can stand on one line.
        before: the text of its lines up to the key, its comments above included.
        after: the text of its lines from the key's end, with a newline at the end.
        column: how far the key was indented.
        comments: all comments among these lines, one by one.
        loose: comments of sections that went with it.
    """

    key: str
    value: str
    plain: bool
    single: bool
    before: str
    after: str
    column: int
    comments: tuple[str, ...]
    loose: tuple[str, ...]


def cut(page: Page, places: list[Place], path: OptionPath, new: OptionPath) -> tuple[Piece, Edit]:
    """Take the last of the places out, and the sections that this empties, but for modules.

    Args:
        page: the text.
        places: where the sections of the option, and it itself, stand.
        path: what they are called.
        new: where the option goes: a section that it comes back to stays.

    Raises:
        UnsafeError: it cannot be taken out without a guess.
    """
    depth = len(places) - 1
    while depth > 0 and len(places[depth].container.entries) == 1:
        if path[:depth] == new[:depth] or (depth == 2 and path[0] == "modules"):
            break
        depth -= 1
    inner, outer = places[-1], places[depth]
    if any(place.value.adorned for place in places[depth:-1]):
        raise UnsafeError("its section has a tag or an anchor, and nothing else would be in it")
    if any(_is_shared(span) for span in (inner.key, inner.value)):
        raise UnsafeError("it has an anchor or an alias, which may mean something else elsewhere")
    if outer.container.kind == "list":
        raise UnsafeError("it is an item of a list")
    start, end = _in_flow(page, outer) if outer.container.flow else _in_block(page, outer)
    piece = _piece(page, inner, _loose(page, places[depth:-1], inner, (start, end)))
    return piece, _emptied(page, places, depth, path, new) or (start, end, "")


def _is_shared(span: Span) -> bool:
    parts = (*(part for entry in span.entries for part in entry), *span.items)
    return span.shared or any(map(_is_shared, parts))


def _in_block(page: Page, place: Place) -> tuple[int, int]:
    """The lines of an option, its comments above and behind it included."""
    if page.before(place.key.start).strip():
        raise UnsafeError("something else stands on the same line")
    page.comment(place.end)
    column = page.column(place.key.start)
    start = page.comments_above(page.line(place.key.start), column)
    return start, page.comments_below(page.behind(place.end), column + 1)


def _in_flow(page: Page, place: Place) -> tuple[int, int]:
    """An option between brackets, with one of the commas beside it."""
    if "\n" in page.text[place.container.start : place.container.end]:
        raise UnsafeError("its brackets go over several lines")
    keys = [key for key, _ in place.container.entries]
    number = keys.index(place.key)
    if number + 1 < len(keys):
        return place.key.start, keys[number + 1].start
    if number > 0:
        key, value = place.container.entries[number - 1]
        return max(key.end, value.end), place.end
    return place.key.start, place.end


def _colon(page: Page, place: Place) -> int:
    """Behind the colon of a key whose value does not follow on its line."""
    found = re.compile(r"[ \t]*:").match(page.text, place.key.end)
    if found is None:
        raise UnsafeError("its colon does not follow its key")
    return found.end()


def _piece(page: Page, place: Place, loose: tuple[str, ...]) -> Piece:
    key, value = place.key, place.value
    written = page.text[value.start : value.end]
    single = "\n" not in written and value.style not in ("|", ">")
    single = single and (value.kind == "scalar" or value.flow)
    plain = value.kind == "scalar" and not value.style
    comments: tuple[str, ...] = ()
    if place.container.flow:
        before, column = "", 0
        after = f": {written}".rstrip() + page.newline
    else:
        start, end = _in_block(page, place)
        before, column = page.text[start : key.start], page.column(key.start)
        after = page.text[key.end : end]
        behind = filter(None, [page.comment(place.end)])
        comments = _comments(page, start, page.line(key.start))
        comments += (*behind, *_comments(page, page.behind(place.end), end))
    name = page.text[key.start : key.end]
    return Piece(name, written, plain, single, before, after, column, comments, loose)


def _comments(page: Page, start: int, end: int) -> tuple[str, ...]:
    lines = (line.strip() for line in page.text[start:end].split("\n"))
    return tuple(line for line in lines if line.startswith("#"))


def _loose(
    page: Page, sections: list[Place], inner: Place, region: tuple[int, int]
) -> tuple[str, ...]:
    """The comments of sections that go, without those of the option in them."""
    if not sections or sections[0].container.flow:
        return ()
    own = (page.line(inner.key.start), page.behind(inner.end))
    if not inner.container.flow:
        own = _in_block(page, inner)
    around = _comments(page, region[0], own[0]) + _comments(page, own[1], region[1])
    return (*around, *filter(None, (_head(page, section) for section in sections)))


def _head(page: Page, section: Place) -> str:
    """The comment on the line of a section's key."""
    if not section.value.flow:
        return page.comment(_colon(page, section))
    if section.container.flow:
        return ""
    if "\n" in page.text[section.key.start : section.value.end]:
        raise UnsafeError("its brackets go over several lines")
    return page.comment(section.value.end)


def _emptied(
    page: Page, places: list[Place], depth: int, path: OptionPath, new: OptionPath
) -> Edit | None:
    """What is left of a module all of whose options went, where no brackets stay."""
    outer = places[depth]
    is_alone = depth > 0 and len(outer.container.entries) == 1 and not outer.container.flow
    if not is_alone or path[:depth] == new[:depth]:
        return None
    section = places[depth - 1]
    if section.value.adorned:
        raise UnsafeError("its section has a tag or an anchor, and nothing else would be in it")
    colon = _colon(page, section)
    start, end = _in_block(page, outer)
    return colon, end, f" {{}}{page.text[colon:start]}"
