"""Diagnostics -> the report that a verb prints, with the excerpts and colours that it can have."""

import os
import sys
from collections.abc import Sequence

from schema.diagnostics import Diagnostic


def reported(diagnostics: Sequence[Diagnostic], sources: dict[str, list[str]], form: str) -> str:
    """The report, in colour where a person's terminal takes it (no-color.org)."""
    if not diagnostics and form == "human":
        return ""
    from compiler.report import report

    colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    colour = colour and os.environ.get("TERM") != "dumb"
    return report(diagnostics, sources, form, colour=colour)


def sources_of(diagnostics: Sequence[Diagnostic]) -> dict[str, list[str]]:
    """The lines of every file that a diagnostic is about, for the excerpts."""
    if not diagnostics:
        return {}
    from compiler.report.human import files_of

    sources: dict[str, list[str]] = {}
    for name in files_of(diagnostics):
        if not os.path.isfile(name):
            continue  # to open a pipe would take for ever
        try:
            with open(name, "rb") as file:
                sources[name] = file.read(1 << 21).decode("utf-8", "replace").split("\n")
        except OSError:
            continue
    return sources
