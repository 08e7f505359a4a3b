"""`options [OPTION...]`: every option of a manifest, or all that is known of one."""

import argparse
from collections.abc import Sequence

from attrs import evolve

from compiler.module_path import collection
from compiler.reference.search import search, suggestions
from compiler.reference.terminal import described, listed
from compiler.report.reported import reported, sources_of
from compiler.verbs import Outcome, add_modules_option
from modules import Collection


def run(words: list[str]) -> Outcome:
    """List every option, or describe those that were asked for."""
    arguments = parser().parse_args(words)
    modules, broken = known_modules(arguments.modules)
    if broken:
        return Outcome("", broken, 1)
    if not arguments.name:
        return Outcome(listed(modules))
    found = {name: search(name.replace("[]", ""), modules) for name in arguments.name}
    if unknown := [name for name, one in found.items() if one is None]:
        return Outcome("", "".join(_unknown(name, modules) for name in unknown), 2)
    return Outcome("\n".join(described(one, modules) for one in found.values() if one))


def parser() -> argparse.ArgumentParser:
    """The words that the verb takes."""
    parser = argparse.ArgumentParser(
        prog="hostwright options",
        description="List every option of a manifest, or describe some of them.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "name",
        nargs="*",
        metavar="OPTION",
        help="an option or a module, such as backup.keep or postgresql.databases",
    )
    add_modules_option(parser)
    return parser


def known_modules(folders: Sequence[str]) -> tuple[Collection, str]:
    """Our modules and those of some folders; and the report on those that do not work."""
    found = collection((), folders)
    problems = [*found.complaints, *(one for name in found.names() for one in found.problems(name))]
    placed = [
        # No manifest names them here.
        evolve(one, file=one.mark.file if one.mark else "", related=())
        for one in problems
    ]
    return found, reported(placed, sources_of(placed), "human")


def _unknown(name: str, modules: Collection) -> str:
    near = suggestions(name, modules)
    hint = " or ".join(f'"{one}"' for one in near)
    told = f"did you mean {hint}?" if near else "`hostwright options` lists them"
    return f'hostwright: there is no option "{name}"; {told}\n'
