"""The lines that an option touches, and the options that a line of a manifest defines."""

import os
from itertools import groupby

from compiler.explain.answers import ForwardAnswer, Touched
from compiler.explain.definitions import REMOVED
from compiler.explain.forwards import touched
from compiler.explain.names import name_of
from compiler.explain.subject import Subject
from schema.diagnostics import ManifestPath
from schema.tree import Entry, File

_NOTHING = "no line of the tree says it or hangs on it: only Hostwright itself reads it"
_LAYOUT = "it also decides where every file of the tree lies"
_HEADER = 4
"""Lines at most that are about the making of a file: a shebang, and three lines of header."""


def forward_answer(subject: Subject, path: ManifestPath) -> ForwardAnswer:
    """Every line that an option touches; a script, which is there as a whole, is one entry."""
    lines: list[Touched] = []
    whole: list[tuple[str, int]] = []
    found = touched(subject.tree, path, subject.modules)
    for file, group in groupby(found, key=lambda one: one[0].path):
        of_file = list(group)
        entry = subject.tree[file]
        if _is_one_piece(entry) and any(place.number > _HEADER for place, _ in of_file):
            whole.append((f"/{file}", len(of_file)))
        else:
            told = (Touched(f"/{file}", one.number, one.text, share) for one, share in of_file)
            lines.extend(told)
    note = _LAYOUT if path == ("layout",) else "" if lines or whole else _NOTHING
    return ForwardAnswer(name_of(path), tuple(lines), tuple(whole), note)


def paths_at(subject: Subject, file: str, line: int) -> tuple[ManifestPath, ...]:
    """The options that a line of a manifest, or of what it imports, defines."""
    own = subject.document.file
    marks = (
        (path[:-1] if path[-1:] == (REMOVED,) else path, one.mark)
        for path, definitions in subject.document.definitions.items()
        for one in definitions
        if path
    )
    found = [
        path for path, mark in marks if mark.line == line and _is_meant(mark.file or own, file)
    ]
    return tuple(
        path
        for path in dict.fromkeys(found)
        if not any(other != path and other[: len(path)] == path for other in found)
    )


def _is_meant(file: str, given: str) -> bool:
    """Whether a file was named by its path, or by the end of it."""
    tail = os.path.normpath(given)
    return os.path.normpath(file) == tail or file.endswith(f"/{tail}")


def _is_one_piece(entry: Entry) -> bool:
    """Whether all lines but the header come from one place, as those of a script do."""
    if not isinstance(entry, File) or len(entry.lines) <= _HEADER + 1:
        return False
    return len({id(one) for one in entry.lines[_HEADER:] if one is not None}) == 1
