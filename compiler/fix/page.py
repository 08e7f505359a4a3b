"""A manifest's text, its lines, and where its options stand in it."""

import re

from attrs import frozen

from compiler.load.spans import Span
from schema.renaming import OptionPath

Edit = tuple[int, int, str]
"""From where to where the text is replaced, and by what."""

_COMMENT_OR_NOTHING = re.compile(r"[ \t]*(#.*)?")


class UnsafeError(Exception):
    """The text is written in a way that nobody should edit by rule; the message says which."""


@frozen(eq=False, repr=False)
class Place:
    """Where an option stands: its key, its value, and the mapping (or list) that they are in."""

    key: Span
    value: Span
    container: Span

    @property
    def end(self) -> int:
        """Where the last character of the option is."""
        return max(self.key.end, self.value.end)


@frozen(eq=False, repr=False)
class Page:
    """A text that ends with a newline, and what its lines end with."""

    text: str
    root: Span
    newline: str

    def line(self, offset: int) -> int:
        """Where the line of a character begins."""
        return self.text.rfind("\n", 0, offset) + 1

    def behind(self, offset: int) -> int:
        """Where the line after that of a character begins."""
        return self.text.find("\n", offset) + 1 or len(self.text)

    def column(self, offset: int) -> int:
        """How many characters stand before one on its line."""
        return offset - self.line(offset)

    def before(self, offset: int) -> str:
        """What stands before a character on its line."""
        return self.text[self.line(offset) : offset]

    def comment(self, offset: int) -> str:
        """The comment that the rest of a line is, if it is one.

        Raises:
            UnsafeError: something else stands there.
        """
        rest = self.text[offset : self.behind(offset)].rstrip("\r\n")
        if _COMMENT_OR_NOTHING.fullmatch(rest) is None:
            raise UnsafeError("something else stands on the same line")
        return rest.strip()

    def indent_of_comment(self, line: int) -> int | None:
        """How deep a line that is only a comment is indented; None of any other line."""
        text = self.text[line : self.behind(line)]
        stripped = text.lstrip(" ")
        return len(text) - len(stripped) if stripped.startswith("#") else None

    def comments_above(self, line: int, column: int) -> int:
        """Where the comment lines right above a line begin that are indented like it."""
        while line > 0 and self.indent_of_comment(self.line(line - 1)) == column:
            line = self.line(line - 1)
        return line

    def comments_below(self, line: int, column: int) -> int:
        """Where the comment lines end that begin at a line, indented by at least so much."""
        while line < len(self.text) and (self.indent_of_comment(line) or 0) >= column:
            if self.indent_of_comment(line) is None:
                break
            line = self.behind(line)
        return line

    def places(self, path: OptionPath) -> list[Place]:
        """Where the sections of a path and its option stand, as far as they are there.

        Raises:
            UnsafeError: the way goes through an alias.
        """
        found: list[Place] = []
        node = self.root
        for depth, key in enumerate(path):
            place = _child(node, key, listed=path[:depth] == ("modules",))
            if place is None:
                break
            if place.value.kind == "alias" and depth < len(path) - 1:
                raise UnsafeError("it stands behind an alias, which repeats another section")
            found.append(place)
            node = place.value
        return found


def _child(node: Span, name: str, *, listed: bool) -> Place | None:
    for key, value in node.entries:
        if key.text == name:
            return Place(key, value, node)
    for item in node.items if listed else ():
        if item.kind == "scalar" and item.text == name:
            return Place(item, Span(item.end, item.end, "scalar"), node)
        if item.entries and (found := _child(item, name, listed=False)):
            return found
    return None


def newline_of(text: str) -> str:
    """What ends the lines of a text."""
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def applied(text: str, edits: list[Edit]) -> str:
    """The text with all edits made; none of them may overlap another."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text
