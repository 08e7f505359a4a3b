"""Which files are imported, where, and whether they count."""

import re
from collections.abc import Sequence

from compiler.explain.answers import ImportAnswer, ImportsAnswer
from compiler.explain.definitions import place_of
from compiler.explain.manifest_lines import imports_below
from compiler.explain.subject import Subject
from schema.imported import Imported

_NAME = re.compile(r"imports(?:\[\]|\.N|\.([0-9]{1,9}))?(?:\.(?:path|when))?", re.ASCII)


def is_about_imports(name: str) -> bool:
    """Whether a question is about `imports`, one of them, or their conditions."""
    return _NAME.fullmatch(name) is not None


def imports_named(subject: Subject, name: str) -> tuple[Imported, ...]:
    """The imports that a question is about: all that there are, or those of one entry."""
    meant = _NAME.fullmatch(name)
    if meant is None or meant[1] is None:
        return subject.document.imports
    return imports_below(subject, len(subject.document.sources) - 1, ("imports", int(meant[1])))


def imports_answer(subject: Subject, name: str, found: Sequence[Imported]) -> ImportsAnswer:
    """The files, in the order in which they are merged."""
    told = (
        ImportAnswer(one.file, place_of(subject.document, one.mark), one.when, not one.why, one.why)
        for one in found
    )
    return ImportsAnswer(name, tuple(told))
