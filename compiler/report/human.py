"""Diagnostics as a person reads them: place, rule, the line itself, a caret, the fix."""

from collections.abc import Iterator, Mapping, Sequence

from schema.diagnostics import Diagnostic, Mark, Severity

WIDTH = 100
"""Columns of a source line that an excerpt shows."""

_SECRET = "HW019"  # noqa: S105 - the code of "a secret stands in the manifest"
_RESET = "\x1b[0m"
_COLOURS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m"}
_FRAME = "\x1b[1;34m"


def human(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, Sequence[str]], *, colour: bool
) -> str:
    """One paragraph per diagnostic, and a last line that counts them."""
    paragraphs = [
        "\n".join(_paragraph(diagnostic, sources.get(diagnostic.file, ()), colour=colour))
        for diagnostic in diagnostics
    ]
    return "\n\n".join([*paragraphs, _count(diagnostics)]) + "\n" if diagnostics else ""


def _paragraph(diagnostic: Diagnostic, lines: Sequence[str], *, colour: bool) -> Iterator[str]:
    severity = diagnostic.severity
    label = _painted(f"{severity.value}[{diagnostic.code}]", _COLOURS[severity], colour=colour)
    mark = diagnostic.mark
    yield f"{_place(diagnostic.file, mark)}: {label}: {printable(diagnostic.message)}"
    fix = printable(diagnostic.fix or "")
    if mark is not None and mark.line <= len(lines):
        secret = diagnostic.code == _SECRET
        yield from _excerpt(mark, lines[mark.line - 1], fix, secret=secret, colour=colour)
    elif fix:
        yield f"  = {fix}"
    for related in diagnostic.related:
        yield f"{_place(diagnostic.file, related.mark)}: note: {printable(related.message)}"
        if related.mark is not None and related.mark.line <= len(lines):
            text = lines[related.mark.line - 1]
            yield from _excerpt(related.mark, text, "", secret=False, colour=colour)


def _place(file: str, mark: Mark | None) -> str:
    name = printable(file) or "hostwright"
    return f"{name}:{mark.line}:{mark.column}" if mark else name


def _excerpt(mark: Mark, text: str, fix: str, *, secret: bool, colour: bool) -> Iterator[str]:
    text = text.removesuffix("\r")
    start, end = mark.column - 1, max(mark.end - 1, mark.column)
    if secret:
        text, end = text[:start] + "***", start + 3
    if len(text) > WIDTH:
        cut = max(0, min(start - WIDTH // 2, len(text) - WIDTH))
        text, start, end = text[cut : cut + WIDTH], start - cut, min(end - cut, WIDTH)
    gutter = " " * len(str(mark.line))
    bar = _painted(f"{gutter} |", _FRAME, colour=colour)
    carets = "^" * max(1, _columns(text[start:end]))
    yield bar
    yield f"{_painted(f'{mark.line} |', _FRAME, colour=colour)} {printable(text)}".rstrip()
    yield f"{bar} {' ' * _columns(text[:start])}{carets} {fix}".rstrip()


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
