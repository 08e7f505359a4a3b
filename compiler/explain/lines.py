"""What there is to say of lines, files and links of a tree."""

from collections.abc import Iterable, Sequence

from compiler.explain.answers import FileAnswer, FileLine, LineAnswer, Watch
from compiler.explain.declared import is_section
from compiler.explain.names import name_of
from compiler.explain.options import option_answer, part
from compiler.explain.places import Place, places_in
from compiler.explain.subject import Subject
from compiler.explain.watches import watches_of_directive, watches_of_option
from compiler.render.files import OWN
from schema.diagnostics import ManifestPath
from schema.tree import Link, Origin

_BLANK = "a blank line, for the eye"
_LAST = (("layout",), ("host",), ("target",))
"""Options that have a part in most lines: others say more of a line."""


def line_answer(subject: Subject, file: str, number: int) -> LineAnswer:
    """The line of a number; a line that a command goes on with is explained alone."""
    found = list(places_in(file, subject.tree[file]))
    place = found[number - 1]
    if place.origin is None:
        return LineAnswer(f"/{file}", number, (place.text,), OWN, "", None, note=_BLANK)
    return _answer(subject, [place])


def directive_answers(
    subject: Subject, file: str, name: str, section: str = ""
) -> tuple[LineAnswer, ...]:
    """The lines of a directive of a unit: those of one command together."""
    commands: list[list[Place]] = []
    goes_on = False
    for place in places_in(file, subject.tree[file]):
        is_meant = place.directive == name and section in ("", place.section)
        if is_meant and goes_on:
            commands[-1].append(place)
        elif is_meant:
            commands.append([place])
        is_comment = place.text.startswith("#")
        goes_on = is_meant and (is_comment or place.text.endswith("\\"))
    return tuple(_answer(subject, command) for command in commands)


def link_answer(subject: Subject, file: str) -> LineAnswer:
    """A link as a whole."""
    return _answer(subject, list(places_in(file, subject.tree[file])))


def file_answer(subject: Subject, file: str) -> FileAnswer | LineAnswer:
    """Every line of a file in short."""
    entry = subject.tree[file]
    if isinstance(entry, Link):
        return link_answer(subject, file)
    lines = _in_short(subject, places_in(file, entry))
    return FileAnswer(f"/{file}", entry.origin.source, entry.origin.reason, lines)


def section_answer(subject: Subject, file: str, section: str) -> FileAnswer:
    """Every line of one section of a unit in short."""
    entry = subject.tree[file]
    lines = _in_short(
        subject,
        (one for one in places_in(file, entry) if one.section == section and one.text),
    )
    return FileAnswer(f"/{file}", entry.origin.source, entry.origin.reason, lines, section)


def _in_short(subject: Subject, found: Iterable[Place]) -> tuple[FileLine, ...]:
    return tuple(FileLine(one.number, one.text, _short(subject, one.origin)) for one in found)


def _answer(subject: Subject, command: Sequence[Place]) -> LineAnswer:
    first = next(one for one in command if not one.text.startswith("#") or len(command) == 1)
    origin = first.origin
    assert origin is not None  # noqa: S101 - only a blank line has none
    paths = _ordered(subject, [one.origin for one in command if one.origin is not None])
    option = option_answer(subject, paths[0], brief=True) if paths else None
    texts = tuple(one.text for one in command)
    return LineAnswer(
        f"/{first.path}",
        command[0].number,
        texts,
        origin.source,
        origin.reason,
        option,
        tuple(part(subject, path) for path in paths[1:]),
        _watches(subject, first, paths[:1]),
    )


def _watches(subject: Subject, place: Place, paths: list[ManifestPath]) -> tuple[Watch, ...]:
    """The checks of the directive; where nobody watches that, those of the option behind it."""
    found = watches_of_directive(subject, place.unit, place.directive)
    return found or tuple(one for path in paths for one in watches_of_option(subject, path))


def _ordered(subject: Subject, origins: Sequence[Origin]) -> list[ManifestPath]:
    """The options of a line: its own first, what has a part in most lines last.

    A section, which says only who asked, is left out where one of its options is named; so is a
    list where its item is.
    """
    own_first = [*(one.path for one in origins), *(path for one in origins for path in one.also)]
    found = dict.fromkeys(own_first)
    options = [path for path in found if not is_section(path, subject.modules)]
    items = {path[:-1] for path in options if isinstance(path[-1], int)}
    own = [path for path in options if path not in items and path not in _LAST]
    last = [path for path in _LAST if path in options]
    modules = [path for path in found if path[0] == "modules" and subject.declared(path)]
    askers = [path for path in modules if all(path != option[: len(path)] for option in own)]
    return [*own, *askers, *last] or list(found)[:1]


def _short(subject: Subject, origin: Origin | None) -> tuple[str, ...]:
    """The options behind a line; where there is none, the section."""
    return () if origin is None else tuple(map(name_of, _ordered(subject, [origin])))
