"""`preflight TREE|HOST.yaml`: would the next backup of this machine go well, with that tree?"""

import argparse
import os
import subprocess
import sys

from compiler.report.reported import reported, sources_of
from compiler.verbs import Outcome, add_modules_option
from schema.layout import library

_EPILOG = """\
Runs hostwright-preflight of the tree on this machine, as root: the credentials, the repository,
users, what is dumped, programs, paths, room for the dumps, and units in /etc that hide the compiled
ones. A HOST.yaml is compiled into a temporary folder. Nothing on the machine is changed.

exit status: 0 nothing fails, 1 something does, 2 the command line is wrong, 3 a bug in Hostwright
"""


def run(words: list[str]) -> Outcome:
    """Look at this machine with the eyes of a tree."""
    arguments = parser().parse_args(words)
    options = [f"--{name}" for name in ("offline", "verbose") if getattr(arguments, name)]
    if os.path.isdir(arguments.tree):
        return _folder(arguments.tree, options)
    return _manifest(arguments.tree, arguments.modules, options)


def parser() -> argparse.ArgumentParser:
    """The words that the verb takes."""
    parser = argparse.ArgumentParser(
        prog="hostwright preflight",
        description="Check on a host whether its next backup would go well.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "tree", metavar="TREE|HOST.yaml", help="a compiled folder, or this host's manifest"
    )
    parser.add_argument("--offline", action="store_true", help="leave the repository out")
    parser.add_argument("--verbose", action="store_true", help="show what is good, too")
    add_modules_option(parser)
    return parser


def _folder(folder: str, options: list[str]) -> Outcome:
    programs = (f"{folder}{library(layout)}/hostwright/preflight" for layout in ("usr", "etc"))
    program = next(filter(os.path.isfile, programs), None)
    if program is None:
        return Outcome("", f"{folder}: no tree with a preflight in it; compile it again\n", 1)
    # Isolated, as its first line has it; that line's Python need not be this machine's.
    done = subprocess.run(
        [sys.executable, "-EsB", program, *options],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    return Outcome(done.stdout, done.stderr, done.returncode if done.returncode in (0, 2) else 1)


def _manifest(file: str, modules: list[str], options: list[str]) -> Outcome:
    from tempfile import TemporaryDirectory

    from compiler import compile_host
    from compiler.contents import contents
    from compiler.write import write

    try:
        content = contents(file)
    except OSError as error:
        reason = error.strerror or str(error)
        return Outcome("", f"{file}: cannot read the manifest or tree: {reason}\n", 1)
    compiled = compile_host(file, content, modules=modules)
    said = reported(compiled.diagnostics, sources_of(compiled.diagnostics), "human")
    if compiled.tree is None:
        return Outcome("", said, 1)
    with TemporaryDirectory(prefix="hostwright-") as folder:
        write(compiled.tree, f"{folder}/tree")
        outcome = _folder(f"{folder}/tree", options)
    return Outcome(outcome.text, said + outcome.errors, outcome.status)
