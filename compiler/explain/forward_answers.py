"""The lines that an option touches, and the options that a line of a manifest defines."""

from itertools import groupby

from compiler.explain.absent import absent_module, removed_directive
from compiler.explain.answers import ForwardAnswer, Touched
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
    note = _LAYOUT if path == ("layout",) else "" if lines or whole else _why_none(subject, path)
    return ForwardAnswer(name_of(path), tuple(lines), tuple(whole), note)


def _why_none(subject: Subject, path: ManifestPath) -> str:
    """Why no line has to do with an option."""
    if removal := removed_directive(subject, path):
        return f"it takes the line out, at {removal}: systemd's own default holds"
    return absent_module(subject, path) or _NOTHING


def _is_one_piece(entry: Entry) -> bool:
    """Whether all lines but the header come from one place, as those of a script do."""
    if not isinstance(entry, File) or len(entry.lines) <= _HEADER + 1:
        return False
    return len({id(one) for one in entry.lines[_HEADER:] if one is not None}) == 1
