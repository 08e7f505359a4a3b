"""Faults of borg's processes: killed, and at work twice."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.boot.faults.fault import Archive, Fault, Group, Outcome
from tests.boot.faults.injections import changed, done
from tests.boot.faults.lab import OLD, REPOSITORY, Lab
from tests.boot.faults.moments import Moment, borgs, kill, locking, once, writing

LARGE = "head --bytes=60M /dev/urandom >/srv/large"
KILLED = "Main process exited, code=exited, status=137"


@contextmanager
def _killed(lab: Lab, verb: str, at: Callable[[Lab, str], Moment]) -> Iterator[None]:
    with done(lab, LARGE, "rm /srv/large"), once(at(lab, verb), lambda: kill(lab.host, verb)):
        yield


@contextmanager
def _old_archives(lab: Lab) -> Iterator[None]:
    """Archives of 2020, which no rule keeps."""
    for day in range(1, 4):
        at = f"01-0{day}T00:00:00"
        lab.borg("create", f"--timestamp=2020-{at}", f"::{OLD}{at}", "/usr/bin")
    yield


@contextmanager
def _checking(lab: Lab) -> Iterator[None]:
    """A check that holds the repository for two seconds longer than it has to."""
    verb = "check"

    def hold() -> None:
        held = borgs(lab.host, verb)
        for step in (signal.SIGSTOP, signal.SIGCONT):
            for process in held:
                os.kill(process, step)
            time.sleep(2)

    with (
        lab.host.running("systemctl", "start", "backup-check.service", user="root"),
        once(locking(lab, verb), hold),
    ):
        yield


@contextmanager
def _killed_clearing(lab: Lab, verb: str) -> Iterator[None]:
    with _old_archives(lab), once(writing(lab, verb), lambda: kill(lab.host, verb)):
        yield


@contextmanager
def _started(lab: Lab) -> Iterator[None]:
    with (
        changed(lab, "ExecStartPre=/bin/sleep 1", unit="backup-motd"),
        lab.host.running("systemctl", "start", "backup.service", user="root") as early,
    ):
        lab.host.wait_for("sh", "-c", "systemctl is-active backup-motd | grep --quiet activating")
        yield
    assert early.returncode == 0


def _is_locked(lab: Lab) -> bool:
    return lab.has(f"{REPOSITORY}/lock.exclusive")


PROCESS_FAULTS = Group(
    "borg itself",
    (
        Fault(
            name="borg-is-killed-creating",
            what="borg is killed (`kill -9`) while it creates the archive.",
            did="Ended the run; the next one took away the lock that was left.",
            inject=lambda lab: _killed(lab, "create", writing),
            said=KILLED,
            proof=_is_locked,
        ),
        Fault(
            name="borg-is-killed-pruning",
            what="borg is killed (`kill -9`) while it removes old archives.",
            did="Ended the run; the next one took away the lock that was left.",
            inject=lambda lab: _killed_clearing(lab, "prune"),
            archive=Archive.COMPLETE,
            said=KILLED,
            proof=_is_locked,
        ),
        Fault(
            name="borg-is-killed-compacting",
            what="borg is killed (`kill -9`) while it gives space back.",
            did="Ended the run; the next one took away the lock that was left.",
            inject=lambda lab: _killed_clearing(lab, "compact"),
            archive=Archive.COMPLETE,
            said=KILLED,
            proof=_is_locked,
        ),
        Fault(
            name="borg-is-killed-checking",
            what="borg is killed (`kill -9`) while it checks the repository.",
            did="Ended the check; the next run took away the lock that was left.",
            inject=lambda lab: _killed(lab, "check", locking),
            unit="backup-check",
            said="Main process exited, code=killed, status=9/KILL",
            proof=_is_locked,
            next_run=Outcome.NOTED,
        ),
        Fault(
            name="a-check-runs",
            what="The run is started while a check of the repository runs.",
            did="Waited for the check, and ran.",
            inject=_checking,
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="terminating with success status",
            others=("web1: backup-check success",),
        ),
        Fault(
            name="two-runs-are-started",
            what="The run is started a second time while it runs.",
            did="Ran once, and both who had started it heard of the success.",
            inject=_started,
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="terminating with success status",
        ),
    ),
)
