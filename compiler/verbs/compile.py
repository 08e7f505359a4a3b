"""`compile HOST.yaml... -o OUT`: one manifest fills OUT, several fill OUT/HOST each."""

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from attrs import evolve

from compiler.fleet import compile_fleet
from compiler.verbs import Outcome, add_format_option, add_modules_option, add_version_option
from schema.compiled import Compiled
from schema.diagnostics import Diagnostic, Severity, has_errors

if TYPE_CHECKING:
    from compiler.deb.packaging import Packaging

MANIFESTS_NAMED = 5
"""How many manifests a report names that share what is wrong."""
_MANY = 20
"""From so many manifests on it takes long enough that somebody wonders."""
_EPILOG = """\
OUT becomes exactly the compiled tree, in one step, or stays as it is. With several manifests each
host's tree is OUT/HOST, and what is there of other hosts stays. Diagnostics go to standard error;
other formats to standard output. Trees and packages are written all together, or none of them.

exit status: 0 done, 1 the manifest is wrong, 2 the command line is wrong, 3 a bug in Hostwright
"""


def run(words: list[str]) -> Outcome:
    """Compile, and write what was compiled unless something is wrong with any of it."""
    arguments = parser().parse_args(words)
    if not (arguments.output or arguments.check) and arguments.deb is None:
        return Outcome("", "compile: where to? Give a folder with -o OUT, or --check\n", 2)
    if arguments.package_version is not None and arguments.deb is None:
        return Outcome("", "compile: --package-version is for packages: give --deb DIR, too\n", 2)
    packaging = None
    if arguments.deb is not None:
        from compiler.verbs.deb import WordsError, packaging_of

        trees = [arguments.output] if arguments.output else []
        try:
            packaging = packaging_of(arguments.deb, arguments.package_version, trees)
            packaging = evolve(packaging, is_trial=arguments.check)
        except WordsError as error:
            return Outcome("", f"compile: {error}\n", 2)
    results = _results(arguments, packaging)
    diagnostics = _each_once(results)
    failed = any(fails(one, strict=arguments.strict) for one in diagnostics)
    text = _report(diagnostics, arguments.format)
    if not failed and packaging is not None:
        text += packaging.advice if arguments.format == "human" else ""
    summary = "" if failed else _summary(results, arguments)
    if arguments.format == "human":
        if failed and not has_errors(diagnostics):
            text += "--strict: a warning is as bad as an error, and nothing was written\n"
        return Outcome(summary, text, int(failed))
    return Outcome(text, "", int(failed))


def _report(diagnostics: Sequence[Diagnostic], form: str) -> str:
    if not diagnostics and form == "human":
        return ""
    from compiler.report.reported import reported, sources_of

    return reported(diagnostics, sources_of(diagnostics), form)


def _results(arguments: argparse.Namespace, packaging: "Packaging | None") -> list[Compiled]:
    """What came of the manifests; who waits for many of them at a terminal is kept informed."""
    compiled = partial(
        compile_fleet,
        arguments.manifest,
        None if arguments.check else arguments.output,
        strict=arguments.strict,
        modules=arguments.modules,
        packaging=packaging,
    )
    is_watched = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    if len(arguments.manifest) < _MANY or not is_watched:
        return compiled()
    from compiler.progress import Progress

    with Progress(len(arguments.manifest), sys.stderr.fileno()) as progress:
        return compiled(done=progress)


def _each_once(results: Sequence[Compiled]) -> list[Diagnostic]:
    """The diagnostics of all hosts; what is wrong with a profile is said once, and of whom."""
    found: dict[Diagnostic, list[str]] = {}
    for result in results:
        for one in result.diagnostics:
            found.setdefault(one, []).append(result.file)
    return [
        one if len(results) == 1 or one.file in files else _said_of(one, files)
        for one, files in found.items()
    ]


def _said_of(diagnostic: Diagnostic, files: Sequence[str]) -> Diagnostic:
    """A diagnostic at a place that several manifests share, with the names of the manifests."""
    others = len(files) - MANIFESTS_NAMED
    named = ", ".join(files[:MANIFESTS_NAMED]) + (f" and {others} more" if others > 0 else "")
    return evolve(diagnostic, message=f"{diagnostic.message} (manifest: {named})")


def fails(diagnostic: Diagnostic, *, strict: bool) -> bool:
    """Whether a diagnostic keeps the tree from being written."""
    return strict or diagnostic.severity is Severity.ERROR


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Of a fixed width: argparse would import shutil in every run to ask the terminal."""
    return argparse.RawDescriptionHelpFormatter(prog, width=100)


def parser() -> argparse.ArgumentParser:
    """The words that the verb takes."""
    parser = argparse.ArgumentParser(
        prog="compile",
        description="Compile manifests into trees of units, timers and scripts.",
        epilog=_EPILOG,
        formatter_class=_formatter,
        allow_abbrev=False,
    )
    parser.add_argument("manifest", nargs="+", metavar="HOST.yaml", help="a host's manifest")
    parser.add_argument("-o", "--output", metavar="OUT", help="the folder that becomes the tree")
    parser.add_argument("--check", action="store_true", help="check only; write nothing")
    parser.add_argument("--strict", action="store_true", help="let warnings fail, too")
    add_format_option(parser)
    parser.add_argument("--deb", metavar="DIR", help="the folder that gets a package per host")
    add_version_option(parser)
    add_modules_option(parser)
    return parser


def _summary(results: Sequence[Compiled], arguments: argparse.Namespace) -> str:
    return "".join(f"{result.host}: {_made(result, arguments)}\n" for result in results)


def _made(result: Compiled, arguments: argparse.Namespace) -> str:
    """What became of one manifest, in a few words."""
    if arguments.check:
        return "good"
    made = []
    if arguments.output:
        together = len(arguments.manifest) > 1
        where = os.path.join(arguments.output, result.host or "") if together else arguments.output
        made.append(f"{result.entries} files in {where}")
    if arguments.deb:
        made.append(os.path.join(arguments.deb, result.package))
    return ", ".join(made)
