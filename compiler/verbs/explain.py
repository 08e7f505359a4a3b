"""`explain HOST.yaml WHAT`: where a line or a value comes from; `--from OPTION`: where it goes."""

import argparse
from typing import TYPE_CHECKING

from compiler.module_path import collection
from compiler.report.reported import reported, sources_of
from compiler.verbs import Outcome, add_modules_option

if TYPE_CHECKING:
    from compiler.explain.answers import Answer
    from compiler.explain.subject import Subject

_EPILOG = """\
WHAT is one of
  backup.service:ProtectHome     a directive of a unit or drop-in
  backup.service:14              a line of any file
  backup.service                 all lines of a file, in short
  backup.keep.daily              an option, set or not
  imports                        the files that count for this host, and those that do not
  web1.yaml:7                    what stands on a line of a manifest
A file is named by its path on the host, or by as much of its end as is needed.
--from takes an option, or a line of a manifest.

exit status: 0 done, 1 the manifest is wrong, 2 the command line is wrong, 3 a bug in Hostwright
"""


def run(words: list[str]) -> Outcome:
    """Compile the manifest, keep what is known of each line, and answer."""
    from compiler import compile_host
    from compiler.contents import contents
    from compiler.explain.structured import structured
    from compiler.explain.subject import subject_of
    from compiler.explain.terminal import written
    from compiler.report.human import printable
    from schema.diagnostics import has_errors

    arguments = parser().parse_args(words)
    if arguments.what is None and arguments.origin is None:
        return Outcome("", "hostwright: explain what? Give WHAT, or --from OPTION\n", 2)
    if arguments.what is not None and arguments.origin is not None:
        return Outcome("", "hostwright: give WHAT or --from OPTION, not both\n", 2)
    try:
        content = contents(arguments.manifest)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        name = printable(arguments.manifest)
        return Outcome("", f"hostwright: cannot read {name}: {reason}\n", 1)
    done = compile_host(arguments.manifest, content, modules=arguments.modules, explained=True)
    known = collection((done.document,) if done.document else (), arguments.modules)
    subject = subject_of(done, known)
    report = ""
    if has_errors(done.diagnostics):
        report = reported(done.diagnostics, sources_of(done.diagnostics), "human")
    if subject is None:
        return Outcome("", report, 1)
    status = 1 if report else 0
    answers, problem = _answers(subject, arguments)
    if problem:
        told = "\n".join(map(printable, problem.split("\n")))
        return Outcome("", f"{report}hostwright: {told}", status or 2)
    text = structured(answers) if arguments.format == "json" else written(answers)
    return Outcome(text, report, status)


def _answers(subject: "Subject", arguments: argparse.Namespace) -> "tuple[list[Answer], str]":
    """The answers, or what to say when there is none."""
    from compiler.explain.forward_answers import forward_answer
    from compiler.explain.questions import UnknownError, answers_to, options_meant

    try:
        if arguments.what is not None:
            return list(answers_to(subject, arguments.what)), ""
        paths = options_meant(subject, arguments.origin)
    except UnknownError as unknown:
        return [], str(unknown)
    return [forward_answer(subject, path) for path in paths], ""


def parser() -> argparse.ArgumentParser:
    """The words that the verb takes."""
    found = argparse.ArgumentParser(
        prog="hostwright explain",
        description="Say where a line of a tree, or the value of an option, comes from.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    found.add_argument("manifest", metavar="HOST.yaml", help="a host's manifest")
    found.add_argument("what", nargs="?", metavar="WHAT", help="a line, a directive, an option")
    found.add_argument(
        "--from",
        dest="origin",
        metavar="OPTION",
        help="list every line that an option touches instead",
    )
    found.add_argument("--format", choices=("human", "json"), default="human", help="for whom")
    add_modules_option(found)
    return found
