"""Diagnostics without the secrets that were typed into the manifest.

A report ends up in the log of a pipeline, which more people read than the manifest. What is hidden
is what `schema.secrets` takes for one, and every value that a diagnostic calls a secret (HW019).
"""

import re
from collections.abc import Sequence

from attrs import evolve

from schema.diagnostics import Diagnostic
from schema.secrets import is_path, is_secret_name, secrets_in

HIDDEN = "***"
_SECRET = "HW019"  # noqa: S105 - the code of "a secret stands in the manifest"

Spans = dict[int, list[tuple[int, int]]]
"""Line of the manifest -> start and end of what a diagnostic calls a secret there."""


def redacted(diagnostic: Diagnostic) -> Diagnostic:
    """A diagnostic whose message and fix repeat no secret."""
    options = [step for step in diagnostic.path if isinstance(step, str)]
    if diagnostic.code != "HW012" and any(map(is_secret_name, options)):
        hide = _without_quoted_values
    else:
        hide = _without_secrets
    fix = diagnostic.fix and hide(diagnostic.fix)
    return evolve(diagnostic, message=hide(diagnostic.message), fix=fix)


def known_secrets(diagnostics: Sequence[Diagnostic]) -> Spans:
    """Where the diagnostics themselves say that secrets stand."""
    spans: Spans = {}
    for diagnostic in diagnostics:
        mark = diagnostic.mark
        if diagnostic.code == _SECRET and mark is not None:
            several_lines = mark.end - mark.column <= 1
            end = 1 << 20 if several_lines else mark.end - 1
            spans.setdefault(mark.line, []).append((mark.column - 1, end))
    return spans


def hidden_in(lines: Sequence[str], number: int, known: Spans) -> list[tuple[int, int]]:
    """The stretches of a line (counted from 1) that must not be shown, sorted and disjoint."""
    text = lines[number - 1]
    if _inside_private_key(lines, number):
        return [(0, len(text))]
    spans = [(secret.start, secret.end) for secret in secrets_in(text)]
    spans += [(start, min(end, len(text))) for start, end in known.get(number, ())]
    return _merged(spans)


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _inside_private_key(lines: Sequence[str], number: int) -> bool:
    for line in reversed(lines[: number - 1]):
        if "-----END " in line:
            return False
        if "-----BEGIN " in line or "PRIVATE KEY" in line:
            return True
    return False


def _without_secrets(text: str) -> str:
    spans = _merged([(secret.start, secret.end) for secret in secrets_in(text, prose=True)])
    for start, end in reversed(spans):
        text = text[:start] + HIDDEN + text[end:]
    return text


def _without_quoted_values(text: str) -> str:
    return _without_secrets(re.sub(r'"([^"]*)"', _hidden_value, text))


def _hidden_value(quoted: "re.Match[str]") -> str:
    """A path says only where a secret lies, and three letters are none."""
    shown = is_path(quoted[1]) or len(quoted[1]) <= 3
    return quoted[0] if shown else f'"{HIDDEN}"'
