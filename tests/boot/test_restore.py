"""docs/restore.md, followed to the letter: one file, one database, and a host that is gone."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from attrs import frozen

from compiler.write import write
from tests.boot.bad_day import Entry, all_databases, bare_root, commands, everything, shut_down
from tests.boot.container import booted, disk, powered
from tests.boot.crowded import crowd
from tests.boot.laboratory import Host
from tests.boot.releases import tree_for
from tests.boot.software import sql
from tests.support import GOLDEN

pytestmark = pytest.mark.boot

PASSPHRASE = "correct horse"  # noqa: S105 - of a repository that lasts for a minute
REPOSITORY = "/mnt/vault/web1"
PATHS = ("/etc", "/home", "/srv", "/var/lib/gitea")
ISSUES = ("sqlite3", "/var/lib/gitea/data/gitea.db", "PRAGMA integrity_check; SELECT * FROM issue")
MERGED = {"/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow"}
OTHERWISE = {
    "/etc/.updated",  # systemd notes there what it has brought up to date
    "/etc/ld.so.cache",  # and brings this up to date at boot
    "/etc/fstab",  # the page keeps that of the new machine
    "/etc/resolv.conf",  # a container's host may write it
    "/var/lib/gitea/data/gitea.db",  # its rows are compared instead
}


@frozen
class Recorded:
    """What the host was like when it was backed up, and its repository as it was then."""

    files: dict[str, Entry]
    databases: str
    repository: Path


def _type(host: Host, block: str) -> str:
    """Type the commands of a block on a host; the words in capitals are filled in."""
    for word, meaning in (("DISK", "--bind /root/disk"), ("PASSPHRASE", PASSPHRASE)):
        block = block.replace(word, meaning)
    return host.run("sh", "-euc", block).stdout


def _state(host: Host) -> dict[str, Entry]:
    own = ("/home/borg/.cache", "/home/borg/.config/borg/security")
    found = everything(host, *PATHS)
    return {
        path: entry
        for path, entry in found.items()
        if path not in OTHERWISE | MERGED and not path.startswith(own)
    }


@pytest.fixture(scope="module")
def host(root: Path, release: str) -> Iterator[Host]:
    """The README's host, with every kind of file, several databases, and one backup."""
    with booted(root, "web1") as init:
        host = Host(init)
        crowd(host)
        host.write("/etc/credstore/borg-passphrase", f"{PASSPHRASE}\n", mode=0o600)
        host.install(tree_for(release, (GOLDEN / "demo" / "host.yaml").read_text()))
        assert host.start("backup.service") == 0, host.journal("backup*")
        yield host


