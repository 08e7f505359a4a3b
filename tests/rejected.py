"""The manifests of golden/rejected, each of which breaks a rule.

A manifest is `host.yaml`, or a `recipe` where it would be too large or too odd to keep: each line
`COUNT BYTES` of it is so many repetitions of a bytes literal of Python; # begins a comment. What a
manifest imports, and the modules that it brings, lie beside it.
"""

import ast
import os
import shutil
from contextlib import chdir
from functools import cache
from pathlib import Path

from schema.diagnostics import Diagnostic
from tests.support import GOLDEN, compile_text

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


def others(case: str) -> list[str]:
    """The files beside the manifest and its report, by their paths below the case's folder."""
    folder = REJECTED / case
    found = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    return sorted(found - {"host.yaml", "recipe", "report"})


def sources_of(case: str) -> dict[str, list[str]]:
    """The lines of the manifest and of what lies beside it, by file."""
    return {
        file: text.decode("utf-8", "replace").split("\n") for file, text in _bytes_of(case).items()
    }


def text_of(case: str) -> str:
    """All that is written in a case, with an escape for every byte that is no UTF-8."""
    return "\n".join(text.decode("utf-8", "backslashreplace") for text in _bytes_of(case).values())


def _bytes_of(case: str) -> dict[str, bytes]:
    beside = {file: (REJECTED / case / file).read_bytes() for file in others(case)}
    return {"host.yaml": manifest_of(case), **beside}


def diagnostics_of(case: str) -> tuple[Diagnostic, ...]:
    """What is reported of a case, from its own folder."""
    with chdir(REJECTED / case):
        return compile_text(manifest_of(case)).diagnostics


def copy_of(case: str, folder: Path) -> Path:
    """A copy of the case in a folder of its own; the manifest of the copy."""
    for file in others(case):
        copy = folder / case / file
        os.makedirs(copy.parent, exist_ok=True)
        shutil.copyfile(REJECTED / case / file, copy)
    os.makedirs(folder / case, exist_ok=True)
    manifest = folder / case / "host.yaml"
    manifest.write_bytes(manifest_of(case))
    return manifest
