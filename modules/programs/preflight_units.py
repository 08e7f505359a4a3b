"""Does something on the host stand before the compiled units, or beside them?

What was made by hand in /etc goes before what a package installs below /usr/lib: the new units
would be there, and the old ones run.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from findings import FAIL, GOOD, NOTE, Finding
from preflight_settings import Expected

FOLDERS = tuple(
    map(
        Path,
        (
            "/etc/systemd/system",
            "/run/systemd/system",
            "/usr/local/lib/systemd/system",
            "/usr/lib/systemd/system",
        ),
    )
)
UPGRADING = Path("/run/hostwright")
"""Is there while a package holds the units of a running backup where they were."""

_PINNED = Path("/run/systemd/system")
_LEFTOVER = re.compile(r"(backup|borg)[A-Za-z0-9_-]*\.(service|timer)")
_EXEC = re.compile(r"^Exec(?:Start|StartPre|StartPost)=[-@:+!|]*(/\S+)", re.MULTILINE)
AGAIN = "then systemctl daemon-reload"


def held() -> Iterator[Finding]:
    """Do the units count that are installed, or still those of the version before?"""
    if (UPGRADING / "refused").exists():
        say = (
            "until the next boot those of the version before count, for the new version was"
            " refused; when it is good: dpkg --configure --pending"
        )
        yield Finding(NOTE, "units", say)
    elif (UPGRADING / "pins").exists():
        say = "those of the version before count until the backup has ended that runs now"
        yield Finding(NOTE, "units", say)


def check(expected: Expected) -> Iterator[Finding]:
    """Look into every folder that systemd reads before that of the compiled units, and into it."""
    found = list(_found(expected))
    yield from found
    if not any(one.level == FAIL for one in found):
        yield Finding(GOOD, "units", f"nothing hides those in {expected.system}")


def _found(expected: Expected) -> Iterator[Finding]:
    for folder in FOLDERS:
        if folder == _PINNED and UPGRADING.exists():
            continue
        if folder == expected.system:
            yield from _dropins(expected, folder, is_own=True)
            return
        for unit in expected.units:
            yield from _hiding(folder / unit, unit, expected)
        yield from _dropins(expected, folder, is_own=False)
        if folder != _PINNED:
            yield from _leftovers(expected, folder)


def _hiding(file: Path, unit: str, expected: Expected) -> Iterator[Finding]:
    """A unit, or a drop-in, of the same name as a compiled one; or an instance of a template."""
    for one in _instances(file):
        if not os.path.lexists(one):
            continue
        subject = f"unit {unit}"
        if one.is_symlink() and one.resolve() == (expected.system / unit).resolve():
            continue
        if one.resolve() == Path(os.devnull) or (one.is_file() and one.stat().st_size == 0):
            needed = unit in needed_units(expected)
            why = ", and no backup succeeds without it" if needed else ""
            say = f"is masked by {one}{why}: to have it again, rm {one}, {AGAIN}"
            yield Finding(FAIL if needed else NOTE, subject, say)
            continue
        say = (
            f"{one} hides the compiled unit{_running(one)}: what it does belongs into the manifest"
            f" (hostwright init reads it); rm {one}, {AGAIN}"
        )
        yield Finding(FAIL, subject, say)


def needed_units(expected: Expected) -> set[str]:
    """The units without which no backup succeeds."""
    dumps = (f"backup-{dump.name}.service" for dump in expected.dumps if dump.required)
    return {"backup.service", *dumps}


def _instances(file: Path) -> Iterator[Path]:
    yield file
    if "@." in file.name and file.parent.is_dir():
        prefix, _, kind = file.name.partition("@.")
        for one in sorted(file.parent.glob(f"{prefix}@*.{kind}")):
            if one != file:
                yield one


def _running(file: Path) -> str:
    """What a unit made by hand runs, such as a script of borg's, which nobody needs any more."""
    try:
        text = file.read_text("utf-8", "replace")
    except OSError:
        return ""
    programs = dict.fromkeys(
        program for program in _EXEC.findall(text) if not program.startswith(("/bin/", "/usr/bin/"))
    )
    return f" and runs {', '.join(programs)}" if programs else ""


def _dropins(expected: Expected, folder: Path, *, is_own: bool) -> Iterator[Finding]:
    """Drop-ins that are not of this tree, for units that are."""
    for unit, file in _foreign(expected, folder):
        adds = "is not of this tree, and changes the unit" if is_own else "changes the unit"
        say = f"{file} {adds}: unless that is wanted, rm {file}, {AGAIN}"
        yield Finding(NOTE, f"unit {unit}", say)


def _foreign(expected: Expected, folder: Path) -> Iterator[tuple[str, Path]]:
    for unit in expected.units:
        for file in sorted(folder.glob(f"{unit}.d/*.conf")) if "/" not in unit else ():
            if f"{unit}.d/{file.name}" not in expected.units:
                yield unit, file


def told_dropins(expected: Expected) -> set[Path]:
    """The drop-ins that are told of without asking systemd."""
    told: set[Path] = set()
    for folder in FOLDERS:
        told.update(file for _, file in _foreign(expected, folder))
        if folder == expected.system:
            break
    return told


def _leftovers(expected: Expected, folder: Path) -> Iterator[Finding]:
    """Units of an earlier setup that look after backups, under names of their own."""
    for file in sorted(folder.glob("*")):
        if not _LEFTOVER.fullmatch(file.name) or file.name in expected.units or not file.is_file():
            continue
        if file.is_symlink() or file.resolve().parent == expected.system:
            continue
        say = (
            f"{file} is not of this tree{_running(file)}: if it is left of an earlier setup,"
            f" systemctl disable --now {file.name}; rm {file}, {AGAIN}"
        )
        yield Finding(NOTE, f"unit {file.name}", say)
