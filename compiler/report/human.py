"""Diagnostics as a person reads them: place, rule, the line itself, a caret, the fix."""

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from compiler.report.redact import Spans, hidden_in, known_secrets
from schema.diagnostics import WHOLE, Diagnostic, Mark, Severity
from schema.secrets import HIDDEN

WIDTH = 100
"""Columns of a source line that an excerpt shows."""

_RESET = "\x1b[0m"
_COLOURS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m"}
_FRAME = "\x1b[1;34m"


def human(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, Sequence[str]], *, colour: bool
) -> str:
    """One paragraph per diagnostic, and a last line that counts them."""
    pages = {
        file: _Page(sources.get(file, ()), known_secrets(diagnostics, file), colour)
        for file in files_of(diagnostics)
    }
    paragraphs = ["\n".join(_paragraph(diagnostic, pages)) for diagnostic in diagnostics]
    return "\n\n".join([*paragraphs, _count(diagnostics)]) + "\n" if diagnostics else ""


@frozen
class _Page:
    """What a file's diagnostics are shown on: its lines, what of them is secret, and colour."""

    lines: Sequence[str]
    secrets: Spans
    colour: bool

    def has(self, mark: Mark | None) -> bool:
        """Whether there is a line to show for a place."""
        return mark is not None and mark != WHOLE and mark.line <= len(self.lines)


def files_of(diagnostics: Sequence[Diagnostic]) -> list[str]:
    """The files that diagnostics speak of, each once."""
    named = (
        (one.file, *(other.mark.file for other in one.related if other.mark)) for one in diagnostics
    )
    return list(dict.fromkeys(file for files in named for file in files))


def _paragraph(diagnostic: Diagnostic, pages: Mapping[str, _Page]) -> Iterator[str]:
    severity, page = diagnostic.severity, pages[diagnostic.file]
    label = f"{severity.value}[{diagnostic.code}]"
    label = _painted(label, _COLOURS[severity], colour=page.colour)
    mark = diagnostic.mark
    yield f"{_place(diagnostic.file, mark)}: {label}: {printable(diagnostic.message)}"
    fix = printable(diagnostic.fix or "")
    if mark is not None and page.has(mark):
        yield from _excerpt(mark, fix, page)
    elif fix:
        yield f"  = {fix}"
    for related in diagnostic.related:
        file = related.mark.file if related.mark else diagnostic.file
        yield f"{_place(file or diagnostic.file, related.mark)}: note: {printable(related.message)}"
        page = pages[file or diagnostic.file]
        if related.mark is not None and page.has(related.mark):
            yield from _excerpt(related.mark, "", page)


def _place(file: str, mark: Mark | None) -> str:
    name = printable(file) or "hostwright"
    return f"{name}:{mark.line}:{mark.column}" if mark else name


def _excerpt(mark: Mark, fix: str, page: _Page) -> Iterator[str]:
    text, start, end = _shown_line(mark, page)
    if len(text) > WIDTH:
        cut = max(0, min(start - WIDTH // 2, len(text) - WIDTH))
        text, start, end = text[cut : cut + WIDTH], start - cut, min(end - cut, WIDTH)
    gutter = " " * len(str(mark.line))
    bar = _painted(f"{gutter} |", _FRAME, colour=page.colour)
    carets = "^" * max(1, _columns(text[start:end]))
    yield bar
    yield f"{_painted(f'{mark.line} |', _FRAME, colour=page.colour)} {printable(text)}".rstrip()
    yield f"{bar} {' ' * _columns(text[:start])}{carets} {fix}".rstrip()


def _shown_line(mark: Mark, page: _Page) -> tuple[str, int, int]:
    """The line of a place without its secrets, and where in it the place starts and ends."""
    text = page.lines[mark.line - 1].removesuffix("\r")
    start, end = mark.column - 1, max(mark.end - 1, mark.column)
    for first, last in reversed(hidden_in(page.lines, mark.line, page.secrets)):
        text = text[:first] + HIDDEN + text[last:]
        start = first if first <= start < last else _moved(start, first, last)
        end = _moved(end, first, last)
    return text, start, end


def _moved(place: int, first: int, last: int) -> int:
    """Where a place of the line is after a stretch of it was replaced."""
    if place <= first:
        return place
    return first + len(HIDDEN) + max(0, place - last)


def _columns(text: str) -> int:
    """How many terminal columns a text takes."""
    text = printable(text)
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    wide = sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
    return wide - sum(1 for character in text if combining(character))


def printable(text: str) -> str:
    """A text that cannot steer a terminal: control characters as escapes, tabs as a blank."""
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character == "\t":
        return " "
    return (
        character
        if character.isprintable()
        else character.encode("unicode_escape", "backslashreplace").decode("ascii")
    )


def _painted(text: str, paint: str, *, colour: bool) -> str:
    return f"{paint}{text}{_RESET}" if colour else text


def _count(diagnostics: Sequence[Diagnostic]) -> str:
    errors = sum(1 for diagnostic in diagnostics if diagnostic.severity is Severity.ERROR)
    warnings = len(diagnostics) - errors
    parts = [_counted(errors, "error"), _counted(warnings, "warning")]
    return ", ".join(part for part in parts if part)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}" if number else ""
