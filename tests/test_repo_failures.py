"""The apt repository when something goes wrong: nothing has changed, and a sentence says why."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from attrs import evolve

from compiler.repository.failures import FailedError
from compiler.repository.stanzas import packages, refuse_foreign
from tests.folders import mounted
from tests.repositories import KEY, Repository, keys, package, repo, with_a_package
from tests.support import ROOT, need

CANARY = ("--suite", "canary")


@pytest.fixture(scope="module", autouse=True)
def gpg() -> Iterator[Path]:
    """A home of gpg with the fleet's key."""
    need("apt-ftparchive", "dpkg-deb", "gpg", "gpgv")
    with keys(KEY) as home:
        yield home


@pytest.fixture
def fleet(tmp_path: Path) -> Repository:
    """A repository with a package in canary."""
    return with_a_package(tmp_path)


@pytest.fixture
def newer(tmp_path: Path) -> str:
    """The next version of the package."""
    return package(tmp_path, "web1", "2", "b")


@pytest.mark.parametrize("tool", ["apt-ftparchive", "dpkg-deb", "gpg"])
def test_a_tool_that_is_not_installed_is_named(
    fleet: Repository, newer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tool: str
) -> None:
    """With the package that has it."""
    (tmp_path / "bin").mkdir()
    for name in {"apt-ftparchive", "dpkg-deb", "gpg"} - {tool}:
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    said = fleet.refusal("add", newer, *CANARY)

    assert said.startswith(f"{tool} is not installed: apt-get install ")


def test_a_full_disk_changes_nothing(tmp_path: Path, newer: str) -> None:
    """Wherever it is full: the reason is said."""
    with mounted(tmp_path / "disk", "-o", "size=80k"):
        fleet = Repository(tmp_path / "disk/apt")
        fleet.add(newer)
        (tmp_path / "disk/filler").write_bytes(b"x" * (24 << 10))
        said = fleet.refusal("add", package(tmp_path, "web1", "3", "c"), *CANARY)
    assert "No space left on device" in said


def test_a_read_only_disk_is_reported(tmp_path: Path, newer: str) -> None:
    """Nothing can be written, so nothing is."""
    with mounted(tmp_path / "disk", "-o", "ro"):
        outcome = repo("add", str(tmp_path / "disk/apt"), newer, *CANARY, "--key", KEY)
    assert outcome.status == 1
    assert "Read-only file system; every suite is as it was" in outcome.errors


def test_publishers_take_turns(
    fleet: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many at once none fails, and none loses what another has published."""
    given = [package(tmp_path, f"host{number}", "1") for number in range(8)]
    monkeypatch.setattr("time.sleep", lambda _: None)  # until the clock has gone on
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(evolve(fleet, date=None).add, given))

    hosts = [*(f"host{number}" for number in range(8)), "web1"]
    assert fleet.show() == [("canary", host, "1") for host in hosts]


def test_a_kill_at_any_step_leaves_the_old_suite_or_the_new_one() -> None:
    """Signed and whole; and the next publisher removes what the killed one left."""
    quick = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with TemporaryDirectory(dir=quick) as folder:
        words = [sys.executable, "-m", "tests.killed_publisher", folder]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)

    seen = json.loads(done.stdout)

    assert seen.keys() == {"old", "new"}
    assert seen["old"] > 20


def test_a_pipe_is_no_package(fleet: Repository, tmp_path: Path) -> None:
    """Nobody would ever write into it."""
    (tmp_path / "made").mkdir()
    os.mkfifo(tmp_path / "made/x.deb")

    said = fleet.refusal("add", str(tmp_path / "made"), *CANARY)

    assert "made/x.deb is neither a file nor a folder" in said


def test_a_version_of_many_digits_is_too_long(fleet: Repository) -> None:
    """As what somebody types, and as what a package says."""
    digits = "9" * 5000
    assert "is not back, but newer than 1" in fleet.refusal("rollback", f"web1={digits}", *CANARY)

    index = f"Package: hostwright-host-x\nVersion: {digits}\nArchitecture: all\nSHA256: {'0' * 64}"
    (long,) = packages(index)
    with pytest.raises(FailedError, match="too long for a file's name"):
        refuse_foreign(long, "x.deb")


def test_what_is_shown_cannot_steer_a_terminal(fleet: Repository) -> None:
    """Whatever somebody has called a suite."""
    fleet.path("canary", "").rename(fleet.folder / "dists/\x1b[2J")

    outcome = repo("show", str(fleet.folder))

    assert "\x1b" not in outcome.text + outcome.errors
    assert outcome.status == 1
