"""Diagnostics for tools: a JSON list of our own, and SARIF 2.1.0."""

import json
from collections.abc import Sequence
from typing import Any

from schema.diagnostics import Diagnostic, Mark

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def as_json(diagnostics: Sequence[Diagnostic]) -> str:
    """`{"diagnostics": [...]}`, each with everything that a person would be shown."""
    return json.dumps({"diagnostics": [_plain(one) for one in diagnostics]}, indent=2) + "\n"


def _plain(diagnostic: Diagnostic) -> dict[str, Any]:
    related = [
        {
            "message": one.message,
            "file": (one.mark.file if one.mark else "") or diagnostic.file,
            **_region(one.mark, "line", "column", "endColumn"),
        }
        for one in diagnostic.related
    ]
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "fix": diagnostic.fix,
        "path": list(diagnostic.path),
        "file": diagnostic.file,
        **_region(diagnostic.mark, "line", "column", "endColumn"),
        "related": related,
    }


def _region(mark: Mark | None, line: str, column: str, end: str) -> dict[str, int]:
    return {} if mark is None else {line: mark.line, column: mark.column, end: mark.end}


def as_sarif(diagnostics: Sequence[Diagnostic]) -> str:
    """One SARIF run; its rules are those of `hostwright codes`."""
    from schema.codes import RULES

    used = sorted({diagnostic.code for diagnostic in diagnostics})
    rules = [
        {
            "id": code,
            "shortDescription": {"text": RULES[code].title},
            "fullDescription": {"text": RULES[code].explanation},
        }
        for code in used
    ]
    driver = {"name": "Hostwright", "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one) for one in diagnostics],
    }
    return json.dumps({"$schema": _SARIF, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(diagnostic: Diagnostic) -> dict[str, Any]:
    message = diagnostic.message + (f"\n{diagnostic.fix}" if diagnostic.fix else "")
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "level": diagnostic.severity.value,
        "message": {"text": message},
        "locations": [_location(diagnostic.file, diagnostic.mark)] if diagnostic.file else [],
    }
    if diagnostic.related:
        result["relatedLocations"] = [
            {
                **_location((one.mark.file if one.mark else "") or diagnostic.file, one.mark),
                "message": {"text": one.message},
            }
            for one in diagnostic.related
        ]
    return result


def _location(file: str, mark: Mark | None) -> dict[str, Any]:
    from urllib.parse import quote

    place: dict[str, Any] = {"artifactLocation": {"uri": quote(file, errors="replace")}}
    if mark is not None:
        place["region"] = _region(mark, "startLine", "startColumn", "endColumn")
    return {"physicalLocation": place}
