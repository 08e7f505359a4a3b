"""Is on the host what the units count on: users, groups, programs, paths, and their disks?"""

import grp
import os
import platform
import pwd
import stat
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from findings import FAIL, GOOD, NOTE, Finding, asking
from preflight_settings import COMES, TMPFILES, Dump, Expected

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
                    yield _absent(kind, name, expected)
                missing.add(name)
            else:
                yield Finding(GOOD, f"{kind} {name}", "is there")
    yield from _home(expected.home)


def _absent(kind: str, name: str, expected: Expected) -> Finding:
    if name in expected.accounts and not expected.installed:
        return Finding(GOOD, f"{kind} {name}", COMES)
    return Finding(FAIL, f"{kind} {name}", _bring(kind, name, expected.accounts))


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


def name(host: str) -> Iterator[Finding]:
    """Whether this machine is the one that the manifest is for."""
    found = platform.node()
    if found.lower() in {host.lower(), host.lower().partition(".")[0]}:
        yield Finding(GOOD, "host", f"this machine is {found}")
        return
    say = (
        f'this machine is called "{found}", the package is for "{host}": two machines with one'
        " manifest would prune each other's archives; if it is this one after all:"
        f" hostnamectl hostname {host}"
    )
    yield Finding(NOTE, "host", say)


NOT_YET = "not looked at, for its disk is mounted when the backup needs it, and is not yet, at"


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
        if path in expected.made and not expected.installed and not os.path.lexists(path):
            yield Finding(GOOD, subject, COMES)
            continue
        problem = unmounted(path) or _path(path, expected)
        if problem and (place := waiting(path)):
            yield Finding(NOTE, subject, f"{NOT_YET} {place}")
            continue
        yield Finding(FAIL, subject, problem) if problem else Finding(GOOD, subject, "is there")


def _path(path: Path, expected: Expected) -> str | None:
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        if path in expected.made:
            return f"is not there, so it cannot be archived: {TMPFILES}"
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
    for mount in _mounts(path):
        if why := _hindered(mount):
            where, unit = mount.get("Where"), mount.get("Id")
            return f"its disk is not mounted at {where} ({why}): systemctl start {unit}"
    return None


def waiting(path: Path) -> str | None:
    """Where a disk belongs that nothing hinders, and that is not mounted before it is needed."""
    found = (mount for mount in _mounts(path) if mount.get("ActiveState") == "inactive")
    # One without a file was mounted by hand once: systemd only remembers it.
    configured = (mount for mount in found if mount.get("FragmentPath"))
    mount = next((one for one in configured if not _hindered(one)), None)
    return mount.get("Where") if mount else None


def _mounts(path: Path) -> Iterator[Mapping[str, str]]:
    """The mounts on the way to a path that systemd knows, by their properties."""
    places = [str(place) for place in (path, *path.parents) if place.name]
    names = _said("systemd-escape", "--path", "--suffix=mount", *places).split()
    wanted = "--property=Id,LoadState,ActiveState,Where,What,FragmentPath"
    blocks = _said("systemctl", "show", wanted, *names).split("\n\n") if names else []
    for block in blocks:
        about = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        if about.get("LoadState") == "loaded":
            yield about


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
