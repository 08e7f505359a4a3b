"""The accounts of an archive, put in the place of another machine's."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.programs import installed, library
from tests.support import give_up


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The library of hostwright-restore."""
    if os.geteuid() != 0:
        give_up("only root gives files away")
    with library(installed(tmp_path_factory.mktemp("programs")), "accounts") as module:
        yield module


def _tables(root: Path, passwd: str, group: str, shadow: str = "") -> Path:
    """Write the tables of a machine: NAME:NUMBER words for users and groups."""
    (root / "etc").mkdir(parents=True)
    users = (word.split(":") for word in passwd.split())
    lines = (f"{name}:x:{number}:{group}::/:/bin/sh\n" for name, number, group in users)
    (root / "etc/passwd").write_text("".join(lines))
    groups = (word.split(":") for word in group.split())
    (root / "etc/group").write_text("".join(f"{name}:x:{number}:\n" for name, number in groups))
    (root / "etc/shadow").write_text("".join(f"{name}:!:1::::::\n" for name in shadow.split()))
    return root


def _passwd(root: Path) -> list[str]:
    return [":".join(line.split(":")[:4]) for line in (root / "etc/passwd").read_text().split()]


def test_files_follow_accounts_whose_numbers_change(accounts: ModuleType, tmp_path: Path) -> None:
    """Even when two swap their numbers; setgid stays, and strangers' files stay theirs."""
    machine = _tables(tmp_path / "machine", "bus:101:101 net:102:102", "bus:101 net:102")
    archive = _tables(tmp_path / "archive", "bus:102:102 net:101:101", "bus:102 net:101")
    for name, owner, mode in (("helper", 101, 0o4754), ("state", 102, 0o600), ("other", 7, 0o644)):
        (machine / name).touch()
        os.chown(machine / name, owner, owner)
        (machine / name).chmod(mode)

    done = accounts.replace(archive, machine)

    found = {
        name: ((machine / name).stat().st_uid, (machine / name).stat().st_mode & 0o7777)
        for name in ("helper", "state", "other")
    }
    assert found == {"helper": (102, 0o4754), "state": (101, 0o600), "other": (7, 0o644)}
    assert done.owners == 2


def test_accounts_of_the_machine_alone_are_kept(accounts: ModuleType, tmp_path: Path) -> None:
    """With the next free number where theirs is taken, and their password."""
    machine = _tables(
        tmp_path / "machine",
        "root:0:0 admin:1000:1000 lab:998:998",
        "root:0 admin:1000 lab:998",
        "admin",
    )
    archive = _tables(
        tmp_path / "archive", "root:0:0 alice:1000:1000 git:998:998", "root:0 alice:1000 git:998"
    )
    (machine / "home").mkdir()
    os.chown(machine / "home", 1000, 1000)

    done = accounts.replace(archive, machine)

    assert done.kept == ("admin", "lab")
    assert _passwd(machine) == [
        "root:x:0:0",
        "alice:x:1000:1000",
        "git:x:998:998",
        "admin:x:1001:1001",
        "lab:x:999:999",
    ]
    assert (machine / "etc/shadow").read_text() == "admin:!:1::::::\n"
    assert (machine / "home").stat().st_uid == 1001


def test_the_same_accounts_change_nothing(accounts: ModuleType, tmp_path: Path) -> None:
    """On a running host nothing is renumbered, and no file looked at."""
    machine = _tables(tmp_path / "machine", "root:0:0 git:998:998", "root:0 git:998")
    archive = _tables(tmp_path / "archive", "root:0:0 git:998:998", "root:0 git:998")

    done = accounts.replace(archive, machine)

    assert (done.kept, done.owners) == ((), 0)


def test_a_file_with_two_names_is_given_away_once(accounts: ModuleType, tmp_path: Path) -> None:
    """Of two accounts that swap their numbers, the second name would give it back."""
    machine = _tables(tmp_path / "machine", "bus:101:101 net:102:102", "bus:101 net:102")
    archive = _tables(tmp_path / "archive", "bus:102:102 net:101:101", "bus:102 net:101")
    (machine / "one").touch()
    os.chown(machine / "one", 101, 101)
    os.link(machine / "one", machine / "two")

    accounts.replace(archive, machine)

    assert (machine / "one").stat().st_uid == 102


def test_a_last_line_without_an_end_stays_a_line(accounts: ModuleType, tmp_path: Path) -> None:
    """Whoever edits such a table by hand may leave it so."""
    machine = _tables(tmp_path / "machine", "root:0:0 lab:998:998", "root:0 lab:998")
    archive = _tables(tmp_path / "archive", "root:0:0", "root:0")
    (archive / "etc/passwd").write_text("root:x:0:0::/:/bin/sh")

    accounts.replace(archive, machine)

    assert _passwd(machine) == ["root:x:0:0", "lab:x:998:998"]
