"""What somebody wants to know, as words of the command line -> an answer, or what there is."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from compiler.explain.absent import removed_directive
from compiler.explain.answers import AbsentAnswer, Answer, LineAnswer
from compiler.explain.imports import imports_answer, imports_named, is_about_imports
from compiler.explain.lines import (
    directive_answers,
    file_answer,
    line_answer,
    link_answer,
    section_answer,
)
from compiler.explain.manifest_lines import Standing, standing
from compiler.explain.names import known_names, path_of
from compiler.explain.options import option_answer
from compiler.explain.places import places_in
from compiler.explain.subject import Subject
from compiler.explain.watches import watches_of_directive
from schema.diagnostics import ManifestPath
from schema.directives import directive_rules
from schema.tree import File, Link

_LINE = re.compile(r"(.+\.ya?ml):([0-9]{1,9})", re.ASCII)
_STAMP = ".hostwright"
_OF_STAMP = LineAnswer(
    _STAMP,
    0,
    ("",),
    "hostwright",
    "the next compile, and `hostwright verify`, see in it whether a hand has changed the tree",
    None,
    note="the digest and the listing of the tree; no part of it, and not for the host",
)
_SECTIONS = ("Unit", "Service", "Timer", "Install")


class UnknownError(Exception):
    """There is nothing of that name; the message says what there is."""


def answers_to(subject: Subject, what: str) -> tuple[Answer, ...]:
    """Answer a question.

    Args:
        subject: the host.
        what: FILE, FILE:LINE, UNIT:DIRECTIVE, an option, or MANIFEST:LINE.

    Raises:
        UnknownError: there is no such thing.
    """
    if what.strip("/") == _STAMP:
        return (_OF_STAMP,)
    name, _, detail = what.rpartition(":")
    if name and (file := _file(subject, name)) is not None:
        return _in_file(subject, file, detail) if detail else (file_answer(subject, file),)
    if (file := _file(subject, what)) is not None:
        return (file_answer(subject, file),)
    if is_about_imports(what):
        return (_imports(subject, what),)
    if (path := path_of(what, subject.document, subject.modules)) is not None:
        return (option_answer(subject, path),)
    if (found := _on_line(subject, what)) is not None:
        options = tuple(option_answer(subject, one) for one in found.options)
        imports = (imports_answer(subject, what, found.imports),) if found.imports else ()
        return (*imports, *options)
    raise UnknownError(_unknown(subject, what))


def options_meant(subject: Subject, origin: str) -> tuple[ManifestPath, ...]:
    """The options that `--from` is about: a named one, or those of a line of a manifest.

    Raises:
        UnknownError: there is none.
    """
    found = _on_line(subject, origin)
    if found is None:
        return (option_named(subject, origin),)
    if not found.options:
        told = "an import touches lines through what its file says: --from FILE:LINE\n"
        raise UnknownError(told)
    return found.options


def _on_line(subject: Subject, what: str) -> Standing | None:
    """What stands on a line of a manifest; None if the question is about none.

    Raises:
        UnknownError: there is no such line, or nothing stands there.
    """
    place = _LINE.fullmatch(what)
    if place is None:
        return None
    found = standing(subject, place[1], int(place[2]))
    if found is None:
        files = _wrapped(one.file for one in subject.document.sources)
        raise UnknownError(f"{place[1]} is no manifest of this host, which reads:{files}")
    if found.note:
        raise UnknownError(f"{found.note}\n")
    return found


def _imports(subject: Subject, what: str) -> Answer:
    if not subject.document.imports:
        return option_answer(subject, ("imports",))
    found = imports_named(subject, what)
    if not found:
        raise UnknownError(f'there is no "{what}": `explain HOST.yaml imports` lists them\n')
    return imports_answer(subject, what, found)


def option_named(subject: Subject, name: str) -> ManifestPath:
    """The path of an option, as it was typed.

    Raises:
        UnknownError: there is none.
    """
    path = path_of(name, subject.document, subject.modules)
    if path is None:
        raise UnknownError(_no_option(subject, name))
    return path


def _file(subject: Subject, name: str) -> str | None:
    """The file of the tree that a path, or the end of one, means.

    Raises:
        UnknownError: it means several.
    """
    tail = name.strip("/")
    found = [path for path in subject.tree if path == tail or path.endswith(f"/{tail}")]
    if len(found) > 1:
        found = [path for path in found if isinstance(subject.tree[path], File)] or found
    if len(found) > 1:
        which = "".join(f"  /{path}\n" for path in found)
        raise UnknownError(f'"{name}" can be one of several; write more of its path:\n{which}')
    return found[0] if found else None


def _in_file(subject: Subject, file: str, detail: str) -> tuple[Answer, ...]:
    entry = subject.tree[file]
    if isinstance(entry, Link):
        return (link_answer(subject, file),)
    if detail.isascii() and detail.isdecimal():
        if not 0 < int(detail) <= len(entry.lines):
            raise UnknownError(f"/{file} has {len(entry.lines)} lines\n")
        return (line_answer(subject, file, int(detail)),)
    section, _, name = detail.rpartition(".")
    if any(one.section == detail for one in places_in(file, entry)):
        return (section_answer(subject, file, detail),)
    if found := directive_answers(subject, file, name.removesuffix("="), section):
        return found
    return (_absent(subject, file, section, name.removesuffix("=")),)


def _absent(subject: Subject, file: str, section: str, name: str) -> AbsentAnswer:
    """A directive that systemd knows, and the unit does not have.

    Raises:
        UnknownError: systemd knows none of that name, or the file is no unit.
    """
    unit = file.rpartition("/")[2]
    manifest = subject.compiled.manifest
    rules = directive_rules(manifest.target.systemd) if manifest is not None else {}
    wanted = _SECTIONS if not section else (section,)
    home = next((one for one in wanted if (one, name) in rules), None)
    if home is not None and unit.endswith((".service", ".timer")):
        removed = removed_directive(subject, ("units", unit, home, name))
        return AbsentAnswer(unit, home, name, watches_of_directive(subject, unit, name), removed)
    if name in _SECTIONS and unit.endswith((".service", ".timer")):
        raise UnknownError(f"{unit} has no section [{name}]\n")
    if "/systemd/system/" not in file:
        raise UnknownError(f"/{file} has no directives; ask for the number of a line\n")
    there = {one.partition("=")[0] for one in _settings(subject, file) if "=" in one}
    near = get_close_matches(name, [*there, *(one for _, one in rules)], n=1, cutoff=0.7)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    raise UnknownError(f'{unit} has no directive "{name}"{hint}\nIt has:{_wrapped(sorted(there))}')


def _settings(subject: Subject, file: str) -> Sequence[str]:
    """The lines of a file that begin with a letter."""
    entry = subject.tree[file]
    text = entry.text if isinstance(entry, File) else ""
    return [line for line in text.splitlines() if line[:1].isalpha()]


def _unknown(subject: Subject, what: str) -> str:
    files = [path.rpartition("/")[2] for path in subject.tree]
    names = [*files, *known_names(subject.document, subject.modules)]
    near = get_close_matches(what.rpartition("/")[2], names, n=1, cutoff=0.6)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    units = sorted({one for one in files if one.endswith((".service", ".timer", ".conf"))})
    others = sorted({*files} - {*units})
    if not files:
        return f'there is no option "{what}"{hint}\nNo file, either: the manifest is wrong\n'
    told = f'there is no file and no option "{what}"{hint}\n'
    told += f"Units and drop-ins:{_wrapped(units)}Other files:{_wrapped(others)}"
    return f"{told}Options: `hostwright options` lists them\n"


def _no_option(subject: Subject, name: str) -> str:
    near = get_close_matches(name, list(known_names(subject.document, subject.modules)), n=1)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    return f'there is no option "{name}"{hint}\nOptions: `hostwright options` lists them\n'


def _wrapped(words: Iterable[str]) -> str:
    from textwrap import fill

    text = fill(
        ", ".join(words),
        80,
        initial_indent="  ",
        subsequent_indent="  ",
        break_on_hyphens=False,
        break_long_words=False,
    )
    return f"\n{text}\n"
