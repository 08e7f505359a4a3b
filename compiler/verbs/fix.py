"""`fix HOST.yaml...`: write renamed options under their new names, in place; keep all the rest."""

import argparse
import os
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from compiler.contents import contents
from compiler.fix import Fixed, Planned, fix
from compiler.rename import Find
from compiler.rewrite import rewrite
from compiler.verbs import Outcome, add_modules_option
from schema.diagnostics import Diagnostic, RejectedError

if TYPE_CHECKING:
    from modules import Collection
    from schema.module import Module
    from schema.renaming import Rename

Known = dict[str, "Collection"]
Missing = dict[str, list[Diagnostic]]

_DESCRIPTION = """\
Write options that were renamed under their new names. Comments, order, quotes and blank lines stay
as they are. A file is rewritten whole or not at all, and only if it means the same afterwards.
"""


def run(words: list[str]) -> Outcome:
    """Fix files, each for itself."""
    arguments = parser().parse_args(words)
    known, missing = _modules(arguments.manifest, arguments.modules)
    return _together([_fixed(file, known, missing, arguments) for file in arguments.manifest])


def parser() -> argparse.ArgumentParser:
    """The words that the verb takes."""
    parser = argparse.ArgumentParser(
        prog="hostwright fix",
        description=_DESCRIPTION,
        epilog="exit status: 0 fixed or nothing to fix, 1 something needs a person",
        formatter_class=lambda prog: argparse.RawDescriptionHelpFormatter(prog, width=100),
        allow_abbrev=False,
    )
    parser.add_argument("manifest", nargs="+", metavar="HOST.yaml", help="a manifest or a profile")
    parser.add_argument("--diff", action="store_true", help="show what would change; write nothing")
    parser.add_argument(
        "--all",
        action="store_true",
        help="also correct misspelt options, where only one can have been meant",
    )
    add_modules_option(parser)
    return parser


def _together(outcomes: list[Outcome]) -> Outcome:
    return Outcome(
        "".join(one.text for one in outcomes),
        "".join(one.errors for one in outcomes),
        max(one.status for one in outcomes),
    )


def _modules(files: Sequence[str], folders: Sequence[str]) -> tuple[Known, Missing]:
    """The modules that each file can name, by itself or by what it imports; and what is missing."""
    from compiler.collect import collect
    from compiler.module_path import collection
    from compiler.profiles import Profiles

    profiles, known, missing = Profiles(), {}, {}
    for file in files:
        with suppress(OSError, RejectedError, ValueError):  # it is reported when it is fixed
            sources, missing[file] = collect(profiles.load(file), profiles)
            known[file] = collection(sources.documents, folders)
    return known, missing


def _fixed(file: str, known: Known, missing: Missing, arguments: argparse.Namespace) -> Outcome:
    from compiler.report.reported import reported, sources_of

    content = b""
    try:
        content = _read(file)
        guesses = _guesses(file, content, arguments.modules) if arguments.all else []
        find, unknown = _find(file, known)
        fixed = fix(file, content, _planned(find, guesses))
        unread = missing.get(file, []) if unknown else []  # a folder of modules may be named there
        broken = _located(file, content, [*unread, *_broken(file, known, unknown)])
        if broken:  # their renames are unknown, so the file would be fixed by half
            fixed = Fixed(content, (), (*fixed.diagnostics, *broken))
        if fixed.content != content and not arguments.diff:
            rewrite(file, content, fixed.content)
    except RejectedError as rejected:
        fixed = Fixed(content, (), rejected.diagnostics)
    if fixed.diagnostics:
        from attrs import evolve

        found = [evolve(one, file=one.file or file) for one in fixed.diagnostics]
        lines = content.decode("utf-8", "replace").split("\n")
        return Outcome("", reported(found, {**sources_of(found), file: lines}, "human"), 1)
    if arguments.diff:
        return Outcome(_difference(file, content, fixed, arguments.modules))
    return Outcome(_said(file, fixed))


