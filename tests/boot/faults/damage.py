"""Faults of the repository that leave damage, and what mends it."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.boot.faults.fault import Fault, Group, Mend
from tests.boot.faults.injections import left
from tests.boot.faults.lab import REPOSITORY, Lab

DATA = f"{REPOSITORY}/data/0"
AS_BORG = "setpriv --reuid=borg --regid=borg --clear-groups"
LOCK = f"{AS_BORG} mkdir {REPOSITORY}/lock.exclusive; {AS_BORG} touch {REPOSITORY}/lock.exclusive"


def _repair(lab: Lab) -> None:
    repair = "echo YES | hostwright-restore borg check --repair"
    lab.host.run("sh", "-ec", repair)


REPAIR = Mend("`hostwright-restore borg check --repair`", _repair)


@contextmanager
def _damaged(lab: Lab, segment: str) -> Iterator[None]:
    """Overwrite bytes in the middle of the largest segment, or of the newest one with data."""
    script = f"""
        cd {DATA}
        for one in $({segment}); do test $(stat -c %s $one) -gt 100 && break; done
        printf damage | dd conv=notrunc status=none bs=1 seek=$(($(stat -c %s $one) / 2)) of=$one
    """
    lab.host.run("sh", "-ec", script)
    yield


DAMAGE_FAULTS = Group(
    "Damage in the repository",
    (
        Fault(
            name="old-data-is-damaged",
            what="Bytes of older data in the repository are overwritten, and the check runs.",
            did="Found the damage.",
            inject=lambda lab: _damaged(lab, "ls -S"),
            unit="backup-check",
            said="Data integrity error",
            mend=REPAIR,
        ),
        Fault(
            name="the-newest-data-is-damaged",
            what="Bytes of the newest data in the repository are overwritten.",
            did="Ended the run before any dump was made.",
            inject=lambda lab: _damaged(lab, "ls | sort -rn"),
            said="borg cannot use the repository",
            mend=REPAIR,
        ),
        Fault(
            name="a-stale-lock-looks-alive",
            what="A lock of this host is left by a power cut, and its process number is taken again.",
            did="Waited for the lock, and ended the run.",
            inject=lambda lab: left(lab, f"{LOCK}/web1.1-0"),
            said="Failed to create/acquire the lock",
            mend=Mend(
                "`hostwright-restore borg break-lock`",
                lambda lab: lab.host.run("hostwright-restore", "borg", "break-lock"),
            ),
        ),
    ),
)
