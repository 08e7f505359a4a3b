"""Where things stand in a file."""

import yaml

from compiler.load.tags import behind
from schema.diagnostics import Mark
from schema.document import Tag


class Places:
    """The places of one file's events.

    Args:
        lines: the text, for the places of what stands behind a tag.
        file: what marks call the file; empty for the manifest itself.
    """

    def __init__(self, lines: tuple[str, ...], file: str) -> None:
        self._lines = lines
        self._file = file

    def mark(self, event: yaml.Event) -> Mark:
        """The place of an event; of what goes over several lines, where it begins."""
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:
            return Mark(1, 1, 2, self._file)
        same_line = start.line == end.line and end.column > start.column
        last = end.column if same_line else start.column + 1
        return Mark(start.line + 1, start.column + 1, last + 1, self._file)

    def tag(self, event: yaml.Event, text: str) -> Mark:
        """The place of the tag that an event begins with."""
        place = self.mark(event)
        end = place.column + len(text) if text.startswith("!") else place.end
        return Mark(place.line, place.column, end, self._file)

    def behind(self, tag: Tag, event: yaml.Event) -> Mark:
        """The place of a value without its tag; a value on a later line is where its tag is."""
        mark = self.mark(event)
        column = behind(self._lines[mark.line - 1], mark.column)
        if not column:
            return tag.mark
        end = mark.end if mark.end > column else column + 1
        return Mark(mark.line, column, end, self._file)