@pytest.fixture(scope="module")
def recorded(host: Host, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """What was backed up; the repository is copied away, as the disk that survives."""
    copy = tmp_path_factory.mktemp("vault") / "web1"
    subprocess.run(["cp", "-a", host.path(REPOSITORY), copy], check=True)
    return Recorded(_state(host), all_databases(host), copy)


@pytest.fixture(scope="module")
def restored(release: str, recorded: Recorded) -> Iterator[Host]:
    """A bare Debian after all the steps of the page, in order, as they stand."""
    with disk(bare_root(release)) as folder, ExitStack() as power:
        host = Host(power.enter_context(powered(folder, "rescue")))
        host.run("useradd", "--create-home", "--uid=5001", "admin")
        # There is no mirror: that apt-get should learn at once, and go on with what it has.
        host.write("/etc/hosts", "127.0.0.1 localhost deb.debian.org\n")
        tree = tree_for(release, (GOLDEN / "demo" / "host.yaml").read_text())
        write(tree, str(host.path("/root/out")))
        host.path("/root/disk").mkdir()
        subprocess.run(["cp", "-a", recorded.repository, host.path("/root/disk/web1")], check=True)
        for block in commands("The whole host is gone"):
            if block == "systemctl reboot":
                shut_down(host)
                power.close()
                host = Host(power.enter_context(powered(folder, "rescue")))
            else:
                _type(host, block)
        yield host


@pytest.mark.usefixtures("recorded")
def test_one_folder_comes_back_beside_and_in_place(host: Host) -> None:
    """Both commands of the page bring a folder back as it was."""
    before = everything(host, "/etc/gitea")
    host.run("rm", "-r", "/etc/gitea")

    for block in commands("One file, one folder"):
        _type(host, block)

    assert everything(host, "/etc/gitea") == before
    beside = everything(host, "/root/restored/etc/gitea")
    assert {path.removeprefix("/root/restored"): one for path, one in beside.items()} == before


@pytest.mark.usefixtures("recorded")
def test_owners_come_back_by_name(host: Host) -> None:
    """A file belongs to who is called like its owner, whatever number that is now."""
    host.run("usermod", "--uid=6001", "alice")
    host.run("hostwright-restore", "files", "--to", "/root/named", "/srv/setuid")
    found = host.run("stat", "--format=%U %u %A", "/root/named/srv/setuid").stdout
    host.run("usermod", "--uid=5001", "alice")

    assert found == "alice 6001 -rwsr-xr-x\n"


@pytest.mark.usefixtures("recorded")
def test_nothing_of_roots_is_left_where_borg_writes(host: Host) -> None:
    """Listing, extracting, and borg by way of the program leave every file to the user borg."""
    host.run("sh", "-c", f"rm {REPOSITORY}/index.* {REPOSITORY}/hints.* {REPOSITORY}/integrity.*")
    for block in commands("Look first"):
        _type(host, block)
    key = host.run("hostwright-restore", "borg", "key", "export", "::", "-").stdout

    assert key.startswith("BORG_KEY ")
    assert host.run("find", REPOSITORY, "/home/borg", "!", "-user", "borg").stdout == ""
    assert host.start("backup.service") == 0


@pytest.mark.usefixtures("recorded")
def test_a_running_backup_is_not_disturbed(host: Host) -> None:
    """While the backup writes to the repository, the program refuses, and says how to go on."""
    with host.dropin("backup.service", "ExecStartPre=/bin/sleep 60"):
        host.run("systemctl", "start", "--no-block", "backup.service")
        said = host.run("hostwright-restore", "list", check=False)
        host.run("systemctl", "stop", "backup.service")

    assert said.returncode == 1
    assert "systemctl stop backup.service" in said.stderr


@pytest.mark.usefixtures("recorded")
def test_a_database_in_use_is_not_replaced(host: Host) -> None:
    """Gitea has its file open: the program names the service to stop, and touches nothing."""
    said = host.run("hostwright-restore", "dump", "gitea", "--replace", check=False)

    assert said.returncode == 1
    assert "systemctl stop gitea.service" in said.stderr


@pytest.mark.usefixtures("recorded")
def test_one_database_comes_back_beside_and_in_place(host: Host) -> None:
    """The commands of the page restore a database under new names, then in its own place."""
    rows = sql(host, "SELECT * FROM kept", "shop")
    issues = host.run(*ISSUES, user="git").stdout
    beside, in_place, gitea = commands("One database")

    _type(host, beside)
    assert sql(host, "SELECT * FROM kept", "shop_restored") == rows
    assert sql(host, "SELECT * FROM kept", "shop_before") == rows

    sql(host, "DELETE FROM kept", "shop")
    _type(host, in_place)
    assert sql(host, "SELECT * FROM kept", "shop") == rows

    host.run("sqlite3", "/var/lib/gitea/data/gitea.db", "DELETE FROM issue", user="git")
    _type(host, gitea)
    assert host.run(*ISSUES, user="git").stdout == issues


def test_every_file_is_as_it_was(restored: Host, recorded: Recorded) -> None:
    """Content, owners, modes, ACLs, attributes, links, holes and times of all archived paths."""
    state = _state(restored)
    differ = {
        path: (entry, state.get(path))
        for path, entry in recorded.files.items()
        if state.get(path) != entry
    }
    assert differ == {}


@pytest.mark.parametrize("table", sorted(MERGED))
def test_every_account_is_as_it_was(
    host: Host, restored: Host, table: str, recorded: Recorded
) -> None:
    """Each line of the account files is back, so that numbers agree; nothing of it was changed."""
    assert recorded.files
    before = host.path(table).read_text().splitlines()
    after = restored.path(table).read_text().splitlines()
    assert after[: len(before)] == before


def test_what_only_the_new_machine_had_is_kept(restored: Host) -> None:
    """Its own user keeps the name and the files, with another number where that was taken."""
    found = restored.run("stat", "--format=%U:%G", "/home/admin", "/home/admin/.bashrc").stdout
    assert found == "admin:admin\n" * 2
    assert restored.run("id", "-u", "alice").stdout == "5001\n"
    helper = restored.run("sh", "-c", "stat -c '%U:%G %a' /usr/lib/dbus-1.0/dbus-daemon-launch*")
    assert helper.stdout == "root:messagebus 4754\n"


def test_every_row_and_role_is_as_it_was(restored: Host, recorded: Recorded) -> None:
    """Roles with passwords, databases with owners and rights, and all rows, by pg_dumpall."""
    assert all_databases(restored) == recorded.databases


def test_every_issue_of_gitea_is_as_it_was(host: Host, restored: Host) -> None:
    """Gitea's database is whole, belongs to its user, and holds what it held."""
    assert restored.run(*ISSUES, user="git").stdout == host.run(*ISSUES, user="git").stdout


def test_the_host_backs_up_again(restored: Host) -> None:
    """The first backup of the new machine goes into the old repository, and nothing has failed."""
    names = restored.run("hostwright-restore", "borg", "list", "--short").stdout.split()
    assert len(names) == 2
    assert restored.run("systemctl", "--failed", "--plain", "--no-legend").stdout == ""
    assert restored.run("find", REPOSITORY, "/home/borg", "!", "-user", "borg").stdout == ""
