"""`init`: a first manifest, from what can be seen on the machine or in another tool's file."""

import argparse
import os
from typing import TYPE_CHECKING

from compiler.verbs import Outcome

if TYPE_CHECKING:
    from compiler.init.root import Root
    from schema.diagnostics import RejectedError

KINDS = ("borgmatic", "seed")
_MOST_BYTES = 1 << 20
_EPILOG = """\
It looks, and asks nothing: at the name and the release of the machine, at PostgreSQL, MariaDB,
Gitea and SQLite, and at the folders that hold something. It reads files; nothing is run or
changed. What it cannot see, such as the repository, stands below a comment that begins with CHANGE.

With --from, what is backed up comes from the file of another tool instead. Whatever cannot be
carried over is listed, with its line, on standard error and at the end of the manifest. No secret
is ever copied.

exit status: 0 done, 1 a file cannot be read or written, 2 the command line is wrong, 3 a bug
"""


def run(words: list[str]) -> Outcome:
    """Write a manifest to a file or to standard output; the report goes to standard error."""
    from compiler.init.root import Root

    arguments = parser().parse_args(words)
    kind, file = arguments.imported or (None, None)
    if kind is not None and kind not in KINDS:
        known = " and ".join(KINDS)
        return Outcome("", f"hostwright init: --from knows {known}, not {_shown(kind)}\n", 2)
    if not os.path.isdir(arguments.root):
        return Outcome("", f"hostwright init: {_shown(arguments.root)} is not a folder\n", 2)
    target = arguments.output
    if target and not arguments.force and os.path.lexists(target):
        said = f"{_shown(target)} is there already; --force replaces it"
        return Outcome("", f"hostwright init: {said}\n", 1)
    try:
        manifest, report = _drafted(Root(arguments.root), kind, file)
        if not target:
            return Outcome(manifest, report)
        _write(target, manifest, replace=arguments.force)
    except _FailedError as failed:
        return Outcome("", f"hostwright init: {failed}\n", 1)
    return Outcome("", f"{report}{_next(target)}")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="hostwright init",
        description="Write a first manifest, from what can be seen.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "-o", "--output", metavar="HOST.yaml", help="the file to write (default: standard output)"
    )
    parser.add_argument(
        "--from",
        dest="imported",
        nargs=2,
        metavar=("KIND", "FILE"),
        help="carry over a file of another tool: borgmatic CONFIG.yaml, or seed backup.sh",
    )
    parser.add_argument(
        "--root", metavar="DIR", default="/", help="look at another root, such as an image's"
    )
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    return parser


class _FailedError(Exception):
    """A file cannot be read or written; the text says which and why."""


def _drafted(root: "Root", kind: str | None, file: str | None) -> tuple[str, str]:
    """The manifest, and the report on what was not carried over."""
    from compiler.init.report import report
    from compiler.init.settled import UnsettledError, settled
    from schema.diagnostics import RejectedError

    if kind is None or file is None:
        from compiler.init.survey import survey

        draft = survey(root)
        return settled(draft), report(draft)
    content = _content(file)
    try:
        if kind == "borgmatic":
            from compiler.init.borgmatic import borgmatic

            draft = borgmatic(root, file, content)
        else:
            from compiler.init.seed import seed

            draft = seed(root, file, content)
    except RejectedError as rejected:
        raise _FailedError(_refused(file, rejected)) from None
    try:
        return settled(draft), report(draft)
    except UnsettledError as unsettled:
        raise _FailedError(f"{_shown(file)}: {_shown(str(unsettled))}") from None


def _content(file: str) -> bytes:
    try:
        with open(file, "rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _FailedError(f"cannot read {_shown(file)}: {reason}") from None
    if len(content) > _MOST_BYTES:
        raise _FailedError(f"{_shown(file)} is larger than 1 MiB: is it the right file?")
    return content


def _refused(file: str, rejected: "RejectedError") -> str:
    """The first thing that keeps a file from being read at all, in the words of that file."""
    first = rejected.diagnostics[0]
    line = f":{first.mark.line}" if first.mark and first.mark.end > 1 else ""
    return f"{_shown(file)}{line}: {_shown(first.message.replace('the manifest', 'the file'))}"


def _write(target: str, text: str, *, replace: bool) -> None:
    """Put a file in its place whole, or leave what is there as it is."""
    beside = f"{target}.{os.getpid()}.partial"
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        try:
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            if not replace:  # claims the name: whoever has it meanwhile keeps it
                os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))
            os.replace(beside, target)
        finally:
            if os.path.lexists(beside):
                os.unlink(beside)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _FailedError(f"cannot write {_shown(target)}: {reason}") from None


def _next(target: str) -> str:
    name = _shown(target)
    return f"{name} is written. Read it, then: hostwright compile {name} --check\n"


def _shown(text: str) -> str:
    from compiler.report.human import printable

    return printable(text)
