"""The faults of the scripts that this replaces: each was measured once, and none may return."""

import time

import pytest

from tests.boot.backups import Run, back_up, stamp
from tests.boot.laboratory import Host
from tests.boot.software import create_database, restored_rows, sql
from tests.boot.vault import Vault

pytestmark = [pytest.mark.boot, pytest.mark.usefixtures("first")]

HALF_A_DUMP = "ExecStart=/usr/lib/hostwright/dump stdout motd.dump /bin/sh -c"
REPOSITORY = "/mnt/vault/web1"


def test_f1_a_failed_dump_is_mailed(host: Host, vault: Vault) -> None:
    """The failure of a module's dump sends the failure mail, with what the dump said."""
    says = """ExecStart=/bin/sh -c "echo the disk is on fire; exit 3\""""
    with host.dropin("backup-motd.service", "ExecStart=", says):
        run = back_up(vault)
    assert run.subjects == ("web1: backup FAILED",)
    assert "the disk is on fire" in run.mails[0].text
    assert "backup-motd.service" in run.mails[0].text


def test_f1_a_failure_of_borg_is_mailed(host: Host, vault: Vault) -> None:
    """When the repository is gone the run fails, says so by mail, and makes no new one."""
    host.run("mv", REPOSITORY, f"{REPOSITORY}.away")
    host.run("systemd-tmpfiles", "--create", "backup.conf")
    run = back_up(vault)
    assert list(host.path(REPOSITORY).iterdir()) == []
    host.run("rmdir", REPOSITORY)
    host.run("mv", f"{REPOSITORY}.away", REPOSITORY)
    assert run.status != 0
    assert run.subjects == ("web1: backup FAILED",)
    assert f"there is no repository at {REPOSITORY}" in run.mails[0].text


def test_f1_a_missing_passphrase_is_mailed(failed: Run) -> None:
    """A run that cannot even start sends the failure mail."""
    assert failed.subjects == ("web1: backup FAILED",)


