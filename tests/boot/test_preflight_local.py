"""hostwright-preflight on a booted host: a good one passes, and each fault has its one line."""

import pytest

from tests.boot.backups import Run
from tests.boot.laboratory import Host
from tests.boot.preflights import (
    GOOD,
    UNIT,
    Fault,
    Said,
    by,
    changed,
    linked,
    lost_disk,
    moved,
    preflight,
    small_disk,
    written,
)
from tests.boot.vault import Vault

pytestmark = [pytest.mark.boot, pytest.mark.usefixtures("first")]

SYSTEM = "/etc/systemd/system"
VAULT = "/mnt/vault/web1"
PASSPHRASE = "/etc/credstore/borg-passphrase"  # noqa: S105 - where it lies
LOOKED_AT = ("/mnt/vault", "/home/borg", "/backup", "/etc/credstore", "/run")


@pytest.fixture(scope="module", autouse=True)
def closed(host: Host, first: Run) -> None:
    """Nobody but root gets at the credentials, once the first backup has succeeded."""
    assert first.status == 0
    host.run("chmod", "700", "/etc/credstore")


FAULTS: dict[str, tuple[Fault, str]] = {
    "no passphrase": (
        moved(PASSPHRASE),
        f"FAIL  credential passphrase: {PASSPHRASE} is not there: put the passphrase of the ",
    ),
    "an empty passphrase": (
        written(PASSPHRASE, "", 0o600),
        f"FAIL  credential passphrase: {PASSPHRASE} is empty: ",
    ),
    "a readable passphrase": (
        by("chmod", "644", PASSPHRASE, back=("chmod", "600", PASSPHRASE)),
        f"FAIL  credential passphrase: others than root get at {PASSPHRASE} (mode 0644): chmod 6",
    ),
    "somebody's passphrase": (
        by("chown", "borg", PASSPHRASE, back=("chown", "root", PASSPHRASE)),
        f"FAIL  credential passphrase: {PASSPHRASE} does not belong to root: chown root: ",
    ),
    "an open folder": (
        by("chmod", "777", "/etc/credstore", back=("chmod", "700", "/etc/credstore")),
        "FAIL  credential passphrase: others can write to /etc/credstore, where it lies: chmod ",
    ),
    "a wrong passphrase": (
        written(PASSPHRASE, "another one\n", 0o600),
        f"FAIL  repository: borg cannot open {VAULT}: the passphrase in {PASSPHRASE} is not that ",
    ),
    "a repository that is gone": (
        moved("/mnt/vault/web1/config"),
        f"FAIL  repository: there is none at {VAULT}, although backups have succeeded before: is ",
    ),
    "a disk that is gone": (
        lost_disk,
        f"FAIL  repository: {VAULT}: its disk is not mounted at /mnt/vault (there is no /dev/lost)",
    ),
    "a repository of root's": (
        by("chown", "root", f"{VAULT}/config", back=("chown", "borg", f"{VAULT}/config")),
        "FAIL  repository: /mnt/vault/web1/config does not belong to borg: chown -R borg:borg ",
    ),
    "no borg": (
        moved("/usr/bin/borg"),
        "FAIL  repository: borg is not installed; apt-get install borgbackup",
    ),
    "no user": (
        by("usermod", "--login=players", "games", back=("usermod", "--login=games", "players")),
        "FAIL  user games: is not there: install the software that brings it, or adduser ",
    ),
    "PostgreSQL stopped": (
        by("systemctl", "stop", "postgresql", back=("systemctl", "start", "postgresql")),
        "FAIL  dump postgresql: PostgreSQL does not answer postgres on port 5432 (",
    ),
    "no Gitea": (
        moved("/var/lib/gitea/data/gitea.db"),
        "FAIL  dump gitea: there is no database at /var/lib/gitea/data/gitea.db: is its software",
    ),
    "no path": (moved("/srv"), "FAIL  path /srv: is not there, so it cannot be archived: bring "),
    "a link for a path": (linked, "FAIL  path /srv: is a symbolic link to srv.away, and borg "),
    "no program": (
        moved("/usr/bin/split"),
        "FAIL  program /usr/bin/split: is not there, and the dump report runs it: install it, or ",
    ),
    "a small disk": (small_disk, "FAIL  space: /backup has 1.0 MB free, and the next dumps take "),
    "a unit in /etc": (
        written(f"{SYSTEM}/backup.service", UNIT),
        f"FAIL  unit backup.service: {SYSTEM}/backup.service hides the compiled unit and runs /usr",
    ),
}
NOTES: dict[str, tuple[Fault, str]] = {
    "a drop-in made by hand": (
        written(f"{SYSTEM}/backup.service.d/redis.conf", "[Service]\n"),
        f"note  unit backup.service: {SYSTEM}/backup.service.d/redis.conf changes the",
    ),
    "a masked unit": (
        by(
            *("ln", "-s", "/dev/null", f"{SYSTEM}/backup.timer"),
            back=("rm", f"{SYSTEM}/backup.timer"),
        ),
        f"note  unit backup.timer: is masked by {SYSTEM}/backup.timer: to have it again",
    ),
    "a unit left over": (
        written(f"{SYSTEM}/backup-redis.service", UNIT),
        f"note  unit backup-redis.service: {SYSTEM}/backup-redis.service is not of this tree and ",
    ),
    "another home": (
        by(
            "usermod", "--home=/var/lib/borg", "borg", back=("usermod", "--home=/home/borg", "borg")
        ),
        "note  user borg: its home is /var/lib/borg, and the backup keeps borg's cache and keys in",
    ),
    "a first backup to come": (
        by(
            *("sh", "-c", f"mv /backup.last /root; mkdir /mnt/away; mv {VAULT}/* /mnt/away"),
            back=("sh", "-c", f"mv /root/backup.last /; mv /mnt/away/* {VAULT}; rmdir /mnt/away"),
        ),
        "",
    ),
}


def test_a_good_host_passes(host: Host) -> None:
    """There is one short line, and the exit status is 0."""
    assert preflight(host) == Said(0, GOOD)


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
    assert preflight(host) == Said(0, GOOD)


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


def test_units_pinned_by_an_upgrade_hide_nothing(host: Host) -> None:
    """The package keeps the units of a running backup in /run, and says so by a folder."""
    pinned = "/run/systemd/system/backup.service"
    with written(pinned, UNIT)(host):
        assert preflight(host).failed[0].startswith(f"FAIL  unit backup.service: {pinned} hides ")
        with changed(host, "mkdir", "/run/hostwright", back=("rmdir", "/run/hostwright")):
            assert preflight(host) == Said(0, GOOD)


def test_offline_leaves_the_repository_out(host: Host) -> None:
    """Where the network is not up yet, everything else can be looked at."""
    with moved("/mnt/vault/web1/config")(host):
        assert preflight(host, "--offline") == Said(0, GOOD)


def test_only_root_can_look(host: Host) -> None:
    """Anybody else is told so."""
    done = host.run("/usr/sbin/hostwright-preflight", user="games", check=False)
    assert (done.returncode, "only root" in done.stderr) == (1, True)
