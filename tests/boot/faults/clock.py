"""Faults of the clock, and of the timer."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from tests.boot.faults.fault import Archive, Fault, Group, Outcome
from tests.boot.faults.injections import changed, done
from tests.boot.faults.lab import DUMPS, Lab

LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"


@contextmanager
def _shifted(lab: Lab, by: str) -> Iterator[None]:
    """Have another time in the services of a run."""
    lines = (f"Environment=LD_PRELOAD={LIBRARY}", f"Environment=FAKETIME={by}")
    with ExitStack() as stack:
        for unit in ("backup", *(f"backup-{name}" for name in DUMPS)):
            stack.enter_context(changed(lab, *lines, unit=unit))
        yield


def three_days_later(lab: Lab) -> AbstractContextManager[None]:
    """Have the look for the last success look three days ahead."""
    lines = (f"Environment=LD_PRELOAD={LIBRARY}", "Environment=FAKETIME=+3d")
    return changed(lab, *lines, unit="backup-stale")


@contextmanager
def _never(lab: Lab) -> Iterator[None]:
    with (
        three_days_later(lab),
        done(lab, "systemctl stop backup.timer", "systemctl start backup.timer"),
    ):
        yield


CLOCK_FAULTS = Group(
    "The clock",
    (
        Fault(
            name="the-clock-jumps-back",
            what="The clock jumps back a day.",
            did="Made an archive under the name of yesterday, and removed none.",
            inject=lambda lab: _shifted(lab, "-1d"),
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="terminating with success status",
        ),
        Fault(
            name="the-clock-was-ahead",
            what="A run saw the clock a day ahead; the next one sees it right again.",
            did="Made an archive under the name of tomorrow, and removed none.",
            inject=lambda lab: _shifted(lab, "+1d"),
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="terminating with success status",
        ),
        Fault(
            name="the-timer-is-stopped",
            what="`backup.timer` is stopped, and three days go by.",
            did="Noticed that the last success is too long ago.",
            inject=_never,
            unit="backup-stale",
            said="the last successful backup was at",
        ),
    ),
)
