"""Diagnostics without the secrets that were typed into the manifest.

A report ends up in the log of a pipeline, which more people read than the manifest. What is hidden
is what `schema.secrets` takes for one, and every value that a diagnostic calls a secret (HW019, or
its `is_secret`).
"""

import re
from collections.abc import Iterator, Sequence

from attrs import evolve

from schema.diagnostics import Diagnostic, Mark
from schema.secrets import (
    HIDDEN,
    is_path,
    is_secret_path,
    joined_spans,
    secrets_in,
    without_secrets,
)

_SECRET = "HW019"  # noqa: S105 - the code of "a secret stands in the manifest"
_ENOUGH = 3
"""Letters that are no secret."""

Spans = dict[int, list[tuple[int, int]]]
"""Line of the manifest -> start and end of what a diagnostic calls a secret there."""


def redacted(diagnostic: Diagnostic) -> Diagnostic:
    """A diagnostic that repeats no secret: not in its message, its fix, or its notes."""
    if diagnostic.code != "HW012" and is_secret_path(diagnostic.path):
        hide = _without_quoted_values
    else:
        hide = _without_secrets
    fix = diagnostic.fix and hide(diagnostic.fix)
    related = tuple(evolve(one, message=hide(one.message)) for one in diagnostic.related)
    return evolve(diagnostic, message=hide(diagnostic.message), fix=fix, related=related)


def known_secrets(diagnostics: Sequence[Diagnostic], file: str) -> Spans:
    """Where in a file the diagnostics themselves say that secrets stand."""
    spans: Spans = {}
    for mark in (mark for one in diagnostics for mark in _secret_marks(one, file)):
        several_lines = mark.end - mark.column <= 1
        end = 1 << 20 if several_lines else mark.end - 1
        spans.setdefault(mark.line, []).append((mark.column - 1, end))
    return spans


def _secret_marks(diagnostic: Diagnostic, file: str) -> Iterator[Mark]:
    mark = diagnostic.mark
    if (diagnostic.is_secret or diagnostic.code == _SECRET) and mark and diagnostic.file == file:
        yield mark
    for one in diagnostic.related:
        if one.is_secret and one.mark and (one.mark.file or diagnostic.file) == file:
            yield one.mark


def hidden_in(lines: Sequence[str], number: int, known: Spans) -> list[tuple[int, int]]:
    """The stretches of a line (counted from 1) that must not be shown, sorted and disjoint."""
    text = lines[number - 1]
    if _inside_private_key(lines, number):
        return [(0, len(text))]
    spans = [(secret.start, secret.end) for secret in secrets_in(text)]
    spans += [(start, min(end, len(text))) for start, end in known.get(number, ())]
    return joined_spans(spans)


def _inside_private_key(lines: Sequence[str], number: int) -> bool:
    for line in reversed(lines[: number - 1]):
        if "-----END " in line:
            return False
        if "-----BEGIN " in line or "PRIVATE KEY" in line:
            return True
    return False


def _without_secrets(text: str) -> str:
    return without_secrets(text, prose=True)


def _without_quoted_values(text: str) -> str:
    return _without_secrets(re.sub(_quoted(text), _hidden_value, text, flags=re.DOTALL))


def _quoted(text: str) -> str:
    """What stands in quotes; all from the first to the last one where a value may have its own."""
    values = re.findall(r'"([^"]*)"', text)
    is_clear = len(values) < 2 and text.count('"') < 3
    is_harmless = text.count('"') % 2 == 0 and all(map(_is_harmless, values))
    return r'"([^"]*)"' if is_clear or is_harmless else r'"(.*)"'


def _hidden_value(quoted: "re.Match[str]") -> str:
    return quoted[0] if '"' not in quoted[1] and _is_harmless(quoted[1]) else f'"{HIDDEN}"'


def _is_harmless(value: str) -> bool:
    """A path says only where a secret lies, and three letters are none."""
    return is_path(value) or len(value) <= _ENOUGH
