"""Borg's warnings told apart: what changed is a success with a note, what is missing a failure."""

import os
import shutil
import signal
from pathlib import Path

import pytest

from modules.programs.borg import SHOWN, is_missing
from tests.borg_runs import Borg, Result
from tests.support import need

NOTE = "terminating with warning status, rc 1\n"
ODD_NAMES = (
    "x: stat: [Errno 2] No such file or directory: 'x'",
    "x: file changed while we backed it up",
    '\n{"type": "log_message", "message": "x: file changed while we backed it up"}\n',
    "x: file inode changed (race condition), skipping file\n",
    "\udcff\udcfe",
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A home with an empty repository and a folder of two files, and where to copy it to.

    Always to the same place: borg asks about a repository that has moved.
    """
    need("borg", "setpriv")
    place = tmp_path_factory.mktemp("borg")
    home, copy = place / "home", place / "copy"
    home.mkdir()
    assert Borg(home).run("init", "--encryption=none").status == 0
    (home / "folder").mkdir()
    for name in ("a", "b"):
        (home / "folder" / name).write_text(name)
    home.rename(copy)
    return copy, home


@pytest.fixture
def borg(template: tuple[Path, Path]) -> Borg:
    """The wrapper, in a home where nothing has happened yet."""
    source, home = template
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(source, home)
    return Borg(home)


def test_a_success_is_told_in_sentences(borg: Borg) -> None:
    """Borg is asked for JSON, but the journal shows what borg would have said without."""
    assert borg.create() == Result(0, "terminating with success status, rc 0\n")


def test_a_file_that_changes_is_a_success_with_a_note(borg: Borg) -> None:
    """It is in the archive, and the note is the one that mails look for."""
    run = borg.create_slowly(lambda _, first, __: first.chmod(0o640))
    assert run.status == 0
    assert run.said.endswith(f": file changed while we backed it up\n{NOTE}")
    assert borg.archived() == ["a", "b"]


def test_a_file_that_vanishes_is_a_success_with_a_note(borg: Borg) -> None:
    """What is gone before borg comes to it cannot be backed up, and need not be."""
    run = borg.create_slowly(lambda _, __, second: second.unlink())
    assert run.status == 0
    assert ": stat: [Errno 2] No such file or directory: " in run.said
    assert run.said.endswith(f"\n{NOTE}")


def test_a_file_that_cannot_be_opened_fails_after_the_archive_is_made(borg: Borg) -> None:
    """The rest is archived; the last lines name what is not, and what to do about it."""
    (borg.folder / "a").chmod(0)
    run = borg.create()
    assert run.status == 1
    assert run.said.split(NOTE)[1] == (
        "borg: these could not be read, and are not in the archive:\n"
        f"  {borg.folder}/a: open: [Errno 13] Permission denied: 'a'\n"
        "borg: all the rest is archived, and no older archive is removed."
        " Make them readable, or leave them out with backup.exclude in the manifest\n"
    )
    assert borg.archived() == ["b"]


def test_a_folder_that_cannot_be_opened_fails(borg: Borg) -> None:
    """Nobody knows what is in it."""
    (borg.folder / "closed").mkdir(mode=0)
    assert borg.create().status == 1


def test_a_file_that_cannot_be_read_fails(borg: Borg) -> None:
    """A read error in the middle of a file, which the first page of a process gives like a disk."""
    run = borg.create("/proc/self/mem")
    assert run.status == 1
    assert "\n  /proc/self/mem: read: [Errno 5] Input/output error\n" in run.said


def test_a_change_does_not_hide_what_cannot_be_read(borg: Borg) -> None:
    """Borg ends with the same status for both."""

    def change_and_close(_: int, first: Path, second: Path) -> None:
        first.chmod(0o640)
        second.chmod(0)

    run = borg.create_slowly(change_and_close)
    assert run.status == 1
    assert ": file changed while we backed it up\n" in run.said.split(NOTE)[0]
    assert "changed" not in run.said.split(NOTE)[1]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_name_cannot_turn_a_failure_into_a_success(name: str) -> None:
    """Whatever a user calls a file, the error that borg met is seen."""
    assert is_missing(f"/srv/{name}: read: [Errno 5] Input/output error", [])
    assert is_missing(f"/srv/{name}: open: [Errno 13] Permission denied: {name!r}", [])


def test_an_odd_name_takes_one_line(borg: Borg) -> None:
    """A line feed in a name does not make a line of the journal that borg never wrote."""
    for name in ODD_NAMES:
        os.close(os.open(borg.folder / name, os.O_CREAT, 0))
    run = borg.create()
    assert run.status == 1
    lines = run.said.splitlines()
    assert len(lines) == len(ODD_NAMES) + 1 + 1 + len(ODD_NAMES) + 1
    assert len([line for line in lines if line.startswith(f"{borg.folder}/")]) == len(ODD_NAMES)


def test_ten_files_are_named_at_most(borg: Borg) -> None:
    """The mail stays short when a whole disk is unreadable."""
    for number in range(SHOWN + 2):
        (borg.folder / f"closed{number}").touch(mode=0)
    last = borg.create().said.split(NOTE)[1].splitlines()
    assert len([line for line in last if "Permission denied" in line]) == SHOWN
    assert last[-2] == "  and 2 more, see above"


def test_a_missing_path_is_left_to_paths(borg: Borg) -> None:
    """The program that runs next says more about it."""
    assert borg.create("/nonexistent").status == 0


@pytest.mark.parametrize(
    "warning",
    [
        "open_root: [Errno 2] No such file or directory: '/srv'",
        "file inode changed (race condition), skipping file",
        "file type or inode changed while we backed it up (race condition, skipped file)",
    ],
)
def test_a_path_that_is_back_is_a_failure(tmp_path: Path, warning: str) -> None:
    """A path of the manifest that was away only while borg looked is not archived at all."""
    assert is_missing(f"{tmp_path}: {warning}", ["create", "::archive", str(tmp_path)])
    assert not is_missing(f"{tmp_path}/below: {warning}", ["create", "::archive", str(tmp_path)])


def test_an_error_stays_one(borg: Borg) -> None:
    """Whatever is not a warning is a failure as it always was."""
    shutil.rmtree(borg.home / "repository")
    run = borg.create()
    assert run.status == 2
    assert run.said.startswith(f"Repository {borg.home}/repository does not exist.\n")


@pytest.mark.parametrize(
    ("name", "content"), [("chunks", b""), ("chunks", bytes(999)), ("config", b"")]
)
def test_a_damaged_cache_is_built_anew(borg: Borg, name: str, content: bytes) -> None:
    """What is only a copy of the repository must not keep the backup from running each night."""
    assert borg.create().status == 0
    assert borg.run("delete", "::archive").status == 0
    (file,) = (borg.home / ".cache" / "borg").glob(f"*/{name}")
    file.write_bytes(content)
    run = borg.create()
    assert run.status == 0
    assert "borg: its cache is damaged; it is removed" in run.said
    assert borg.archived() == ["a", "b"]


def test_a_damaged_repository_is_no_damaged_cache(borg: Borg) -> None:
    """Nothing is removed, and nothing tried again, when anything else is damaged."""
    (borg.home / "repository" / "config").write_bytes(b"garbage")
    run = borg.create()
    assert run.status == 2
    assert "its cache is damaged" not in run.said


def test_a_warning_of_another_command_is_a_success(borg: Borg) -> None:
    """As of prune and compact: nothing is lost by it."""
    borg.create()
    never = "Include pattern 'never' never matched.\n"
    assert borg.run("extract", "--dry-run", "::archive", "never") == Result(0, f"{never}{NOTE}")


def test_a_signal_is_a_failure(borg: Borg) -> None:
    """Status 128 and the number of the signal, as a shell has it."""
    run = borg.create_slowly(lambda borg, *_: os.kill(borg, signal.SIGKILL))
    assert run.status == 128 + signal.SIGKILL


def test_stopping_waits_until_borg_has_given_its_lock_back(borg: Borg) -> None:
    """Wrapper and borg get the signal, and the wrapper outlives borg."""
    lock = borg.home / "repository" / "lock.exclusive"

    def stop(process: int, *_: Path) -> None:
        assert lock.exists()
        os.killpg(os.getpgid(process), signal.SIGTERM)

    assert borg.create_slowly(stop).status >= 2
    assert not lock.exists()
