"""`verify TREE|HOST.yaml...`: is a tree as it was written, and does systemd take every line?"""

import argparse
import os
from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from compiler.report.human import printable
from compiler.report.reported import reported, sources_of
from compiler.standing import STAMP, trees_in
from compiler.verbs import Outcome, add_format_option, add_modules_option
from compiler.verify.complaints import Complaint, complaints, systemd_release
from compiler.verify.differences import differences, strays
from schema.diagnostics import Diagnostic, Mark, has_errors
from schema.document import Document
from schema.tree import File, Tree

_EPILOG = """\
A TREE must hold exactly what Hostwright wrote there. A HOST.yaml is compiled in memory. The units
of either are then read by systemd-analyze, where it is installed. Nothing is written.

A TREE may be a folder of the trees of several hosts, and of nothing else but .git. Of a file's mode
only the owner's x bit counts: git keeps no other, and who builds a package sets the modes.

exit status: 0 all is well, 1 something is wrong, 2 the command line is wrong, 3 a bug in Hostwright
"""


@frozen(eq=False, repr=False)
class _Verified:
    """What there is to say about one argument."""

    summary: str
    diagnostics: Sequence[Diagnostic] = ()
    notes: Sequence[str] = ()


def run(words: list[str]) -> Outcome:
    """Verify trees and manifests, and change none of them."""
    arguments = parser().parse_args(words)
    verified = [one for given in arguments.tree for one in _verified(given, arguments.modules)]
    diagnostics = [diagnostic for one in verified for diagnostic in one.diagnostics]
    notes = dict.fromkeys(note for one in verified for note in one.notes)
    errors = "".join(f"note: {printable(note)}\n" for note in notes)
    text = reported(diagnostics, sources_of(diagnostics), arguments.format)
    status = int(has_errors(diagnostics))
    if arguments.format != "human":
        return Outcome(text, errors, status)
    good = "".join(one.summary for one in verified if not has_errors(one.diagnostics))
    return Outcome(good, text + errors, status)


def parser() -> argparse.ArgumentParser:
    """The words that the verb takes."""
    parser = argparse.ArgumentParser(
        prog="hostwright verify",
        description="Check trees, or what manifests would compile to, with systemd's own parser.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "tree", nargs="+", metavar="TREE|HOST.yaml", help="a compiled folder, or a host's manifest"
    )
    add_format_option(parser)
    add_modules_option(parser)
    return parser


def _verified(given: str, modules: Sequence[str]) -> Iterator[_Verified]:
    if os.path.isdir(given):
        trees = trees_in(given)
        yield from map(_folder, trees)
        if trees != [given] and (stray := tuple(strays(given, trees))):
            yield _Verified("", stray)
    else:
        yield _manifest(given, modules)


def _folder(folder: str) -> _Verified:
    changed = tuple(differences(folder, STAMP))
    if not os.path.exists(os.path.join(folder, STAMP)):
        return _Verified("", changed)
    found, notes = _asked(folder, folder)
    said = [_in_folder(folder, one) for one in found]
    summary = f"{printable(folder)}: as Hostwright wrote it\n"
    return _Verified(summary, [*changed, *said], notes)


def _asked(folder: str, name: str, target: int | None = None) -> tuple[list[Complaint], list[str]]:
    """The complaints of systemd about a folder, and notes about what they do not say."""
    release = systemd_release()
    if release is None:
        return [], ["systemd-analyze is not installed here: systemd's own parser was not asked"]
    found = complaints(folder)
    notes = []
    newest = target or max((one.newer for one in found if one.newer), default=release)
    if newest != release:
        skipped = sum(1 for one in found if one.newer)
        lines = f"; it is too old for {skipped} of the lines" if skipped else ""
        notes = [f"{name} is for systemd {newest}, and this machine's is {release}{lines}"]
    return [one for one in found if one.newer is None], notes


def _in_folder(folder: str, complaint: Complaint) -> Diagnostic:
    file = os.path.join(folder, complaint.file)
    mark = None
    if complaint.line is not None:
        with open(file, encoding="utf-8", errors="replace") as unit:
            text = unit.read().split("\n")[complaint.line - 1]
        mark = Mark(complaint.line, 1, len(text) + 1)
    return Diagnostic("HW076", f"systemd: {complaint.text}", file=file, mark=mark)


def _manifest(file: str, modules: Sequence[str]) -> _Verified:
    from compiler import compile_host
    from compiler.contents import contents

    try:
        content = contents(file)
    except OSError as error:
        reason = error.strerror or str(error)
        return _Verified(
            "", [Diagnostic("HW001", f"cannot read the manifest or tree: {reason}", file=file)]
        )
    compiled = compile_host(file, content, modules=modules)
    if compiled.tree is None or compiled.document is None or compiled.manifest is None:
        return _Verified("", compiled.diagnostics)
    target = compiled.manifest.target.systemd
    said, notes = _in_manifest(compiled.document, compiled.tree, target)
    return _Verified(f"{compiled.host}: good\n", [*compiled.diagnostics, *said], notes)


def _in_manifest(document: Document, tree: Tree, target: int) -> tuple[list[Diagnostic], list[str]]:
    """What systemd says about a tree, at the places of the manifest that its lines come from."""
    from tempfile import TemporaryDirectory

    from compiler.locate import locate
    from compiler.write import write

    with TemporaryDirectory(prefix="hostwright-") as folder:
        write(tree, f"{folder}/tree")
        found, notes = _asked(f"{folder}/tree", document.file, target)
    diagnostics = [_from_tree(tree, complaint) for complaint in found]
    return list(locate(document, diagnostics)), notes


def _from_tree(tree: Tree, complaint: Complaint) -> Diagnostic:
    where = f"{complaint.file}:{complaint.line}: " if complaint.line else ""
    said = Diagnostic("HW076", f"systemd: {where}{complaint.text}", at="key")
    entry = dict(tree.items()).get(complaint.file)
    origin = entry.origin if entry else None
    if isinstance(entry, File) and complaint.line and complaint.line <= len(entry.lines):
        origin = entry.lines[complaint.line - 1] or origin
    return evolve(said, path=origin.path) if origin else said
