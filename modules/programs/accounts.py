"""Users and groups brought back in place, without breaking the machine that they come to.

An archive knows owners by name, and their numbers are in /etc/passwd. When that file is replaced
on a machine of other numbers, what belongs to the machine's own accounts (a setgid program, the
journal) would belong to nobody, or to somebody else. So these files are replaced first and all
together; accounts that only this machine has are kept; and whatever had a number that has changed
gets the new one.
"""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TABLES = ("etc/passwd", "etc/group", "etc/shadow", "etc/gshadow")
FILES = (*TABLES, "etc/subuid", "etc/subgid")
_SYSTEM = ("/", "/boot", "/etc", "/opt", "/usr", "/var")

Lines = dict[str, list[str]]
Numbers = dict[int, int]


@dataclass(frozen=True, slots=True)
class Replaced:
    """What replacing the accounts did: files replaced, accounts kept, owners changed."""

    files: tuple[str, ...]
    kept: tuple[str, ...]
    owners: int


def folder_beside() -> Path:
    """A folder on the file system of /etc, so that each file is replaced in one step."""
    return Path(tempfile.mkdtemp(prefix=".hostwright-", dir="/etc"))


def replace(extracted: Path, root: Path = Path("/")) -> Replaced:
    """Put the extracted account files in place, keeping accounts that only this machine has."""
    files = tuple(file for file in FILES if (extracted / file).is_file())
    before = {file: _lines(root / file) for file in TABLES}
    kept = _keep(extracted, before, tuple(file for file in TABLES if file in files))
    for file in files:
        (extracted / file).replace(root / file)
    after = {file: _lines(root / file) for file in TABLES}
    users = _changed(before["etc/passwd"], after["etc/passwd"])
    groups = _changed(before["etc/group"], after["etc/group"])
    owners = _follow(root, users, groups) if users or groups else 0
    return Replaced(files, kept, owners)


def _keep(extracted: Path, before: dict[str, Lines], files: tuple[str, ...]) -> tuple[str, ...]:
    """Add the accounts that the archive does not know, with other numbers where those are taken."""
    kept: list[str] = []
    renumbered: Numbers = {}
    for file in sorted(files, key=lambda name: name != "etc/group"):
        archived = _lines(extracted / file)
        for name, line in before[file].items():
            if name in archived:
                continue
            fields = list(line)
            if file in {"etc/passwd", "etc/group"}:
                fields[2] = str(_free(int(line[2]), {int(one[2]) for one in archived.values()}))
            if file == "etc/group":
                renumbered[int(line[2])] = int(fields[2])
            if file == "etc/passwd":
                group = int(line[3])
                fields[3] = str(renumbered.get(group, _moved(group, before, extracted)))
                kept.append(name)
            archived[name] = fields
            _append(extracted / file, ":".join(fields))
    return tuple(kept)


def _append(file: Path, line: str) -> None:
    """Add a line, also to a table that was edited by hand and whose last line has no end."""
    text = file.read_bytes()
    gap = b"" if not text or text.endswith(b"\n") else b"\n"
    file.write_bytes(text + gap + line.encode("utf-8", "surrogateescape") + b"\n")


def _moved(group: int, before: dict[str, Lines], extracted: Path) -> int:
    """The number that a group, known here by its old number, has in the archive."""
    archived = _lines(extracted / "etc/group") or before["etc/group"]
    names = (name for name, line in before["etc/group"].items() if int(line[2]) == group)
    return next((int(archived[name][2]) for name in names if name in archived), group)


def _free(number: int, taken: set[int]) -> int:
    """The number itself, or the next free one of the same kind: below 1000 for the system's."""
    step = -1 if number < 1000 else 1
    if number in taken and number < 1000:
        number = 999
    while number in taken:
        number += step
    return number


def _lines(file: Path) -> Lines:
    """The fields of each line of a table, by the account's name; empty where there is no file."""
    if not file.is_file():
        return {}
    text = file.read_text("utf-8", "surrogateescape")
    rows = (line.split(":") for line in text.splitlines())
    # A line of NIS ("+::::::") is no account.
    return {row[0]: row for row in rows if len(row) > 2 and row[0] and row[0][0] not in "+-#"}


def _changed(before: Lines, after: Lines) -> Numbers:
    pairs = ((line[2], after[name][2]) for name, line in before.items() if name in after)
    return {int(old): int(new) for old, new in pairs if old != new}


def _follow(root: Path, users: Numbers, groups: Numbers) -> int:
    """Give every file the new number of its owner; gives how many there were."""
    done: set[tuple[int, int]] = set()
    for path in _own(root):
        with suppress(FileNotFoundError):
            found = os.lstat(path)
            # A file with two names would else get the new number of its new number.
            if (found.st_dev, found.st_ino) not in done and _change(path, found, users, groups):
                done.add((found.st_dev, found.st_ino))
    return len(done)


def _own(root: Path) -> Iterator[str]:
    """Everything on the operating system's own file systems: other disks may have survived."""
    places = (root / path.lstrip("/") for path in _SYSTEM)
    devices = {place.stat().st_dev for place in places if place.is_dir()}
    for folder, folders, files in os.walk(root):
        folders[:] = [
            name for name in folders if os.lstat(os.path.join(folder, name)).st_dev in devices
        ]
        yield from (os.path.join(folder, name) for name in (*folders, *files))


def _change(path: str, found: os.stat_result, users: Numbers, groups: Numbers) -> bool:
    """Give a file its owner's new number, and setuid and setgid again, which chown takes away."""
    user, group = users.get(found.st_uid, found.st_uid), groups.get(found.st_gid, found.st_gid)
    if (user, group) == (found.st_uid, found.st_gid):
        return False
    os.lchown(path, user, group)
    if not stat.S_ISLNK(found.st_mode):
        os.chmod(path, stat.S_IMODE(found.st_mode))
    return True
