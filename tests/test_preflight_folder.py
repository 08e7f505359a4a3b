"""hostwright-preflight on local repositories: disk, owners, locks, and what borg says of them."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.programs import Import

TRACEBACK = """Local Exception

Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/borg/archiver.py", line 5, in main
    open_it()
PermissionError: [Errno 13] Permission denied: '/mnt/vault/web1/data/0/17'

Platform: Linux web1
SSH_ORIGINAL_COMMAND: None
"""


@pytest.fixture
def folder(part: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The part that looks at folders, on a disk of their own; root stands for borg."""
    looks = part("preflight_folder")
    monkeypatch.setattr(looks, "USER", "root")
    monkeypatch.setattr(looks, "ROOT", Path("/proc"))
    monkeypatch.setattr(looks, "LAST", tmp_path / "backup.last")
    monkeypatch.setattr(looks, "unmounted", lambda _: None)
    return looks


def said(looks: Any, place: Path, *, is_installed: bool = True, made: bool = True) -> list[str]:
    """What is found of a repository in a folder."""
    folders = frozenset({place}) if made else frozenset()
    expected = SimpleNamespace(installed=is_installed, made=folders)
    found = looks.check(expected, SimpleNamespace(repository=str(place)))
    return [f"{one.level} {one.text}" for one in found]


def disk(monkeypatch: pytest.MonkeyPatch, looks: Any, free: int, flag: int = 0) -> None:
    """Have every disk be one with so many bytes free."""
    has = SimpleNamespace(f_bavail=free, f_frsize=1, f_flag=flag, f_files=0, f_favail=0)
    monkeypatch.setattr(looks.os, "statvfs", lambda _: has)


def test_a_folder_of_borgs_on_its_own_disk_has_nothing_to_say(folder: Any, tmp_path: Path) -> None:
    """Whether borg opens it is another question."""
    assert said(folder, tmp_path) == []


def test_a_repository_on_the_disk_of_the_system_is_noted(
    folder: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That disk takes both when it dies, and perhaps another was to be mounted there."""
    monkeypatch.setattr(folder, "ROOT", tmp_path)
    [line] = said(folder, tmp_path)
    assert line.startswith(f"note {tmp_path} is on the same file system as /: a disk that dies ")


def test_a_full_disk_fails_and_one_that_is_nearly_full_is_noted(
    folder: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the figures."""
    disk(monkeypatch, folder, 99_000_000)
    [line] = said(folder, tmp_path)
    assert line.startswith(f"FAIL {tmp_path} has 99.0 MB free, and borg needs 100 MB to work at")
    disk(monkeypatch, folder, 900_000_000)
    [line] = said(folder, tmp_path)
    assert line.startswith(f"note {tmp_path} has 900.0 MB free, which may not last for long: ")


def test_a_disk_that_is_mounted_read_only_fails(
    folder: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No backup can be written to it."""
    disk(monkeypatch, folder, 10**12, os.ST_RDONLY)
    [line] = said(folder, tmp_path)
    assert line.startswith(f"FAIL {tmp_path} is on a file system that is mounted read-only: ")
    assert "mount -o remount,rw /" in line


def test_whatever_is_not_borgs_is_found_however_deep_it_is(folder: Any, tmp_path: Path) -> None:
    """The first such file is named, with the command that mends all of them."""
    stranger = tmp_path / "data" / "0" / "17"
    stranger.mkdir(parents=True)
    os.chown(stranger, 12345, 0)
    assert said(folder, tmp_path) == [
        f"FAIL {stranger} does not belong to root: chown -R root:root {tmp_path}"
    ]


def test_what_a_file_system_keeps_for_itself_is_nobodys_fault(folder: Any, tmp_path: Path) -> None:
    """A repository may be all that is on a disk."""
    (tmp_path / "lost+found").mkdir()
    os.chown(tmp_path / "lost+found", 12345, 0)
    assert said(folder, tmp_path) == []


def test_owners_are_looked_at_for_so_long_only(part: Import, tmp_path: Path) -> None:
    """Of a repository with millions of files, those that can be seen in time have to do."""
    (tmp_path / "data").mkdir()
    os.chown(tmp_path / "data", 12345, 0)
    foreign = part("preflight_files").foreign
    assert foreign(tmp_path, "root") == tmp_path / "data"
    assert foreign(tmp_path, "root", 0) is None


def test_a_folder_that_was_there_before_is_on_a_lost_disk(folder: Any, tmp_path: Path) -> None:
    """Nobody is told to make an empty one, until it is known that there never was a backup."""
    away = tmp_path / "web1"
    (tmp_path / "backup.last").touch()
    [line] = said(folder, away)
    assert "although backups have succeeded before: is its disk mounted, " in line
    assert "systemd-tmpfiles" not in line
    (tmp_path / "backup.last").unlink()
    [line] = said(folder, away)
    assert line == f"FAIL {away} is not there: systemd-tmpfiles --create backup.conf makes it"


def test_before_the_installation_the_package_makes_the_folder(folder: Any, tmp_path: Path) -> None:
    """That it is not there is good, unless the tree does not make it."""
    away = tmp_path / "web1"
    come = [f"good {away} is not there yet: it comes with the package"]
    assert said(folder, away, is_installed=False) == come
    [line] = said(folder, away, is_installed=False, made=False)
    assert line.startswith(f"FAIL {away} is not there: mkdir -p {away}; chown ")


@pytest.mark.parametrize("holder", ["web9@7.1-0", "web1.1-0", "anything"])
def test_a_lock_is_noted_with_its_holder(folder: Any, tmp_path: Path, holder: str) -> None:
    """The backup would wait for it."""
    (tmp_path / "lock.exclusive" / holder).mkdir(parents=True)
    known = SimpleNamespace(repository=str(tmp_path), environment={"BORG_HOST_ID": "web1"})
    found = folder.locked(known)
    assert found.level == "note"
    assert found.text.startswith(f"{holder} (machine, process) holds its lock, and the backup wai")


def test_a_lock_that_borg_removes_itself_is_nothing(folder: Any, tmp_path: Path) -> None:
    """It is of this machine, and of a process that has ended."""
    known = SimpleNamespace(repository=str(tmp_path), environment={"BORG_HOST_ID": "web1"})
    assert folder.locked(known) is None
    (tmp_path / "lock.exclusive" / "web1.4194999-0").mkdir(parents=True)
    assert folder.locked(known) is None


def why(part: Import, tmp_path: Path, text: str, ssh: str | None) -> str:
    """What is made of something that borg has said."""
    known = SimpleNamespace(repository="/mnt/vault/web1", ssh=ssh)
    repository = SimpleNamespace(settings=known, advice=lambda _: None)
    return str(part("preflight_repository").why(repository, tmp_path, (), [text]))


@pytest.mark.parametrize("ssh", [None, "ssh"])
def test_of_a_traceback_the_exception_is_enough(
    part: Import, tmp_path: Path, ssh: str | None
) -> None:
    """What it denies has nothing to do with keys of ssh, wherever borg says it."""
    assert why(part, tmp_path, TRACEBACK, ssh) == (
        "borg cannot open /mnt/vault/web1: PermissionError: [Errno 13] Permission denied:"
        " '/mnt/vault/web1/data/0/17'"
    )


def test_only_a_repository_behind_ssh_is_advised_about_keys(part: Import, tmp_path: Path) -> None:
    """The same words mean something else on this host."""
    denied = "Permission denied (publickey)."
    assert "does not take this host's ssh key" in why(part, tmp_path, denied, "ssh")
    assert why(part, tmp_path, denied, None) == f"borg cannot open /mnt/vault/web1: {denied}"
