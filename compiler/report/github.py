"""Diagnostics as GitHub's workflow commands, which show them beside the line in a pull request."""

from collections.abc import Sequence

from schema.diagnostics import Diagnostic


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
    return _encodable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
