"""`compile HOST.yaml... -o OUT`: one manifest fills OUT, several fill OUT/HOST each."""

import argparse
import os
from collections.abc import Sequence

from attrs import evolve

from compiler.fleet import compile_fleet
from compiler.verbs import Outcome, add_modules_option
from schema.compiled import Compiled
from schema.diagnostics import Diagnostic, Severity, has_errors

MANIFESTS_NAMED = 5
"""How many manifests a report names that share what is wrong."""
FORMATS = ("human", "json", "sarif", "github")
_EPILOG = """\
OUT becomes exactly the compiled tree, in one step, or stays as it is. With several manifests each
host's tree is OUT/HOST, and what is there of other hosts stays. Diagnostics go to standard error;
other formats to standard output.

exit status: 0 done, 1 the manifest is wrong, 2 the command line is wrong, 3 a bug in Hostwright
"""


def run(words: list[str]) -> Outcome:
    """Compile, and write what was compiled unless something is wrong with any of it."""
    arguments = parser().parse_args(words)
    if not arguments.output and not arguments.check:
        return Outcome("", "compile: where to? Give a folder with -o OUT, or --check\n", 2)
    results = compile_fleet(
        arguments.manifest,
        None if arguments.check else arguments.output,
        strict=arguments.strict,
        modules=arguments.modules,
    )
    diagnostics = _each_once(results)
    failed = any(fails(one, strict=arguments.strict) for one in diagnostics)
    sources = sources_of(diagnostics)
    text = reported(diagnostics, sources, arguments.format)
    summary = "" if failed else _summary(results, arguments.output, check=arguments.check)
    if arguments.format == "human":
        if failed and not has_errors(diagnostics):
            text += "--strict: a warning is as bad as an error, and nothing was written\n"
        return Outcome(summary, text, int(failed))
    return Outcome(text, "", int(failed))


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


def reported(diagnostics: Sequence[Diagnostic], sources: dict[str, list[str]], form: str) -> str:
    """The report, in colour where a person's terminal takes it (no-color.org)."""
    if not diagnostics and form == "human":
        return ""
    import sys

    from compiler.report import report

    colour = sys.stderr is not None and sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    colour = colour and os.environ.get("TERM") != "dumb"
    return report(diagnostics, sources, form, colour=colour)


def sources_of(diagnostics: Sequence[Diagnostic]) -> dict[str, list[str]]:
    """The lines of every file that a diagnostic is about, for the excerpts."""
    if not diagnostics:
        return {}
    from compiler.report.human import files_of

    sources: dict[str, list[str]] = {}
    for name in files_of(diagnostics):
        if not os.path.isfile(name):
            continue  # to open a pipe would take for ever
        try:
            with open(name, "rb") as file:
                sources[name] = file.read(1 << 21).decode("utf-8", "replace").split("\n")
        except OSError:
            continue
    return sources


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
    parser.add_argument(
        "--format", choices=FORMATS, default="human", help="how diagnostics are written"
    )
    add_modules_option(parser)
    return parser


def _summary(results: Sequence[Compiled], output: str | None, *, check: bool) -> str:
    lines = []
    for result in results:
        if check or output is None:
            lines.append(f"{result.host}: good\n")
        else:
            where = output if len(results) == 1 else os.path.join(output, result.host or "")
            lines.append(f"{result.host}: {result.entries} files in {where}\n")
    return "".join(lines)