def _said(file: str, fixed: Fixed) -> str:
    from compiler.report.human import printable

    name = printable(file)
    lines = [
        f'{name}:{move.mark.line}: "{".".join(move.old)}" is "{".".join(move.new)}" now\n'
        for move in fixed.moves
    ]
    return "".join(lines) or f"{name}: nothing to fix\n"


def _difference(file: str, content: bytes, fixed: Fixed, folders: Sequence[str]) -> str:
    """What changes, as patch(1) takes it; but a line with a secret in it does not show that."""
    from difflib import unified_diff

    from compiler import compile_host
    from compiler.fix.concealed import concealed
    from compiler.load import load
    from compiler.report.human import printable

    if fixed.content == content:
        return ""
    found = compile_host(file, content, modules=folders).diagnostics
    marks = [one.mark for one in found if one.code == "HW019" and one.mark and one.file == file]
    document, name = load(file, content), printable(file)
    before, after = (
        _lines(concealed(document, marks, text.decode().split("\n")))
        for text in (content, fixed.content)
    )
    return "".join(f"{line}\n" for line in unified_diff(before, after, name, name, lineterm=""))


def _lines(pieces: list[str]) -> list[str]:
    if pieces[-1]:
        return [*pieces[:-1], f"{pieces[-1]}\n\\ No newline at end of file"]
    return pieces[:-1]


def _find(file: str, known: Known) -> tuple[Find, dict[str, None]]:
    """Looks a module up, and keeps the names that it finds nothing for."""
    unknown: dict[str, None] = {}

    def find(name: str) -> "type[Module] | None":
        found = (one.find(name) for one in _in_order(file, known))
        module = next((one for one in found if one is not None), None)
        if module is None:
            unknown[name] = None
        return module

    return find, unknown


def _in_order(file: str, known: Known) -> "list[Collection]":
    """The file's own first: a profile often has those of the host that is fixed with it."""
    return [known[one] for one in sorted(known, key=lambda one: one != file)]


def _broken(file: str, known: Known, names: Iterable[str]) -> list[Diagnostic]:
    """What keeps modules from being loaded, whose renames nobody can know."""
    return [
        problem
        for name in names
        for one in _in_order(file, known)
        if one.is_broken(name)
        for problem in one.problems(name) or one.complaints
    ]


def _located(file: str, content: bytes, found: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    if not found:
        return ()
    from compiler.load import load
    from compiler.locate import locate

    return locate(load(file, content), found)


def _planned(find: Find, guesses: "list[Rename]") -> Planned:
    """What has another name now, and what was misspelt."""
    from compiler.rename import planned
    from schema.renames import RENAMES

    return lambda document: planned(document, find, (*RENAMES, *guesses))


def _guesses(file: str, content: bytes, folders: Sequence[str]) -> "list[Rename]":
    """Misspelt options, each with the one that was meant; not where two mean the same one."""
    from collections import Counter

    from compiler import compile_host
    from schema.renaming import Renamed

    found = [
        (".".join(map(str, one.path)), ".".join(map(str, one.about)))
        for one in compile_host(file, content, modules=folders).diagnostics
        if one.code == "HW012" and one.about and one.file == file
        if not any(sign in str(key) for key in (*one.path, *one.about) for sign in ".*")
    ]
    times = Counter(meant for _, meant in found)
    return [Renamed(old, meant, since="0", until="0.1") for old, meant in found if times[meant] < 2]


def _read(file: str) -> bytes:
    try:
        is_file = stat.S_ISREG(os.stat(file).st_mode)
        content = b""
        if is_file:
            content = contents(file)
    except (OSError, ValueError) as error:  # ValueError: of a NUL in its name
        raise _unreadable(getattr(error, "strerror", None) or str(error)) from error
    if not is_file:
        raise _unreadable("it is no regular file")
    return content


def _unreadable(reason: str) -> RejectedError:
    return RejectedError([Diagnostic("HW001", f"cannot read the manifest: {reason}")])
