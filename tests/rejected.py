"""The manifests of golden/rejected, each of which breaks a rule.

A manifest is `host.yaml`, or a `recipe` where it would be too large or too odd to keep: each line
`COUNT BYTES` of it is so many repetitions of a bytes literal of Python; # begins a comment.
"""

import ast
from functools import cache

from tests.support import GOLDEN

REJECTED = GOLDEN / "rejected"


@cache
def cases() -> list[str]:
    """The names of all cases, sorted."""
    return sorted(folder.name for folder in REJECTED.iterdir())


def manifest_of(case: str) -> bytes:
    """The manifest of a case, from its file or made by its recipe."""
    written = REJECTED / case / "host.yaml"
    if written.exists():
        return written.read_bytes()
    lines = (REJECTED / case / "recipe").read_text().splitlines()
    pieces = (line.split(" ", 1) for line in lines if not line.startswith("#"))
    return b"".join(int(count) * ast.literal_eval(piece) for count, piece in pieces)
