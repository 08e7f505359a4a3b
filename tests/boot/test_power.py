"""Power cuts, rows of docs/faults.md: after the boot nothing is lost, and the next run succeeds.

What the kernel had not written to the disk yet is not lost here: that takes a machine of its own.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.boot.container import disk, powered
from tests.boot.faults.clock import three_days_later
from tests.boot.faults.fault import Archive
from tests.boot.faults.lab import DUMPS, EXTRACTED, REPOSITORY, SENTINEL, Lab, Look
from tests.boot.faults.power import CUTS, LATE, Cut
from tests.boot.laboratory import Host
from tests.boot.software import MAILBOX
from tests.boot.test_fault_table import marked, nothing_is_lost, prepare, the_next_run_recovers

pytestmark = pytest.mark.boot

RUN_SECONDS = 60
LOCKS = tuple(f"{REPOSITORY}/lock.{kind}" for kind in ("exclusive", "roster"))


class Machine:
    """A machine with a switch: its disk outlives its power."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._power = ExitStack()
        self.lab = self.boot()

    def boot(self) -> Lab:
        """Switch it on, and wait until it has booted."""
        self.lab = Lab(Host(self._power.enter_context(powered(self._folder, "web1"))))
        return self.lab

    def cut(self) -> None:
        """Cut the power."""
        self._power.close()


@pytest.fixture(scope="module")
def machine(root: Path, release: str) -> Iterator[Machine]:
    """A machine that has never backed up."""
    with disk(root) as folder:
        machine = Machine(folder)
        prepare(machine.lab.host, release)
        yield machine
        machine.cut()


@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut.name)
def test_the_host_survives(machine: Machine, cut: Cut) -> None:
    """Nothing is lost, no success is claimed, no lock is in the way of the next run."""
    cut.prepare(machine.lab)
    marked(machine.lab, f"before {cut.name}")
    machine.lab.forget()
    before = looked(machine.lab)
    cut_off(machine, cut)
    lab = machine.boot()
    assert cut.trace(lab)
    after = looked(lab)

    assert not any(lab.has(lock) for lock in LOCKS)
    nothing_is_lost(before, after)
    assert after.stamp == before.stamp
    what_is_archived_is_true(lab, cut, before, after)
    somebody_is_told(lab)
    night, _ = the_next_run_recovers(lab, cut.name, after)
    assert cut.said in night.journal


def what_is_archived_is_true(lab: Lab, cut: Cut, before: Look, after: Look) -> None:
    """The run that was cut off has left an archive only if that was complete before."""
    new = after.archives - before.archives
    assert len(new) == (0 if cut.archive is Archive.NONE else 1)
    for archive in new:
        folder = lab.extract(archive)
        assert (folder / SENTINEL[1:]).read_text() == f"before {cut.name}\n"
        assert all(lab.made(f"{EXTRACTED}/backup/{dump}") for dump in DUMPS)


def somebody_is_told(lab: Lab) -> None:
    """Nobody is told of the run that was cut off, but of the success that is missing then."""
    assert lab.failed() == ()
    assert lab.host.run("cat", MAILBOX, check=False).stdout == ""
    with three_days_later(lab):
        night = lab.start("backup-stale")
    assert [mail.subject for mail in night.mails] == [LATE]
    lab.forget()


def looked(lab: Lab) -> Look:
    """What there is; before the first success there is no archive, and not even a repository."""
    return lab.look() if lab.has("/backup.last") else Look(frozenset(), {}, None)


def cut_off(machine: Machine, cut: Cut) -> None:
    """Start a run, and cut the power at the moment of the row."""
    moment = cut.moment(machine.lab)
    machine.lab.host.run("systemctl", "start", "--no-block", "backup.service")
    deadline = time.monotonic() + RUN_SECONDS
    while not moment():
        assert time.monotonic() < deadline, "the moment of the cut never came"
    machine.cut()
