"""The runtime contract on both releases: every sentence of the seed that one host can show."""

import re
import time

import pytest

from tests.boot.backups import Run, back_up, stamp
from tests.boot.laboratory import Host
from tests.boot.software import restored_issues, restored_rows
from tests.boot.vault import Vault

pytestmark = [pytest.mark.boot, pytest.mark.usefixtures("first")]

SERVICES = ("postgresql", "gitea", "motd", "report", "optional")


def _process(host: Host) -> dict[str, str]:
    """The /proc/self/status of a process in the place of borg."""
    began = time.time()
    with host.dropin(
        "backup.service", "ExecStartPre=", "ExecStart=", "ExecStart=/bin/cat /proc/self/status"
    ):
        assert host.start("backup.service") == 0
    lines = host.journal("backup.service", began).splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def test_s1_borg_is_no_root_and_has_one_capability(host: Host) -> None:
    """The backup runs as user and group borg, with CAP_DAC_READ_SEARCH and nothing else."""
    process = _process(host)
    user, group = (host.run("id", option, "borg").stdout.strip() for option in ("-u", "-g"))
    assert process["Uid"].split() == [user] * 4
    assert process["Gid"].split() == [group] * 4
    sets = {name: int(process[name], 16) for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb")}
    assert sets == dict.fromkeys(sets, 1 << 2)
    assert process["NoNewPrivs"] == "1"


def test_s1_a_file_only_root_can_read_is_archived(vault: Vault, first: Run) -> None:
    """The archive holds what only root may read, with its owner and mode."""
    assert vault.content(first.archive, "srv/secret") == "for root only\n"
    assert vault.items(first.archive)["srv/secret"].mode == "-rw-------"


def test_s2_every_path_and_backup_are_archived(vault: Vault, first: Run) -> None:
    """The archive holds each path of the manifest, what modules add, and /backup."""
    items = vault.items(first.archive)
    assert {
        "etc/passwd",
        "etc/gitea/app.ini",
        "home/alice/letter",
        "srv/secret",
        "var/lib/gitea/data/gitea-repositories/HEAD",
        "backup/postgresql/globals.sql",
        "backup/postgresql/shop.dump",
        "backup/gitea/gitea.db",
        "backup/motd/motd.dump",
        "backup/report/line-aa",
        "backup/optional/optional.dump",
    } <= items.keys()


def test_s2_a_live_database_is_not_archived_as_a_file(vault: Vault, first: Run) -> None:
    """The files of a database that is being written to stay out: its dump is what restores."""
    live = "var/lib/gitea/data/gitea.db"
    assert [path for path in vault.items(first.archive) if path.startswith(live)] == []


def test_s2_a_dump_restores_the_rows_of_postgresql(vault: Vault, first: Run) -> None:
    """The archived dump loads into a new database, with the same rows."""
    rows = restored_rows(vault, first.archive, "backup/postgresql/shop.dump")
    assert rows == "a row to keep"


def test_s2_a_dump_restores_what_gitea_had_committed(vault: Vault, first: Run) -> None:
    """A database in WAL mode, dumped in the middle of a write, has all that was committed."""
    assert restored_issues(vault, first.archive) == "committed"


def test_s3_backup_belongs_to_borg(host: Host) -> None:
    """/backup belongs to borg:borg, and its group may write."""
    assert host.run("stat", "--format=%U:%G %a", "/backup").stdout == "borg:borg 1770\n"


@pytest.mark.parametrize(
    ("name", "user"),
    [("postgresql", "postgres"), ("gitea", "git"), ("motd", "daemon"), ("report", "games")],
)
def test_s3_the_folder_of_a_dump_belongs_to_its_user(host: Host, name: str, user: str) -> None:
    """/backup/NAME and what is in it belong to the user that dumps."""
    found = host.run("find", f"/backup/{name}", "-printf", "%u\n").stdout.split()
    assert set(found) == {user}


def _as_other_module(host: Host, *command: str) -> bool:
    """Whether a command works for the user git with the group that its dump unit has."""
    identity = ("setpriv", "--reuid=git", "--regid=git", "--groups=borg")
    return host.succeeds(*identity, *command)


def test_s3_other_software_may_put_files_into_backup(host: Host) -> None:
    """Whoever has the group borg may write into /backup."""
    assert _as_other_module(host, "touch", "/backup/extra")
    host.run("rm", "/backup/extra")


@pytest.mark.parametrize(
    "command",
    [
        ("mv", "/backup/motd", "/backup/stolen"),
        ("rm", "-r", "/backup/motd"),
        ("touch", "/backup/motd/planted"),
        ("rm", "/backup/motd/motd.dump"),
    ],
)
def test_s3_no_module_can_change_the_folder_of_another(
    host: Host, command: tuple[str, ...]
) -> None:
    """Having the group borg is not enough to touch what another module has dumped."""
    assert not _as_other_module(host, *command)
    assert host.path("/backup/motd/motd.dump").exists()


def test_s4_nothing_looks_like_a_backup_before_the_first_success(failed: Run) -> None:
    """A first run that fails leaves no /backup.last."""
    assert failed.status != 0
    assert failed.stamp is None


def test_s4_a_success_touches_the_stamp(vault: Vault, first: Run) -> None:
    """Each complete run touches /backup.last anew."""
    assert first.stamp is not None
    again = back_up(vault)
    assert again.stamp is not None
    assert again.stamp > first.stamp


def test_s4_a_failure_after_the_archive_leaves_the_stamp(host: Host, vault: Vault) -> None:
    """A run whose last command fails is no success, although there is an archive."""
    before = stamp(host)
    with host.dropin("backup.service", "ExecStart=/bin/false"):
        run = back_up(vault)
    assert run.status != 0
    assert len(run.archives) == 1
    assert run.stamp == before


def test_s5_mail_goes_out_without_root(host: Host, first: Run) -> None:
    """A success is mailed to the manifest's address, by the unit's own user."""
    assert first.subjects == ("web1: backup success",)
    mail = first.mails[0]
    user = host.run("id", "-u", "backup-notify").stdout.strip()
    assert mail.recipient == "ops@example.org"
    assert f"from userid {user}" in mail.received.replace(", from", " from")
    assert "Creating archive at" in mail.text


@pytest.mark.parametrize(
    ("name", "user"),
    [("postgresql", "postgres"), ("gitea", "git"), ("motd", "daemon"), ("report", "games")],
)
def test_s6_each_module_is_a_unit_of_its_own(host: Host, name: str, user: str) -> None:
    """backup-NAME.service runs as the user of its software, with the group borg."""
    unit = f"backup-{name}.service"
    assert host.show(unit, "User") == user
    assert host.show(unit, "SupplementaryGroups") == "borg"
    assert host.show(unit, "CapabilityBoundingSet") == ""


@pytest.mark.parametrize("name", SERVICES)
def test_s7_each_module_is_injected_by_one_line(host: Host, name: str) -> None:
    """A drop-in of backup.service starts the module's unit, and does nothing else."""
    path = f"/usr/lib/systemd/system/backup.service.d/50-{name}.conf"
    lines = [line for line in host.path(path).read_text().splitlines() if line[:1] not in ("", "#")]
    prefix = "-!" if name == "optional" else "!"
    assert lines == [
        "[Service]",
        f"ExecStartPre={prefix}/bin/systemctl start backup-{name}.service",
    ]
    assert path in host.show("backup.service", "DropInPaths").split()


def test_s8_a_handwritten_dropin_works_beside(host: Host, vault: Vault) -> None:
    """What an administrator injects in /etc is started as well, and archived."""
    unit = "/etc/systemd/system/backup-mine.service"
    script = "ExecStart=/bin/sh -c 'echo by hand >/backup/mine'"
    host.write(unit, f"[Service]\nType=oneshot\nSupplementaryGroups=borg\n{script}\n")
    with host.dropin("backup.service", "ExecStartPre=!/bin/systemctl start backup-mine.service"):
        run = back_up(vault)
    host.run("rm", unit, "/backup/mine")
    assert run.status == 0
    assert vault.content(run.archive, "backup/mine") == "by hand\n"
    assert "backup/motd/motd.dump" in vault.items(run.archive)


def test_s9_a_failing_module_fails_the_run(host: Host, vault: Vault) -> None:
    """When a dump fails there is no archive, and /backup.last stays as it was."""
    before = stamp(host)
    with host.dropin("backup-motd.service", "ExecStart=", "ExecStart=/bin/false"):
        run = back_up(vault)
    assert run.status != 0
    assert run.archives == ()
    assert run.stamp == before


def test_s9_a_module_that_is_not_required_fails_alone(host: Host, vault: Vault) -> None:
    """With required: false the backup goes on without the dump, and both are mailed."""
    host.run("mv", "/etc/optional", "/etc/gone")
    run = back_up(vault)
    host.run("mv", "/etc/gone", "/etc/optional")
    assert run.status == 0
    assert len(run.archives) == 1
    assert run.subjects == (
        "web1: backup success with warnings",
        "web1: backup-optional FAILED",
    )


def test_s10_nothing_else_can_be_written_to(host: Host) -> None:
    """The file system is read-only, but for the repository and the two folders of borg's own."""
    began = time.time()
    with host.dropin(
        "backup.service",
        *("ExecStartPre=", "ExecStart="),
        "ExecStart=/bin/grep ' rw,' /proc/self/mountinfo",
    ):
        assert host.start("backup.service") == 0
    journal = host.journal("backup.service", began)
    mounts = set(re.findall(r"^\d+ \d+ \S+ \S+ (\S+) rw,", journal, re.MULTILINE))
    # What ProtectSystem=strict leaves alone, and what the container's own manager has put there.
    exempt = {path for path in mounts if path.startswith(("/dev", "/proc", "/run/host/"))}
    assert mounts - exempt == {
        "/home/borg/.cache/borg",
        "/home/borg/.config/borg",
        "/mnt/vault/web1",
        "/tmp",
        "/var/tmp",
    }
