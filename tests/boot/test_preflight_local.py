"""hostwright-preflight on a booted host: a good one passes, and each fault has its one line."""

import pytest

from tests.boot.backups import Run
from tests.boot.laboratory import Host
from tests.boot.preflight_faults import FAULTS, NOTES, PASSPHRASE, SYSTEM
from tests.boot.preflights import (
    GOOD,
    GOOD_ENOUGH,
    UNIT,
    Said,
    changed,
    moved,
    preflight,
    reloaded,
    written,
)
from tests.boot.vault import Vault

pytestmark = [pytest.mark.boot, pytest.mark.usefixtures("first")]

LOOKED_AT = ("/mnt/vault", "/home/borg", "/backup", "/etc/credstore", "/run")


@pytest.fixture(scope="module", autouse=True)
def closed(host: Host, first: Run) -> None:
    """Nobody but root gets at the credentials, once the first backup has succeeded."""
    assert first.status == 0
    host.run("chmod", "700", "/etc/credstore")


def test_a_good_host_passes(host: Host) -> None:
    """There is one short line, and the exit status is 0."""
    assert preflight(host) == Said(0, GOOD_ENOUGH)


def test_all_that_is_looked_at_can_be_shown(host: Host) -> None:
    """With --verbose each check that is good has a line, with the figures of the disk."""
    said = preflight(host, "--verbose").text
    assert f"good  credential passphrase: {PASSPHRASE}\n" in said
    assert "good  repository: borg opens /mnt/vault/web1\n" in said
    assert "good  user postgres: is there\n" in said
    assert "good  group postdrop: is there\n" in said
    assert "good  dump postgresql: can be made\n" in said
    assert "MB, as last time" in said


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_has_its_one_line(host: Host, name: str) -> None:
    """Whatever is wrong is said once, with what to do, and nothing else is blamed."""
    fault, line = FAULTS[name]
    with fault(host):
        said = preflight(host)
    assert [one[: len(line)] for one in said.failed] == [line]
    assert (said.status, said.notes) == (1, [])
    assert preflight(host) == Said(0, GOOD_ENOUGH)


@pytest.mark.parametrize("name", NOTES)
def test_what_is_only_worth_knowing_does_not_fail(host: Host, name: str) -> None:
    """A note says what it is about, and the host passes."""
    fault, line = NOTES[name]
    with fault(host):
        said = preflight(host)
    assert [one[: len(line)] for one in said.notes] == ([line] if line else [])
    assert (said.status, said.failed) == (0, [])


def test_no_secret_is_shown(host: Host, vault: Vault) -> None:
    """Neither what is good nor what is wrong prints a passphrase."""
    with written(PASSPHRASE, "another one\n", 0o600)(host):
        assert "another one" not in preflight(host, "--verbose").text
    assert vault.passphrase not in preflight(host, "--verbose").text


def test_it_changes_nothing(host: Host) -> None:
    """Neither in the repository nor in borg's home is a file made or written, nor left in /run."""
    before = listing(host)
    assert preflight(host).status == 0
    assert listing(host) == before


def listing(host: Host) -> str:
    """Every file with its owner, size and times."""
    shown = "%p %m %u %g %s %T@ %l\\n"
    places = (place for place in LOOKED_AT if place != "/run")
    kept = host.run("find", *places, "-printf", shown).stdout
    return kept + host.run("ls", "/run", "/tmp").stdout


def test_a_running_backup_is_left_alone(host: Host) -> None:
    """While it is at work in the repository, nobody else opens it, and that is no failure."""
    with host.dropin("backup.service", "ExecStartPre=/bin/sleep 300"):
        host.run("systemctl", "start", "--no-block", "backup.service")
        said = preflight(host)
        host.run("systemctl", "stop", "backup.service")
    assert said.status == 0
    assert said.notes[0].startswith("note  repository: backup.service is at work in it")


def test_a_dropin_that_hinders_the_backup_is_told_with_what_it_does(host: Host) -> None:
    """It is noted as any other, and what cannot work is a failure."""
    mine = f"{SYSTEM}/service.d/mine.conf"
    for setting, why in (
        ("Type=nonsense\nExecStart=", "systemd has not loaded backup-check.service and "),
        ("User=nosuch", f"{mine} has it run as nosuch, who is not there: "),
        ("ReadWritePaths=/nowhere", f"{mine} lets it write to /nowhere, which is not there: "),
        ("LoadCredential=more:/nowhere", f"{mine} loads the credential /nowhere, which is not "),
        ("ExecStartPre=/opt/nothing", f"{mine} has it run /opt/nothing, which is not there, "),
    ):
        with reloaded(mine, f"[Service]\n{setting}\n")(host):
            said = preflight(host)
            assert preflight(host, "--before-switch") == Said(0, GOOD_ENOUGH)
        assert said.failed[0].startswith(f"FAIL  unit backup-check.service: {why}")
        assert said.notes[0].startswith(f"note  unit backup-check.service: {mine} is not of this ")
    assert preflight(host) == Said(0, GOOD_ENOUGH)


def test_units_pinned_by_an_upgrade_hide_nothing(host: Host) -> None:
    """The package keeps the units of a running backup in /run, and says so by a folder."""
    pinned = "/run/systemd/system/backup.service"
    with written(pinned, UNIT)(host):
        assert preflight(host).failed[0].startswith(f"FAIL  unit backup.service: {pinned} hides ")
        with changed(host, "mkdir", "/run/hostwright", back=("rmdir", "/run/hostwright")):
            assert preflight(host) == Said(0, GOOD_ENOUGH)


def test_offline_leaves_the_repository_out(host: Host) -> None:
    """Where the network is not up yet, everything else can be looked at."""
    with moved("/mnt/vault/web1/config")(host):
        assert preflight(host, "--offline") == Said(0, GOOD)


def test_only_root_can_look(host: Host) -> None:
    """Anybody else is told so."""
    done = host.run("/usr/sbin/hostwright-preflight", user="games", check=False)
    assert (done.returncode, "only root" in done.stderr) == (1, True)
