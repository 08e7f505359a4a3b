"""`deb TREE... -o DIR`: a Debian package of each tree, without root and without a build tree."""

import argparse
import os
from collections.abc import Iterator, Sequence
from functools import partial

from compiler.deb.packaging import Packaging
from compiler.deb.versions import source_date_epoch
from compiler.destination import Destination, NotPublishedError
from compiler.processes import mapped
from compiler.report.reported import reported
from compiler.standing import trees_in
from compiler.verbs import Outcome, add_format_option, add_version_option
from compiler.verify.differences import strays
from schema.compiled import Compiled
from schema.diagnostics import Diagnostic, RejectedError, has_errors
from schema.packages import PackageVersion

_EPILOG = """\
A TREE is what `compile -o` wrote, or a folder of such trees, one per host. DIR gets
hostwright-host-HOST_VERSION_all.deb for each, all of them or none.

The version rises with time: the date of SOURCE_DATE_EPOCH, such as $(git log -1 --format=%ct), then
the digest of the tree. The same tree, version and SOURCE_DATE_EPOCH give the same bytes, whoever
makes the package, wherever and whenever.

exit status: 0 done, 1 a tree is wrong, 2 the command line is wrong, 3 a bug in Hostwright
"""


class WordsError(Exception):
    """The command line is wrong; the text is a sentence."""


def run(words: list[str]) -> Outcome:
    """Make the packages, all of them or none."""
    arguments = parser().parse_args(words)
    try:
        packaging = packaging_of(arguments.output, arguments.package_version, arguments.tree)
    except WordsError as error:
        return Outcome("", f"hostwright deb: {error}\n", 2)
    results = _packaged(arguments.tree, Destination.of(None, packaging, together=False))
    found = dict.fromkeys(one for result in results for one in result.diagnostics)
    diagnostics = list(found)  # what is wrong with the folder of the packages is said once
    text = reported(diagnostics, {}, arguments.format)
    if arguments.format != "human":
        return Outcome(text, "", int(has_errors(diagnostics)))
    if has_errors(diagnostics):
        return Outcome("", text, 1)
    made = "".join(f"{os.path.join(arguments.output, one.package)}\n" for one in results)
    return Outcome(made, packaging.advice)


def packaging_of(folder: str, version: str | None, trees: Sequence[str]) -> Packaging:
    """How packages are made, by the words of a command line and SOURCE_DATE_EPOCH.

    Args:
        folder: where they go.
        version: of all of them.
        trees: folders that hold trees, or will.

    Raises:
        WordsError: one of them is wrong.
    """
    if not folder:
        raise WordsError("the name of the folder for the packages is empty")
    for tree in trees:
        places = (os.path.join(os.path.realpath(place), "") for place in (folder, tree))
        if next(places).startswith(next(places)):
            raise WordsError(f'the folder "{tree}" is for trees alone: give packages another')
    if version is not None and (problem := PackageVersion.problem(version)):
        raise WordsError(f'--package-version "{version}" {problem}')
    try:
        return Packaging(folder, version, source_date_epoch())
    except ValueError as error:
        raise WordsError(str(error)) from error


def parser() -> argparse.ArgumentParser:
    """The words that the verb takes."""
    parser = argparse.ArgumentParser(
        prog="hostwright deb",
        description="Make a Debian package of each compiled tree.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("tree", nargs="+", metavar="TREE", help="a compiled folder")
    parser.add_argument(
        "-o", "--output", metavar="DIR", required=True, help="the folder that gets the packages"
    )
    add_version_option(parser)
    add_format_option(parser)
    return parser


def _packaged(given: Sequence[str], destination: Destination) -> list[Compiled]:
    trees = [tree for folder in given for tree in trees_in(folder)]
    stray = tuple(one for folder in given for one in _strays(folder))
    if stray:  # half a tree that is left out would be a host that is forgotten
        return [Compiled("", None, None, stray)]
    try:
        with destination.claimed():
            results = mapped(partial(_staged, destination), list(enumerate(trees)))
            if not any(result.diagnostics for result in results):
                destination.publish(results)
            return results
    except NotPublishedError as error:
        return [Compiled(error.result.file, None, None, error.rejected.diagnostics)]
    except RejectedError as rejected:
        return [Compiled("", None, None, rejected.diagnostics)]


def _strays(folder: str) -> Iterator[Diagnostic]:
    trees = trees_in(folder)
    return iter(()) if trees == [folder] else strays(folder, trees)


def _staged(destination: Destination, job: tuple[int, str]) -> Compiled:
    from compiler.deb.source import of_folder

    place, tree = job
    try:
        return destination.stage_package(place, Compiled(tree, None, None, ()), of_folder(tree))
    except RejectedError as rejected:
        return Compiled(tree, None, None, rejected.diagnostics)
