"""The folder of packages: what may stand in it, and who else may write to it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from compiler import cli
from compiler.verbs import Outcome
from tests.support import GOLDEN, ROOT

MINIMAL = str(GOLDEN / "minimal" / "host.yaml")
DEMO = str(GOLDEN / "demo" / "host.yaml")
BAD = str(GOLDEN / "rejected" / "unknown-option" / "host.yaml")
NAME = "hostwright-host-minimal_1_all.deb"
VERSION = ("--package-version", "1")


@pytest.fixture(autouse=True)
def _dated(monkeypatch: pytest.MonkeyPatch) -> None:
    """A date to build with."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")


def run(*words: str | Path) -> Outcome:
    """What a command line comes to."""
    outcome = cli.run([str(word) for word in words])
    assert outcome.status != 3, outcome.errors
    return outcome


def _pipe(file: Path) -> None:
    os.mkfifo(file)


def _folder(file: Path) -> None:
    file.mkdir()


def _link(file: Path) -> None:
    run("compile", MINIMAL, "--deb", file.parent.parent / "others", *VERSION)
    file.symlink_to(file.parent.parent / "others" / NAME)


@pytest.mark.parametrize("make", [_pipe, _folder, _link])
def test_what_is_no_package_is_not_taken_for_one(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    """Nobody waits for a pipe, and a link may lead elsewhere tomorrow."""
    (tmp_path / "debs").mkdir()
    make(tmp_path / "debs" / NAME)
    outcome = run("compile", MINIMAL, "--deb", tmp_path / "debs", *VERSION)
    assert outcome.status == 1
    assert "error[HW078]" in outcome.errors


@pytest.mark.parametrize("words", [("compile", MINIMAL, "--deb", ""), ("deb", "out", "-o", "")])
def test_an_empty_name_is_no_folder(words: tuple[str, ...]) -> None:
    """A variable that is not set is neither / nor a compile without packages."""
    outcome = run(*words)
    assert outcome.status == 2
    assert "the name of the folder for the packages is empty" in outcome.errors


def test_a_version_without_packages_is_refused(tmp_path: Path) -> None:
    """Somebody forgot --deb."""
    outcome = run("compile", MINIMAL, "-o", tmp_path / "out", *VERSION)
    assert outcome.status == 2
    assert "give --deb DIR, too" in outcome.errors


@pytest.mark.parametrize("inside", ["", "/debs", "/minimal"])
def test_packages_of_trees_have_no_place_among_them(inside: str, tmp_path: Path) -> None:
    """As with compile."""
    out = tmp_path / "out"
    run("compile", MINIMAL, DEMO, "-o", out)
    outcome = run("deb", out, "-o", f"{out}{inside}")
    assert outcome.status == 2
    assert "is for trees alone" in outcome.errors
    assert sorted(os.listdir(out)) == ["minimal", "web1"]


def test_half_a_tree_is_not_left_out(tmp_path: Path) -> None:
    """A host that is forgotten would never get its package."""
    run("compile", MINIMAL, DEMO, "-o", tmp_path / "out")
    (tmp_path / "out" / "web1" / ".hostwright").unlink()
    outcome = run("deb", tmp_path / "out", "-o", tmp_path / "debs")
    assert outcome.status == 1
    assert "web1" in outcome.errors
    assert not (tmp_path / "debs").exists()


def test_the_same_tree_twice_is_one_package(tmp_path: Path) -> None:
    """The bytes are the same."""
    run("compile", MINIMAL, "-o", tmp_path / "out")
    shutil.copytree(tmp_path / "out", tmp_path / "copy", symlinks=True)
    assert run("deb", tmp_path / "out", tmp_path / "copy", "-o", tmp_path / "debs").status == 0
    assert len(os.listdir(tmp_path / "debs")) == 1


def test_a_name_that_no_file_can_have_is_said_so(tmp_path: Path) -> None:
    """A host's name may be as long as a file's."""
    manifest = tmp_path / "host.yaml"
    host = ".".join(["a" * 60] * 4)
    manifest.write_text(Path(MINIMAL).read_text().replace("host: minimal", f"host: {host}"))
    outcome = run("compile", manifest, "--deb", tmp_path / "debs", *VERSION)
    assert outcome.status == 1
    assert "error[HW077]" in outcome.errors
    assert "longer than a file's can be" in outcome.errors


def test_a_file_system_without_hard_links_is_good_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FAT, and some of the network: the package is moved there."""

    def refuse(_source: str, _target: str) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    assert run("compile", MINIMAL, "--deb", tmp_path / "debs", *VERSION).status == 0
    assert os.listdir(tmp_path / "debs") == [NAME]


def test_compiles_that_make_the_folder_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    """One that fails takes away what it made, and a good one makes it again."""
    folder = tmp_path / "not" / "there" / "yet"
    words = [sys.executable, "-m", "compiler", "compile", "--deb", str(folder)]
    manifests = (MINIMAL, BAD, DEMO, BAD)
    runs = [
        subprocess.Popen(
            [*words, manifest], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for manifest in manifests
    ]
    assert [one.wait() for one in runs] == [0, 1, 0, 1]
    assert len(os.listdir(folder)) == 2
