"""Diagnostics as GitHub's workflow commands, which show them beside the line in a pull request."""

from collections.abc import Sequence

from compiler.report.human import printable
from schema.diagnostics import Diagnostic

_ESCAPES = {"%": "%25", "\r": "%0D", "\n": "%0A"}


def github(diagnostics: Sequence[Diagnostic]) -> str:
    """One `::error` or `::warning` command per diagnostic."""
    return "".join(f"{_command(diagnostic)}\n" for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    properties = [f"file={_property(diagnostic.file)}"] if diagnostic.file else []
    if mark := diagnostic.mark:
        properties += [f"line={mark.line}", f"col={mark.column}", f"endColumn={mark.end}"]
    properties.append(f"title={diagnostic.code}")
    message = diagnostic.message + (f" ({diagnostic.fix})" if diagnostic.fix else "")
    return f"::{diagnostic.severity.value} {','.join(properties)}::{_data(message)}"


def _data(text: str) -> str:
    return "".join(_ESCAPES.get(character) or printable(character) for character in text)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
