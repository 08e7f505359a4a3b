#!/usr/bin/python3 -EsB
"""hostwright-preflight: would the next backup of this host go well? Run it as root.

Usage: hostwright-preflight [--offline] [--before-switch] [--verbose]

It looks at the credentials, the repository, users and groups, what is dumped, programs, paths, the
room for dumps, at units in /etc that hide the compiled ones, and asks systemd what it makes of
them. Each line says what is wrong and what to do; those that begin with "note" are worth knowing
only. Nothing is changed.

  --offline         leaves the repository out
  --before-switch   does not ask systemd, which has not read new units yet
  --verbose         shows what is good, too

exit status: 0 nothing fails, 1 something is wrong, 2 the command line is wrong
"""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from functools import partial
from typing import NoReturn

import preflight_credentials
import preflight_dumps
import preflight_files
import preflight_host
import preflight_repository
import preflight_settings
import preflight_systemd
import preflight_units
import processes
import settings
from findings import FAIL, GOOD, Check, Finding, examined, summary
from settings import RestoreError

_NAME = "hostwright-preflight"


class _Parser(ArgumentParser):
    """Says what is wrong with a command line, and where the right one is shown."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{_NAME}: {message}; see: {_NAME} --help\n")

    def format_help(self) -> str:
        return __doc__ or ""


def main(words: list[str]) -> int:
    """Carry out one command line and give the exit status."""
    options = _parse(words)
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    processes.end_with_signals()
    try:
        _need_root()
        found = examined(list(_checks(options)))
    except RestoreError as error:
        print(f"{_NAME}: {error}", file=sys.stderr)
        return 1
    _report(found, options)
    return int(any(one.level == FAIL for one in found))


def _parse(words: list[str]) -> Namespace:
    parser = _Parser(prog=_NAME, allow_abbrev=False)
    parser.add_argument("--offline", action="store_true")
    parser.add_argument("--before-switch", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args(words)


def _need_root() -> None:
    if os.geteuid() != 0:
        raise RestoreError("only root can look at the credentials; run it with sudo")


def _checks(options: Namespace) -> Iterator[Check]:
    """Every check of this host, in the order of the report.

    Raises:
        RestoreError: what the compiler wrote cannot be read.
    """
    expected, known = preflight_settings.read(), settings.read()
    for name, file in expected.credentials:
        yield Check(f"credential {name}", partial(preflight_credentials.check, name, file))
    if not options.offline:
        yield Check("repository", partial(preflight_repository.check, expected, known), 45)
    yield Check("host", partial(preflight_host.name, known.host))
    yield Check("users", partial(preflight_host.accounts, expected))
    yield Check("programs", partial(preflight_host.programs, expected))
    yield Check("files", partial(preflight_files.check, expected))
    yield Check("paths", partial(preflight_host.paths, expected))
    for dump in expected.dumps:
        yield Check(f"dump {dump.name}", partial(preflight_dumps.check, dump))
    yield Check("space", partial(preflight_dumps.space, expected))
    yield Check("units", partial(preflight_units.check, expected))
    if not options.before_switch:
        yield Check("units", preflight_units.held)
        yield Check("systemd", partial(preflight_systemd.check, expected))


def _report(found: list[Finding], options: Namespace) -> None:
    for one in found:
        if one.level != GOOD or options.verbose:
            print(f"{one.level:<4}  {one.subject}: {_printable(one.text)}")
    if not any(one.level == FAIL for one in found):
        print(f"{_NAME}: {summary(found)}")


def _printable(text: str) -> str:
    """On one line, whatever is in names."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
