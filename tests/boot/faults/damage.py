"""Faults that leave damage behind in what borg needs, and what mends it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.boot.faults.fault import Fault, Group, Mend, Outcome
from tests.boot.faults.injections import away, left
from tests.boot.faults.lab import REPOSITORY, Lab

CONFIG = f"{REPOSITORY}/config"
DATA = f"{REPOSITORY}/data/0"
MANIFEST_PUT = bytes(33)
"""In a segment: the tag of an object that is put, and the key of the manifest."""


def _repair(lab: Lab) -> None:
    repair = "echo YES | hostwright-restore borg check --repair"
    lab.host.run("sh", "-ec", repair)


REPAIR = Mend("`hostwright-restore borg check --repair`", _repair)


def _segments(lab: Lab) -> list[Path]:
    """The files with the data, oldest first."""
    return sorted(lab.host.path(DATA).iterdir(), key=lambda file: int(file.name))


@contextmanager
def _data_damaged(lab: Lab) -> Iterator[None]:
    """Overwrite bytes in the middle of the largest segment."""
    largest = max(_segments(lab), key=lambda file: file.stat().st_size)
    _overwrite(largest, largest.stat().st_size // 2)
    yield


@contextmanager
def _manifest_damaged(lab: Lab) -> Iterator[None]:
    """Overwrite bytes of borg's manifest, behind its key."""
    newest = [file for file in _segments(lab) if MANIFEST_PUT in file.read_bytes()][-1]
    _overwrite(newest, newest.read_bytes().rindex(MANIFEST_PUT) + len(MANIFEST_PUT))
    yield


def _overwrite(file: Path, offset: int) -> None:
    with file.open("r+b") as segment:
        segment.seek(offset)
        segment.write(b"damage")


DAMAGE_FAULTS = Group(
    "Damage",
    (
        Fault(
            name="data-is-damaged",
            what="Bytes of the archives in the repository are overwritten, and the check runs.",
            did="Found the damage.",
            inject=_data_damaged,
            unit="backup-check",
            said="Data integrity error",
            mend=REPAIR,
            next_run=Outcome.NOTED,
        ),
        Fault(
            name="the-manifest-is-damaged",
            what="Bytes of borg's manifest, the list of all archives, are overwritten.",
            did="Ended the run before any dump was made.",
            inject=_manifest_damaged,
            said="borg cannot use the repository",
            mend=REPAIR,
        ),
        Fault(
            name="the-config-of-the-repository-is-damaged",
            what="The file `config` of the repository is overwritten with garbage, and put back.",
            did="Ended the run before any dump was made.",
            inject=lambda lab: away(lab, CONFIG, f"echo garbage >{CONFIG}; chown borg: {CONFIG}"),
            said="borg cannot use the repository",
        ),
        Fault(
            name="the-home-of-borg-is-deleted",
            what="The home of `borg` is deleted, with all that borg knows about the repository.",
            did="Did not start the run.",
            inject=lambda lab: left(lab, "rm -r /home/borg"),
            said="/home/borg/.c",
            mend=Mend(
                "`systemd-tmpfiles --create backup.conf`",
                lambda lab: lab.host.run("systemd-tmpfiles", "--create", "backup.conf"),
            ),
        ),
    ),
)