def test_f1_damage_is_mailed(host: Host, vault: Vault) -> None:
    """The check of the repository finds damaged data, and mails that it did."""
    assert back_up(vault, "backup-check").subjects == ("web1: backup-check success",)
    data = host.path(f"{REPOSITORY}/data/0")
    segment = max(data.iterdir(), key=lambda file: file.stat().st_size)
    whole = segment.read_bytes()
    with segment.open("r+b") as file:
        file.seek(len(whole) // 2)
        file.write(b"damage" * 100)
    run = back_up(vault, "backup-check")
    segment.write_bytes(whole)
    assert run.status != 0
    assert run.subjects == ("web1: backup-check FAILED",)


def test_f2_a_warning_is_a_success_with_a_note(host: Host, vault: Vault) -> None:
    """When borg warns (a file changed while it was read) the run succeeds, and the mail says so."""
    before = stamp(host)
    host.run("truncate", "--size=400M", "/srv/growing")
    loop = "while :; do echo more >> /srv/growing; done"
    host.run("systemd-run", "--quiet", "--unit=writer", "/bin/sh", "-c", loop)
    run = back_up(vault)
    host.run("systemctl", "stop", "writer.service")
    host.run("rm", "/srv/growing")
    assert run.status == 0
    assert run.stamp != before
    assert run.subjects == ("web1: backup success with warnings",)
    assert "/srv/growing: file changed while we backed it up" in run.mails[0].text


@pytest.mark.parametrize("instead", ["nothing", "a symbolic link"])
def test_s2_a_path_that_is_not_there_fails_the_run(host: Host, vault: Vault, instead: str) -> None:
    """The rest is archived, but no success is claimed and no older archive is removed."""
    before = stamp(host)
    old = "web1-2020-02-01T00:00:00"
    create = ("borg", "create", "--timestamp=2020-02-01T00:00:00", f"::{old}", "/etc/hostname")
    vault.run(*create, user="borg")
    host.run("mv", "/srv", "/srv.away")
    if instead != "nothing":
        host.run("ln", "--symbolic", "/srv.away", "/srv")
    run = back_up(vault)
    host.run("rm", "--force", "/srv")
    host.run("mv", "/srv.away", "/srv")
    assert run.status != 0
    assert run.stamp == before
    assert run.subjects == ("web1: backup FAILED",)
    assert "paths: /srv is " in run.mails[0].text
    assert "etc/passwd" in vault.items(run.archive)
    assert old in vault.archives()
    vault.run("borg", "delete", f"::{old}", user="borg")


@pytest.mark.parametrize("end", ["exit 2", "exit 128", "kill -9 $$$$"])
def test_f2_an_error_or_signal_is_a_failure(host: Host, vault: Vault, end: str) -> None:
    """Whatever exits with 2 and up, or is killed, fails the run."""
    before = stamp(host)
    with host.dropin(
        "backup.service", "ExecStartPre=", "ExecStart=", f'ExecStart=/bin/sh -c "{end}"'
    ):
        run = back_up(vault)
    assert run.status != 0
    assert run.stamp == before
    assert run.subjects == ("web1: backup FAILED",)


def test_f3_prune_leaves_the_archives_of_others(vault: Vault) -> None:
    """Old archives of web1 are pruned; those of web1-db and those made by hand are not."""
    times = [f"2020-01-0{day}T00:00:00" for day in (1, 2, 3, 4)]
    own = {f"web1-{at}": at for at in times}
    others = dict.fromkeys(("web1-db-2020-01-01T00:00:00", "web1-by-hand", "2020-01-01"), times[0])
    for name, at in (own | others).items():
        create = ("borg", "create", f"--timestamp={at}", f"::{name}", "/etc/hostname")
        vault.run(*create, user="borg")
    back_up(vault)
    kept = set(vault.archives())
    assert kept & others.keys() == others.keys()
    assert kept & own.keys() == {f"web1-{at}" for at in times[2:]}


@pytest.mark.parametrize("end", ["exit 1", "kill -9 $$$$", "kill -9 $$PPID", "sleep 60"])
def test_f4_a_broken_dump_leaves_the_last_good_one(host: Host, end: str) -> None:
    """A dump that fails, is killed or hangs in the middle never replaces the one before."""
    good = host.path("/backup/motd/motd.dump").read_bytes()
    with host.dropin(
        "backup-motd.service",
        *("TimeoutStartSec=1s", "ExecStart="),
        f"""{HALF_A_DUMP} "echo half of it; {end}\"""",
    ):
        assert host.start("backup-motd.service") != 0
    assert host.path("/backup/motd/motd.dump").read_bytes() == good
    assert good == host.path("/etc/motd").read_bytes()


def test_f4_half_a_dump_is_never_archived(host: Host, vault: Vault) -> None:
    """What a killed dump of an earlier night has left behind is in no archive."""
    host.write("/backup/motd/.partial/new/motd.dump", "half of it")
    host.run("chown", "--recursive", "daemon:", "/backup/motd/.partial")
    with host.dropin("backup-motd.service", "ExecStart=", "ExecStart=/bin/true"):
        run = back_up(vault)
    host.run("rm", "-r", "/backup/motd/.partial")
    assert run.status == 0
    assert [path for path in vault.items(run.archive) if ".partial" in path] == []


def test_f5_dumps_are_not_compressed(host: Host) -> None:
    """A row stands in the dump as it is, so that borg can find what has not changed."""
    assert b"\ta row to keep\n" in host.path("/backup/postgresql/shop.dump").read_bytes()


def test_f6_roles_are_dumped(vault: Vault, first: Run) -> None:
    """The archive holds PostgreSQL's roles."""
    assert "CREATE ROLE clerk;" in vault.content(first.archive, "backup/postgresql/globals.sql")


def test_f6_the_dump_of_a_dropped_database_goes_away(host: Host, vault: Vault) -> None:
    """A database that exists no more has no dump any more, whatever its name is."""
    name = 'two\nlines, 100% größer/"odd" it\'s'
    dump = "backup/postgresql/two%0Alines%2C%20100%25%20gr%C3%B6%C3%9Fer%2F%22odd%22%20it%27s.dump"
    create_database(host, name, "in an odd place")
    run = back_up(vault)
    assert restored_rows(vault, run.archive, dump) == "in an odd place"
    sql(host, f'DROP DATABASE "{name.replace(chr(34), chr(34) * 2)}"')
    assert host.start("backup-postgresql.service") == 0
    assert not host.path(f"/{dump}").exists()


@pytest.mark.parametrize("name", ["postgresql", "gitea", "motd", "report"])
def test_f7_no_other_user_reads_a_dump(host: Host, name: str) -> None:
    """Another module's user, which has the group borg like all of them, can read no dump."""
    other = ("setpriv", "--reuid=man", "--regid=man", "--groups=borg")
    dumps = host.run("find", f"/backup/{name}", "-type", "f").stdout.split()
    assert dumps != []
    assert [dump for dump in dumps if host.succeeds(*other, "cat", dump)] == []
    assert not host.succeeds(*other, "ls", f"/backup/{name}")


def test_f8_the_timer_is_persistent_and_spread(host: Host) -> None:
    """The timer is active, makes up for missed runs, and has a delay that is the host's own."""
    assert host.show("backup.timer", "ActiveState") == "active"
    assert host.show("backup.timer", "Persistent") == "yes"
    assert host.show("backup.timer", "FixedRandomDelay") == "yes"
    assert host.show("backup.timer", "RandomizedDelayUSec") == "30min"
    assert "backup.timer" in host.show("timers.target", "Wants").split()


def test_f8_a_local_repository_waits_for_its_mount_only(host: Host) -> None:
    """With a repository on a disk, the run wants that disk and no network."""
    assert REPOSITORY in host.show("backup.service", "RequiresMountsFor").split()
    assert "network-online.target" not in host.show("backup.service", "After").split()
    assert "network-online.target" not in host.show("backup.service", "Wants").split()


def test_f9_a_run_that_is_stopped_leaves_no_lock(host: Host, vault: Vault) -> None:
    """Whoever stops the backup in the middle of an archive can start it again at once."""
    host.run("sh", "-c", "head --bytes=400M /dev/urandom >/srv/big")
    began = time.time()
    with host.running("systemctl", "start", "backup.service", user="root") as stopped:
        while "Creating archive" not in host.journal("backup.service", began):
            assert stopped.poll() is None
        host.run("systemctl", "stop", "backup.service")
    host.run("rm", "/srv/big")
    assert stopped.returncode != 0
    run = back_up(vault)
    assert run.status == 0
    assert [name for name in vault.archives() if "checkpoint" in name] == []


def test_f9_two_runs_in_one_minute_do_not_collide(vault: Vault) -> None:
    """Runs that follow at once make an archive each."""
    runs = [back_up(vault), back_up(vault)]
    assert [run.status for run in runs] == [0, 0]
    assert runs[0].archive != runs[1].archive


def test_f9_a_second_start_while_one_runs_is_harmless(host: Host, vault: Vault) -> None:
    """Whoever starts the backup while it runs waits for the same run, and both succeed."""
    with (
        host.dropin("backup-motd.service", "ExecStartPre=/bin/sleep 3"),
        host.running("systemctl", "start", "backup.service", user="root") as early,
    ):
        host.wait_for("sh", "-c", "systemctl is-active backup-motd.service | grep activating")
        run = back_up(vault)
    assert early.returncode == 0
    assert run.status == 0
    assert len(run.archives) == 1
