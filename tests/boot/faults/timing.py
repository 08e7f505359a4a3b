"""Faults of time: a check in between, and no success for too long."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.boot.faults.clock import three_days_later
from tests.boot.faults.fault import Archive, Fault, Group, Outcome
from tests.boot.faults.injections import done
from tests.boot.faults.lab import Lab
from tests.boot.faults.moments import creating, once

STAMP = "/backup.last"
SAVE = f"cp -a {STAMP} /root/last"
BACK = f"cp -a /root/last {STAMP}"


def _check_due(lab: Lab) -> AbstractContextManager[None]:
    """Start the check when borg has begun to create the archive."""
    check = ("systemctl", "start", "--no-block", "backup-check.service")
    return once(creating(lab), lambda: lab.host.run(*check))


@contextmanager
def _never(lab: Lab) -> Iterator[None]:
    with three_days_later(lab), done(lab, f"{SAVE}; rm {STAMP}", BACK):
        yield


TIMING_FAULTS = Group(
    "Bad timing",
    (
        Fault(
            name="a-check-comes-due",
            what="The check of the repository comes due while borg creates the archive.",
            did="Finished the run; the check waited for its end, and then succeeded.",
            inject=_check_due,
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="terminating with success status",
            others=("web1: backup-check success",),
        ),
        Fault(
            name="no-backup-ever-succeeded",
            what="Three days after its installation, no backup of the host has ever succeeded.",
            did="Noticed it, without any run that could have failed.",
            inject=_never,
            unit="backup-stale",
            said="no backup has ever succeeded on this host",
        ),
        Fault(
            name="the-last-success-is-of-the-future",
            what="`/backup.last` is of the day after tomorrow, because the clock was wrong.",
            did="Noticed it, instead of being silent for two days.",
            inject=lambda lab: done(lab, f"{SAVE}; touch --date=+2days {STAMP}", BACK),
            unit="backup-stale",
            said="which is in the future; is the clock right?",
        ),
    ),
)
