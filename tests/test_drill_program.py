"""What `drill` does with a real repository: the newest archive's dumps, for a group to read."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.programs import installed
from tests.support import need

GLOB = "web1-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*"
Drill = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A repository with two archives of web1 and a later one of web1-db."""
    need("borg")
    folder = tmp_path_factory.mktemp("vault")
    environment = {
        "PATH": os.environ["PATH"],
        "BORG_BASE_DIR": str(folder / "home"),
        "BORG_REPO": str(folder / "web1"),
        "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
    }

    def borg(*words: str) -> None:
        command = ["borg", *words]
        subprocess.run(command, check=True, cwd=folder, env=environment, capture_output=True)

    borg("init", "--encryption=none")
    for name in ("gitea", "shop"):
        (folder / "backup" / name / "deep").mkdir(parents=True)
    for archive in ("web1-2026-11-22T02:00:00", "web1-2026-11-23T02:00:00", "web1-db-by-hand"):
        (folder / "backup" / "shop" / "deep" / "shop.dump").write_text(archive)
        (folder / "backup" / "shop" / "deep" / "shop.dump").chmod(0o400)
        (folder / "backup" / "shop" / "deep").chmod(0o500)
        borg("create", f"::{archive}", "backup")
        (folder / "backup" / "shop" / "deep").chmod(0o700)
        (folder / "backup" / "shop" / "deep" / "shop.dump").unlink()
    return environment


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The folder of the drill, in which a killed one has left something."""
    (tmp_path / "archive" / "left" / "deep").mkdir(parents=True)
    (tmp_path / "archive" / "left" / "deep").chmod(0o500)
    (tmp_path / "archive" / "link").symlink_to(tmp_path)
    return tmp_path / "archive"


@pytest.fixture(scope="module")
def drill(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Drill:
    """Run the program."""
    programs = installed(tmp_path_factory.mktemp("hostwright"))

    def drill(*words: str | Path) -> subprocess.CompletedProcess[str]:
        command = [programs / "drill", *words]
        return subprocess.run(
            command, check=False, env=environment, capture_output=True, encoding="utf-8"
        )

    return drill


def test_the_newest_archive_of_the_host_is_tried_out(drill: Drill, place: Path) -> None:
    """Neither an older archive, nor another host's, nor another dump, nor what was left."""
    said = drill(place, GLOB, "--lock-wait=9", "shop")
    assert said.returncode == 0
    assert said.stdout == "drill: trying out the dumps of web1-2026-11-23T02:00:00\n"
    assert [entry.name for entry in place.iterdir()] == ["shop"]
    assert (place / "shop" / "deep" / "shop.dump").read_text() == "web1-2026-11-23T02:00:00"


def test_the_group_may_read_what_was_extracted(drill: Drill, place: Path) -> None:
    """What was for its owner alone when it was archived is for the drill's group, too."""
    drill(place, GLOB, "shop")
    modes = {
        entry.name: entry.stat().st_mode & 0o777
        for entry in (place / "shop", place / "shop" / "deep", *(place / "shop" / "deep").iterdir())
    }
    assert modes == {"shop": 0o755, "deep": 0o750, "shop.dump": 0o440}


def test_a_dump_that_is_not_in_the_archive_is_left_to_its_own_drill(
    drill: Drill, place: Path
) -> None:
    """The others are extracted; the journal has what borg says of the one that is missing."""
    said = drill(place, GLOB, "wiki", "gitea")
    assert said.returncode == 0
    assert [entry.name for entry in place.iterdir()] == ["gitea"]
    assert "backup/wiki" in said.stderr


def test_without_an_archive_there_is_nothing_to_try_out(drill: Drill, place: Path) -> None:
    """A host that was never backed up fails, and the message says what to do."""
    said = drill(place, GLOB.replace("web1", "web2"), "shop")
    assert said.returncode == 1
    assert said.stderr == (
        "drill: there is no archive yet; make one: systemctl start backup.service\n"
    )


def test_what_a_drill_has_left_can_be_removed(drill: Drill, place: Path) -> None:
    """Everything in the folder goes, whatever its mode; the folder and what links lead to stay."""
    assert drill("--clean", place).returncode == 0
    assert list(place.iterdir()) == []
    assert place.parent.is_dir()
