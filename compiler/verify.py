"""A tree -> what systemd's own parser has to say about it.

`systemd-analyze verify` reads the tree as the root of a host. Its exit status says little: 0 for a
directive that it ignores, 1 for a program that is merely not installed here. Its output says it all.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from functools import cache

from attrs import frozen

from schema.directives import RELEASES, directive_rules, value_problem

_TOOL = "systemd-analyze"
_FOLDERS = ("usr/lib/systemd/system", "etc/systemd/system")
_KINDS = (".service", ".timer")
_AT_LINE = re.compile(r"(?P<file>/.+?):(?P<line>[0-9]+): (?P<text>.+)")
_AT_UNIT = re.compile(r"(?P<unit>\S+\.(?:service|timer)): (?P<text>.+)")
_PROGRAM = re.compile(r"Command (?P<program>.+) is not executable: No such file or directory")
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
    """One line of systemd's: the file in the tree, its line, and systemd's own words.

    `newer` is the release of systemd that takes the line, when it is only too new for this machine.
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

    A program that is not in the tree is none of its faults: a package brings it to the host.

    Raises:
        OSError: there is no systemd-analyze.
    """
    root = os.path.realpath(folder)
    units = [f"{root}/{unit}" for unit in _units(root)]
    if not units:
        return ()
    answer = subprocess.run(
        [_TOOL, "verify", f"--root={root}", "--man=no", "--recursive-errors=no", *units],
        capture_output=True,
        check=False,
        env={**os.environ, **_ENVIRONMENT},
        timeout=600,
    )
    lines = answer.stderr.decode("utf-8", "replace").splitlines()
    return tuple(dict.fromkeys(_complaint(root, line) for line in lines if _matters(root, line)))


def _units(root: str) -> Iterator[str]:
    for folder in _FOLDERS:
        if os.path.isdir(f"{root}/{folder}"):
            for name in sorted(os.listdir(f"{root}/{folder}")):
                if name.endswith(_KINDS):
                    yield f"{folder}/{name}"


def _matters(root: str, line: str) -> bool:
    found = _PROGRAM.search(line)
    return bool(line.strip()) and (found is None or _is_ours(root, found["program"]))


def _is_ours(root: str, program: str) -> bool:
    return any(program.startswith(f"{folder}/hostwright/") for folder in ("/usr/lib", "/etc"))


def _complaint(root: str, line: str) -> Complaint:
    if (found := _AT_LINE.fullmatch(line)) and found["file"].startswith(f"{root}/"):
        file = found["file"].removeprefix(f"{root}/")
        number = int(found["line"])
        return Complaint(file, number, found["text"], _newer(f"{root}/{file}", number))
    if found := _AT_UNIT.fullmatch(line):
        name = re.sub("@[^.]+", "@", found["unit"])
        return Complaint(
            next((one for one in _units(root) if one.endswith(f"/{name}")), ""), None, found["text"]
        )
    return Complaint("", None, line.replace(f"{root}/", "/"))


def _newer(file: str, number: int) -> int | None:
    """The first release that takes a line which this machine's is too old for."""
    machine = systemd_release() or 0
    with open(file, encoding="utf-8", errors="replace") as unit:
        lines = unit.read().split("\n")[:number]
    sections = [found["name"] for line in lines if (found := _SECTION.fullmatch(line))]
    name, _, value = lines[-1].partition("=")
    for release in RELEASES:
        rule = directive_rules(release).get((sections[-1] if sections else "", name))
        if release > machine and rule and value_problem(rule, value) is None:
            return release
    return None
