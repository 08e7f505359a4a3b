"""A tree -> what systemd's own parser has to say about it.

`systemd-analyze verify` reads the tree as the root of a host. Its exit status says little: 0 for a
directive that it ignores, 1 for a program that is merely not installed here. Its words say it all.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from functools import cache

from attrs import frozen

from schema.directives import RELEASES, directive_rules, value_problem

_TOOL = "systemd-analyze"
_LIBRARIES = ("usr/lib", "etc")
_AT_LINE = re.compile(r"(?P<file>/.+?):(?P<line>[0-9]+): (?P<text>.+)")
_AT_UNIT = re.compile(r"(?P<unit>\S+\.(?:service|timer)): (?P<text>.+)")
_PROGRAM = re.compile(r"Command (?P<program>.+) is not executable: No such file or directory")
_MODE = re.compile(r"Configuration file .+ is marked world-(writable|inaccessible)\b.*")
_SECTION = re.compile(r"\[(?P<name>[A-Za-z]+)\]")
_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "SYSTEMD_LOG_COLOR": "no",
    "SYSTEMD_LOG_LEVEL": "info",
    "SYSTEMD_LOG_LOCATION": "no",
    "SYSTEMD_LOG_TARGET": "console",
    "SYSTEMD_LOG_TIME": "no",
}


@frozen
class Complaint:
    """One line of systemd's: a file of the tree ("" for none), its line if known, and the words.

    `newer` is the release that takes the line, when this machine's is only too old for it.
    """

    file: str
    line: int | None
    text: str
    newer: int | None = None


@cache
def systemd_release() -> int | None:
    """The release of this machine's systemd-analyze, or None when there is none."""
    try:
        answer = subprocess.run(
            [_TOOL, "--version"], capture_output=True, text=True, check=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.match(r"systemd ([0-9]+)", answer.stdout)
    return int(found[1]) if found else None


def complaints(folder: str) -> tuple[Complaint, ...]:
    """What this machine's systemd says about the units of a tree; nothing when all is well.

    A program of another package is no fault of the tree, which need not be on its host.

    Raises:
        OSError: there is no systemd-analyze.
    """
    root = os.path.realpath(folder)
    if not (units := tuple(_units(root))):
        return ()
    names = (f"{root}/{unit}" for unit in units)
    answer = subprocess.run(
        [_TOOL, "verify", f"--root={root}", "--man=no", "--recursive-errors=no", *names],
        capture_output=True,
        check=False,
        env={**os.environ, **_ENVIRONMENT},
        timeout=600,
    )
    lines = answer.stderr.decode("utf-8", "replace").splitlines()
    return tuple(dict.fromkeys(complaint(root, units, line) for line in lines if _matters(line)))


def _units(root: str) -> Iterator[str]:
    for library in _LIBRARIES:
        folder = f"{library}/systemd/system"
        if os.path.isdir(f"{root}/{folder}"):
            names = sorted(os.listdir(f"{root}/{folder}"))
            yield from (
                f"{folder}/{name}" for name in names if name.endswith((".service", ".timer"))
            )


def _matters(line: str) -> bool:
    if _MODE.fullmatch(line):
        return False  # of the umask of whoever cloned the tree: who builds a package sets the modes
    found = _PROGRAM.search(line)
    ours = tuple(f"/{library}/hostwright/" for library in _LIBRARIES)
    return line != "" and (found is None or found["program"].startswith(ours))


def complaint(root: str, units: tuple[str, ...], line: str) -> Complaint:
    """Understand one line of systemd's.

    Args:
        root: the folder that was read as the root of a host.
        units: the units in it, as paths below it.
        line: what systemd printed.
    """
    if (found := _AT_LINE.fullmatch(line)) and found["file"].startswith(f"{root}/"):
        number = int(found["line"])
        newer = _newer(found["file"], number)
        return Complaint(found["file"].removeprefix(f"{root}/"), number, found["text"], newer)
    if found := _AT_UNIT.fullmatch(line):
        template = re.sub("@[^.]*", "@", found["unit"])
        file = next((unit for unit in units if unit.endswith(f"/{template}")), "")
        return Complaint(file, None, found["text"])
    return Complaint("", None, line.replace(root, ""))


def _newer(file: str, number: int) -> int | None:
    """The first release that takes the line, if it is this machine's age that keeps it from it."""
    machine = systemd_release() or 0
    with open(file, encoding="utf-8", errors="replace") as unit:
        lines = unit.read().split("\n")[:number]
    section = next((one["name"] for one in map(_SECTION.fullmatch, reversed(lines)) if one), "")
    name, _, value = lines[-1].partition("=")
    taking = [release for release in RELEASES if _takes(release, section, name, value)]
    if not taking or any(release <= machine for release in taking):
        return None
    return taking[0]


def _takes(release: int, section: str, name: str, value: str) -> bool:
    rule = directive_rules(release).get((section, name))
    return rule is not None and value_problem(rule, value) is None
