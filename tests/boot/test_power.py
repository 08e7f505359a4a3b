"""Power cuts, rows of docs/faults.md: after the boot nothing is lost, and the next run succeeds.

What the kernel had not written to the disk yet is not lost here: that takes a machine of its own.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.boot.container import disk, powered
from tests.boot.faults.lab import PASSPHRASE, PASSPHRASE_FILE, SENTINEL, Lab, Look
from tests.boot.faults.power import CUTS, Cut
from tests.boot.laboratory import Host
from tests.boot.releases import tree_for
from tests.boot.software import MAILBOX, create_database, create_gitea, keep_all_mail
from tests.boot.test_fault_table import (
    MANIFEST,
    SHORT_WAIT,
    marked,
    nothing_is_lost,
    the_next_run_recovers,
)

pytestmark = pytest.mark.boot

RUN_SECONDS = 60


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
        host = machine.lab.host
        keep_all_mail(host)
        create_gitea(host)
        create_database(host, "shop", "a row to keep")
        host.write("/opt/data/kept", "as good as gold\n")
        host.write(SENTINEL, "before the first run\n")
        host.write(PASSPHRASE_FILE, f"{PASSPHRASE}\n", mode=0o600)
        host.install(tree_for(release, MANIFEST.read_text()))
        host.run("sh", "-c", SHORT_WAIT)
        host.run("systemctl", "daemon-reload")
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
    after = looked(lab)

    assert lab.has(cut.trace)
    nothing_is_lost(before, after)
    assert after.stamp == before.stamp
    assert lab.failed() == ()
    assert lab.host.run("cat", MAILBOX, check=False).stdout == ""
    the_next_run_recovers(lab, cut, after)


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
