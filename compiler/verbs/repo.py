"""`repo ACTION DIR ...`: an apt repository with the packages of a fleet, in signed suites."""

import argparse
import re

from attrs import evolve

from compiler.repository import actions
from compiler.repository.changes import Plan
from compiler.repository.failures import FailedError, SenselessError
from compiler.repository.keys import key
from compiler.repository.suite import suites
from compiler.verbs import Outcome

ACTIONS = ("add", "promote", "rollback", "remove", "sign", "show")
_SUITE = re.compile(r"[a-z0-9][a-z0-9.-]*")
_DIGEST = slice(len("sha256:"), len("sha256:") + 12)
_WANTED = {"add": "packages", "rollback": "HOST=VERSION", "remove": "hosts"}
_EPILOG = """\
repo add DIR PACKAGE.deb|FOLDER... --suite SUITE --key KEY
    Publish packages. One that brings a host nothing new is left out, unless --all is given.
repo promote DIR [HOST...] --from SUITE --suite SUITE --key KEY
    What the one suite has now becomes what the other has: of all hosts, or of some.
repo rollback DIR HOST=VERSION... --suite SUITE --key KEY
    Take hosts back to versions that the pool still has.
repo remove DIR HOST... --suite SUITE --key KEY
    Have nothing of hosts any more; what they have installed stays, and so does the pool.
repo sign DIR [--suite SUITE] --key KEY
    Sign again what there is, with another key or for more days.
repo show DIR [--suite SUITE]
    Print suite, host, version and the tree's digest, a line for each.

A web server need only serve DIR. Whatever happens, each suite is the old one or the new one, and
signed. It carries the time at which it was published, whatever SOURCE_DATE_EPOCH says, because apt
takes no notice of what is not later. This takes apt-ftparchive (of apt-utils), dpkg-deb and gpg.

exit status: 0 done, 1 nothing was changed, 2 the command line is wrong, 3 a bug in Hostwright
"""


class _WordsError(Exception):
    """The command line is wrong; the text says how."""


def run(words: list[str]) -> Outcome:
    """Look at a repository, or change it."""
    arguments = parser().parse_intermixed_args(words)
    try:
        _check(arguments)
        if arguments.action == "show":
            return Outcome(_table(arguments))
        return Outcome(_changed(arguments))
    except (_WordsError, SenselessError) as wrong:
        return _said(f"repo {arguments.action}: {wrong}", 2)
    except FailedError as failed:
        return _said(str(failed), 1)


def parser() -> argparse.ArgumentParser:
    """The words that the verb takes."""
    found = argparse.ArgumentParser(
        prog="hostwright repo",
        description="Keep an apt repository with the packages of a fleet, in signed suites.",
        epilog=_EPILOG,
        formatter_class=lambda prog: argparse.RawDescriptionHelpFormatter(prog, width=100),
        allow_abbrev=False,
    )
    found.add_argument("action", choices=ACTIONS, help="what to do")
    found.add_argument("folder", metavar="DIR", help="the folder of the repository")
    found.add_argument(
        "what",
        nargs="*",
        metavar="PACKAGE.deb|HOST|HOST=VERSION",
        help="packages, or folders of them, to add; hosts to promote, to roll back, to remove",
    )
    found.add_argument("--suite", help="the suite that is changed, such as canary or stable")
    found.add_argument("--from", dest="source", metavar="SUITE", help="the suite to promote from")
    found.add_argument("--key", help="the secret key of gpg that signs: its fingerprint or name")
    found.add_argument(
        "--passphrase-file",
        metavar="FILE",
        help="what opens the key (default: gpg-agent is asked)",
    )
    found.add_argument(
        "--valid-days",
        type=_days,
        metavar="DAYS",
        help="have hosts refuse the suite after so many days; 0 is never (default: as before)",
    )
    found.add_argument(
        "--date",
        type=_seconds,
        metavar="SECONDS",
        help="the date of the Release, in seconds since 1970 (default: the clock)",
    )
    found.add_argument("--all", action="store_true", help="publish what brings nothing new, too")
    return found


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 10_000):
        raise argparse.ArgumentTypeError(f"{text} is no number of days")
    return int(text)


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 11):
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds since 1970")
    return int(text)


def _check(arguments: argparse.Namespace) -> None:
    action = arguments.action
    for name in (arguments.suite, arguments.source):
        if name is not None and not _SUITE.fullmatch(name):
            raise _WordsError(f'"{name}" is no name for a suite: small letters, digits, - and .')
    if action not in ("sign", "show") and arguments.suite is None:
        raise _WordsError("of which suite? Give --suite SUITE")
    if action == "promote" and arguments.source is None:
        raise _WordsError("from which suite? Give --from SUITE")
    if action == "promote" and arguments.source == arguments.suite:
        raise _WordsError("--from and --suite are the same")
    if action != "promote" and arguments.source is not None:
        raise _WordsError("only promote takes --from")
    if not arguments.what and (wanted := _WANTED.get(action)):
        raise _WordsError(f"what? Give {wanted} behind the folder")
    if action in ("sign", "show") and arguments.what:
        raise _WordsError(f'what is "{arguments.what[0]}" for?')
    if action != "show" and arguments.key is None:
        raise _WordsError("who signs? Give --key KEY: see gpg --list-secret-keys")


def _changed(arguments: argparse.Namespace) -> str:
    wanted = _versions(arguments.what) if arguments.action == "rollback" else {}
    opened = key(arguments.key, arguments.passphrase_file)
    target = actions.Target(
        arguments.folder,
        arguments.suite,
        opened,
        arguments.valid_days,
        arguments.all,
        arguments.date,
    )
    match arguments.action:
        case "add":
            plan = actions.add(target, arguments.what)
        case "promote":
            plan = actions.promote(target, arguments.source, arguments.what)
        case "rollback":
            plan = actions.roll_back(target, wanted)
        case "remove":
            plan = actions.remove(target, arguments.what)
        case _:
            return _signed(target, [arguments.suite] if arguments.suite else suites(target.root))
    return _report(target.suite, plan)


def _signed(target: actions.Target, names: list[str]) -> str:
    for name in names:
        actions.renew(evolve(target, suite=name))
    return "".join(f"{name}: signed\n" for name in names)


def _versions(words: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        host, _, version = word.partition("=")
        if not host or not version:
            raise _WordsError(f'"{word}" is not HOST=VERSION')
        if found.setdefault(host, version) != version:
            raise _WordsError(f"{host} is given twice, with different versions")
    return found


def _report(suite: str, plan: Plan) -> str:
    lines = [*plan.lines, *plan.kept]
    changed = len(plan.changed) + len(plan.removed)
    counts = [f"{changed} changed", f"{plan.unchanged} unchanged"]
    if plan.kept:
        counts.append(f"{len(plan.kept)} left alone")
    return "\n".join((*lines, f"{suite}: {', '.join(counts)}", ""))


def _table(arguments: argparse.Namespace) -> str:
    from compiler.report.human import printable

    rows = [
        (printable(suite), package.host, package.version, printable(package.tree[_DIGEST]) or "-")
        for suite, package in actions.show(arguments.folder, arguments.suite)
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "".join(f"{line}\n" for line in padded)


def _said(text: str, status: int) -> Outcome:
    from compiler.report.human import printable

    return Outcome("", f"hostwright: {printable(text)}\n", status)
