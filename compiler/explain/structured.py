"""Answers as JSON, for tools."""

import json
from collections.abc import Sequence

import attrs

from compiler.explain.answers import Answer

_KINDS = {
    "OptionAnswer": "option",
    "LineAnswer": "line",
    "FileAnswer": "file",
    "AbsentAnswer": "absent directive",
    "ForwardAnswer": "lines of an option",
    "ImportsAnswer": "imports",
}


def structured(answers: Sequence[Answer]) -> str:
    """A list of answers; each says what it is."""
    told = [{"answer": _KINDS[type(one).__name__], **attrs.asdict(one)} for one in answers]
    return json.dumps({"version": 1, "answers": told}, indent=2, ensure_ascii=False) + "\n"
