"""Can the user borg work in the folder of a local repository, and is it where it should be?"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from archives import USER
from as_user import exists
from findings import FAIL, GOOD, NOTE, Finding
from preflight_files import foreign, standing
from preflight_host import NOT_YET, unmounted, waiting
from preflight_settings import COMES, TMPFILES, Expected
from settings import Settings

LAST = Path("/backup.last")
ROOT = Path("/")
_SUBJECT = "repository"
_LEAST_FREE = 100_000_000
_LITTLE_FREE = 1_000_000_000
_HOLDER = re.compile(r"(?P<host>.*)\.(?P<process>\d+)-[0-9a-f]+")


def check(expected: Expected, known: Settings) -> Iterator[Finding]:
    """Look at the folder; whatever is more than a note settles what there is to say."""
    folder = Path(known.repository)
    is_there = (folder / "config").exists()
    if not is_there and not unmounted(folder) and (place := waiting(folder)):
        yield Finding(NOTE, _SUBJECT, f"{folder}: {NOT_YET} {place}")
        yield Finding(GOOD, _SUBJECT, "there is nothing to open before that")
        return
    if problem := _problem(folder, expected):
        yield Finding(FAIL, _SUBJECT, problem)
        return
    if (least := _room(folder)) is not None:
        yield least
        if least.level == FAIL:
            return
    if standing(folder).stat().st_dev == ROOT.stat().st_dev:
        say = (
            f"{folder} is on the same file system as /: a disk that dies takes both; is its disk"
            f" mounted? findmnt --target {standing(folder)}"
        )
        yield Finding(NOTE, _SUBJECT, say)
    if not folder.is_dir():
        yield Finding(GOOD, _SUBJECT, f"{folder} {COMES}")


def _problem(folder: Path, expected: Expected) -> str | None:
    if problem := unmounted(folder):
        return f"{folder}: {problem}"
    if not folder.is_dir():
        return _missing(folder, expected)
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        place = next(one for one in (folder.resolve(), *folder.resolve().parents) if one.is_mount())
        return (
            f"{folder} is on a file system that is mounted read-only: dmesg may say why; then"
            f" mount -o remount,rw {place}"
        )
    if exists(USER) and (found := foreign(folder, USER)):
        return f"{found} does not belong to {USER}: chown -R {USER}:{USER} {folder}"
    return None


def _missing(folder: Path, expected: Expected) -> str | None:
    """A folder that was there before is on a disk that is not; an empty one would hide that."""
    if LAST.exists():
        return gone(str(folder))
    if folder in expected.made:
        return f"{folder} is not there: {TMPFILES}" if expected.installed else None
    return f"{folder} is not there: mkdir -p {folder}; chown {USER}:{USER} {folder}"


def gone(repository: str) -> str:
    """What to say of a repository that has been there before."""
    return (
        f"there is none at {repository}, although backups have succeeded before: is its disk"
        f" mounted, and the path right? To begin with a new, empty one: rm {LAST}"
    )


def _room(folder: Path) -> Finding | None:
    """What is free for a user other than root; borg cannot even prune on a disk that is full."""
    place = os.statvfs(standing(folder))
    free = place.f_bavail * place.f_frsize
    figures = f"{folder} has {free / 1e6:,.1f} MB free"
    enlarge = f"enlarge that file system, or free space on it: df -h {standing(folder)}"
    if free < _LEAST_FREE:
        say = f"{figures}, and borg needs {_LEAST_FREE / 1e6:,.0f} MB to work at all: {enlarge}"
        return Finding(FAIL, _SUBJECT, say)
    if place.f_files and not place.f_favail:
        say = f"no more files can be made in {folder}: {enlarge.replace('df -h', 'df -hi')}"
        return Finding(FAIL, _SUBJECT, say)
    if free < _LITTLE_FREE:
        return Finding(NOTE, _SUBJECT, f"{figures}, which may not last for long: {enlarge}")
    return None


def locked(known: Settings) -> Finding | None:
    """Who holds the repository, while nothing of ours is at work in it.

    borg removes a lock of this machine itself when its process has ended.
    """
    try:
        holders = sorted(os.listdir(Path(known.repository, "lock.exclusive")))
    except (FileNotFoundError, NotADirectoryError):
        return None
    for holder in holders:
        found = _HOLDER.fullmatch(holder)
        is_ours = found and found["host"] == known.environment.get("BORG_HOST_ID")
        if found and is_ours and not Path("/proc", found["process"]).exists():
            continue
        say = (
            f"{holder} (machine, process) holds its lock, and the backup waits for that up to 6"
            " hours; when nobody works in it any more: hostwright-restore borg break-lock"
        )
        return Finding(NOTE, _SUBJECT, say)
    return None
