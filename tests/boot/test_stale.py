"""Staleness on a booted host: whatever keeps the backup from running, somebody is told."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.boot.releases import tree_for
from tests.boot.software import Mail, empty_mailbox, keep_all_mail, mails

pytestmark = pytest.mark.boot

MANIFEST = """
host: web1
target: debian-12
backup:
  repository: /mnt/vault/web1
  passphrase: /etc/credstore/borg-passphrase
  paths: [/etc]
  schedule: {at: daily, jitter: 1s}
  stale: {grace: 1s}
  mail: ops@example.org
"""
"""The spans are short, because a container's clock tells when the machine below it was started."""
INSTALLED = "/var/lib/hostwright/installed"
STAMP = "/backup.last"
DAY = 86_400


@pytest.fixture(scope="module")
def host(root: Path, release: str) -> Iterator[Host]:
    """A host that has just been installed."""
    with booted(root, "web1") as init:
        host = Host(init)
        keep_all_mail(host)
        host.install(tree_for(release, MANIFEST))
        yield host


@pytest.fixture(autouse=True)
def nothing_yet(host: Host) -> None:
    """No backup has succeeded, and the installation is of today."""
    host.path(STAMP).unlink(missing_ok=True)
    age(host, INSTALLED, 0)


def age(host: Host, path: str, days: float) -> None:
    """Make a file as old as that."""
    then = time.time() - days * DAY
    host.path(path).touch()
    os.utime(host.path(path), (then, then))


def alarm(host: Host) -> Mail:
    """The mail that goes out, since the look at the stamp fails."""
    empty_mailbox(host)
    assert host.start("backup-stale.service") != 0
    [mail] = mails(host, "backup-stale")
    assert mail.subject == "web1: backup-stale FAILED"
    return mail


def test_a_new_host_is_not_late(host: Host) -> None:
    """Nothing is due on the first day."""
    assert host.start("backup-stale.service") == 0


def test_a_fresh_success_is_enough(host: Host) -> None:
    """Whatever the day of the installation was."""
    age(host, INSTALLED, 100)
    age(host, STAMP, 0)
    assert host.start("backup-stale.service") == 0


def test_an_old_success_is_an_alarm(host: Host) -> None:
    """The mail says when it was, when the next was due, and what to look at."""
    age(host, STAMP, 3)
    text = alarm(host).text
    assert "the last successful backup was at " in text
    assert "; the next was due at " in text
    assert "systemctl list-timers --all backup.timer" in text


def test_a_timer_that_never_ran_is_an_alarm(host: Host) -> None:
    """Masked by mistake, it starts nothing that could fail; the alarm has a timer of its own."""
    host.run("systemctl", "mask", "--now", "backup.timer")
    age(host, INSTALLED, 3)
    text = alarm(host).text
    host.run("systemctl", "unmask", "backup.timer")
    host.run("systemctl", "start", "backup.timer")
    assert "no backup has ever succeeded on this host" in text
    assert host.show("backup-stale.timer", "ActiveState") == "active"
    assert host.show("backup-stale.timer", "NextElapseUSecRealtime") != ""


def test_a_stamp_of_the_future_is_an_alarm(host: Host) -> None:
    """A clock that was wrong must not silence the alarm until it is right again."""
    age(host, STAMP, -30)
    assert "which is in the future; is the clock right?" in alarm(host).text


def test_the_day_of_the_installation_stays(host: Host) -> None:
    """Neither a boot nor an upgrade applies tmpfiles.d in a way that would move it."""
    age(host, INSTALLED, 3)
    before = host.path(INSTALLED).stat().st_mtime_ns
    host.run("systemd-tmpfiles", "--create", "--boot", "backup.conf")
    assert host.path(INSTALLED).stat().st_mtime_ns == before


def test_it_is_hardly_exposed(host: Host) -> None:
    """It reads one file and the clock."""
    assert host.exposure("backup-stale.service") <= 0.4
