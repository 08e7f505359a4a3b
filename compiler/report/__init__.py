"""Diagnostics -> text: for people, for tools (JSON, SARIF) and for GitHub's annotations."""

from collections.abc import Mapping, Sequence

from schema.diagnostics import Diagnostic


def report(
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, Sequence[str]],
    form: str = "human",
    *,
    colour: bool = False,
) -> str:
    """Write located diagnostics, in the order they are given, without the secrets they are about.

    Args:
        diagnostics: each with its file and, where it has a place, its mark.
        sources: the lines of each file, for the excerpts.
        form: who reads it: human, json, sarif or github.
        colour: whether a person's terminal shows colours.
    """
    from compiler.report.redact import redacted

    diagnostics = [redacted(diagnostic) for diagnostic in diagnostics]
    if form == "human":
        from compiler.report.human import human

        return human(diagnostics, sources, colour=colour)
    if form == "github":
        from compiler.report.github import github

        return github(diagnostics)
    from compiler.report.structured import as_json, as_sarif

    return as_json(diagnostics) if form == "json" else as_sarif(diagnostics)
