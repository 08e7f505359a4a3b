"""Is on the host what the units count on: users, groups, programs, paths, and their disks?"""

import grp
import os
import pwd
import stat
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from findings import FAIL, GOOD, NOTE, Finding, asking
from preflight_settings import Dump, Expected

_BORG = "borg"
_PACKAGES = {"postdrop": "postfix", "postgres": "postgresql", "systemd-journal": "systemd"}


def accounts(expected: Expected) -> Iterator[Finding]:
    """Users and groups that units run as; of a user with its own group one line is enough."""
    missing = set()
    for kind, names, find in (
        ("user", expected.users, pwd.getpwnam),
        ("group", expected.groups, grp.getgrnam),
    ):
        for name in names:
            yield asking(f"{kind} {name}")
            try:
                find(name)
            except KeyError:
                if name not in missing:
                    yield Finding(FAIL, f"{kind} {name}", _bring(kind, name, expected.accounts))
                missing.add(name)
            else:
                yield Finding(GOOD, f"{kind} {name}", "is there")
    yield from _home(expected.home)


def _bring(kind: str, name: str, made: Iterable[str]) -> str:
    if name in made:
        return "is not there: systemd-sysusers makes it, from sysusers.d/backup.conf"
    if name in _PACKAGES:
        return f"is not there: apt-get install {_PACKAGES[name]}"
    command = "adduser --system --group" if kind == "user" else "addgroup --system"
    return f"is not there: install the software that brings it, or {command} {name}"


def _home(home: str) -> Iterator[Finding]:
    try:
        found = pwd.getpwnam(_BORG).pw_dir
    except KeyError:
        return
    if found != home:
        say = (
            f"its home is {found}, and the backup keeps borg's cache and keys in {home}: say"
            f" backup.home: {found} in the manifest, or: usermod --home {home} {_BORG}"
        )
        yield Finding(NOTE, f"user {_BORG}", say)


def programs(expected: Expected) -> Iterator[Finding]:
    """Programs of dumps, and those that the manifest has units call."""
    for program in expected.programs:
        yield _program(program, "a unit", FAIL)
    for dump in expected.dumps:
        for program in dict.fromkeys(dump.programs):
            yield _program(program, f"the dump {dump.name}", _level(dump))


def _level(dump: Dump) -> str:
    """A dump that the backup goes on without is no reason to refuse everything."""
    return FAIL if dump.required else NOTE


def _program(program: str, caller: str, level: str) -> Finding:
    if not os.path.isfile(program):
        say = f"is not there, and {caller} runs it: install it, or change the manifest"
        return Finding(level, f"program {program}", say)
    if not os.access(program, os.X_OK):
        say = f"is not executable, and {caller} runs it: chmod +x {program}"
        return Finding(level, f"program {program}", say)
    return Finding(GOOD, f"program {program}", "is there")


def paths(expected: Expected) -> Iterator[Finding]:
    """Everything that is archived, with the disks that it is on."""
    for path in expected.paths:
        subject = f"path {path}"
        yield asking(subject)
        problem = _path(path) or unmounted(path)
        yield Finding(FAIL, subject, problem) if problem else Finding(GOOD, subject, "is there")


def _path(path: Path) -> str | None:
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return (
            "is not there, so it cannot be archived: bring it back, or take it out of the manifest"
        )
    if stat.S_ISLNK(mode):
        return (
            f"is a symbolic link to {os.readlink(path)}, and borg archives the link only: name the"
            " folder itself in the manifest"
        )
    return None


def unmounted(path: Path) -> str | None:
    """What hinders the mounts that a path lies on, as RequiresMountsFor= has systemd see to them.

    One that is not mounted is no trouble by itself: systemd mounts it before the unit starts.
    """
    places = [str(place) for place in (path, *path.parents) if place.name]
    names = _said("systemd-escape", "--path", "--suffix=mount", *places).split()
    wanted = "--property=Id,LoadState,ActiveState,Where,What"
    blocks = _said("systemctl", "show", wanted, *names).split("\n\n") if names else []
    for block in blocks:
        about = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        if about.get("LoadState") == "loaded" and (why := _hindered(about)):
            where, unit = about.get("Where"), about.get("Id")
            return f"its disk is not mounted at {where} ({why}): systemctl start {unit}"
    return None


def _hindered(mount: Mapping[str, str]) -> str | None:
    if mount.get("ActiveState") == "failed":
        return "mounting it has failed"
    what = mount.get("What", "")
    if mount.get("ActiveState") == "inactive" and what.startswith("/dev/"):
        return None if os.path.exists(what) else f"there is no {what}"
    return None


def _said(*words: str) -> str:
    """What a program of systemd prints; nothing where systemd does not run."""
    return subprocess.run(words, check=False, capture_output=True, encoding="utf-8").stdout
