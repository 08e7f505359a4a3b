"""`hostwright deb` and `compile --deb`: packages in a folder, all of them or none."""

import os
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from compiler import cli
from compiler.verbs import Outcome
from tests.folders import contents
from tests.support import GOLDEN, need, tree_of

MINIMAL = str(GOLDEN / "minimal" / "host.yaml")
DEMO = str(GOLDEN / "demo" / "host.yaml")
EPOCH = "1790000000"


@pytest.fixture(autouse=True)
def _dated(monkeypatch: pytest.MonkeyPatch) -> None:
    """A date to build with."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)


def run(*words: str | Path) -> Outcome:
    """What a command line comes to."""
    outcome = cli.run([str(word) for word in words])
    assert outcome.status != 3, outcome.errors
    return outcome


def packages(folder: Path) -> dict[str, bytes]:
    """The files in a folder."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_either_way_gives_the_same_bytes(tmp_path: Path) -> None:
    """A compile that packages, and a package of what was compiled."""
    run("compile", DEMO, "-o", tmp_path / "out", "--deb", tmp_path / "one")
    run("deb", tmp_path / "out", "-o", tmp_path / "other")
    assert packages(tmp_path / "one") == packages(tmp_path / "other")
    assert len(packages(tmp_path / "one")) == 1


def test_several_hosts_get_a_package_each(tmp_path: Path) -> None:
    """From manifests, and from the folder of their trees."""
    run("compile", DEMO, MINIMAL, "-o", tmp_path / "out", "--deb", tmp_path / "one")
    run("deb", tmp_path / "out", "-o", tmp_path / "other")
    assert packages(tmp_path / "one") == packages(tmp_path / "other")
    names = sorted(name.split("_")[0] for name in packages(tmp_path / "one"))
    assert names == ["hostwright-host-minimal", "hostwright-host-web1"]


def test_a_package_takes_no_tree(tmp_path: Path) -> None:
    """--deb alone writes nothing else."""
    assert run("compile", MINIMAL, "--deb", tmp_path / "debs").status == 0
    assert os.listdir(tmp_path) == ["debs"]


def test_what_was_made_is_said(tmp_path: Path) -> None:
    """The file, as the next command takes it."""
    said = run("compile", MINIMAL, "--deb", tmp_path / "debs").text
    name = f"hostwright-host-minimal_20260921141320+{tree_of('minimal').digest[:12]}_all.deb"
    assert said == f"minimal: {tmp_path / 'debs' / name}\n"


def test_a_given_version_is_the_packages_version(tmp_path: Path) -> None:
    """--package-version, for those who count."""
    run("compile", MINIMAL, "--deb", tmp_path / "debs", "--package-version", "1.4~rc1")
    assert [*packages(tmp_path / "debs")] == ["hostwright-host-minimal_1.4~rc1_all.deb"]


def test_a_version_rises_with_the_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the digests: dpkg takes the later one for the newer."""
    need("dpkg")
    versions = []
    for epoch in ("1", EPOCH, "1790000001", "4102444800"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        text = run("compile", MINIMAL, "--deb", tmp_path / epoch).text
        versions.append(text.split("_")[-2])
    for older, newer in pairwise(versions):
        subprocess.run(["dpkg", "--compare-versions", older, "lt", newer], check=True)


def test_without_a_date_it_is_said_that_versions_do_not_rise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of all new trees would be older ones to apt."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    outcome = run("compile", MINIMAL, "--deb", tmp_path / "debs")
    assert "these versions (0+DIGEST) do not rise" in outcome.errors
    assert outcome.status == 0


@pytest.mark.parametrize(
    ("version", "epoch", "said"),
    [
        ("1-2", EPOCH, '--package-version "1-2" is not a version'),
        ("v1", EPOCH, '--package-version "v1" is not a version'),
        ("1:2", EPOCH, '--package-version "1:2" is not a version'),
        ("../1", EPOCH, '--package-version "../1" is not a version'),
        ("1", "yesterday", 'SOURCE_DATE_EPOCH is "yesterday"'),
        ("1", "-1", 'SOURCE_DATE_EPOCH is "-1"'),
        ("1", "9" * 30, 'SOURCE_DATE_EPOCH is "999'),
        ("1", f"{'0' * 30}{'9' * 30}", 'SOURCE_DATE_EPOCH is "000'),
        ("", EPOCH, '--package-version "" is not a version'),
    ],
)
def test_a_wrong_version_or_date_is_refused(
    version: str, epoch: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit status 2, and nothing is written."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    for words in (("compile", MINIMAL), ("deb", tmp_path / "out", "-o", tmp_path / "debs")):
        where = ("--deb", tmp_path / "debs") if words[0] == "compile" else ()
        outcome = run(*words, *where, "--package-version", version)
        assert outcome.status == 2
        assert said in outcome.errors
    assert os.listdir(tmp_path) == []


def test_another_package_of_the_same_version_is_refused(tmp_path: Path) -> None:
    """A version that was made once never changes; nothing is written, no tree either."""
    debs = tmp_path / "debs"
    run("compile", MINIMAL, "--deb", debs, "--package-version", "1")
    before = packages(debs)
    manifest = tmp_path / "host.yaml"
    manifest.write_text(Path(MINIMAL).read_text().replace("/etc]", "/etc, /srv]"))
    assert manifest.read_text() != Path(MINIMAL).read_text()
    words = ("compile", manifest, "-o", tmp_path / "out", "--deb", debs, "--package-version", "1")
    outcome = run(*words)
    assert outcome.status == 1
    assert "error[HW078]" in outcome.errors
    assert packages(debs) == before
    assert not (tmp_path / "out").exists()


def test_the_same_package_again_is_no_news(tmp_path: Path) -> None:
    """Not even its date on the disk changes."""
    debs = tmp_path / "debs"
    run("compile", MINIMAL, "--deb", debs)
    (file,) = debs.iterdir()
    before = file.stat()
    assert run("compile", MINIMAL, "--deb", debs).status == 0
    after = file.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_one_wrong_manifest_keeps_all_packages_from_being_made(tmp_path: Path) -> None:
    """All of them or none, and nothing is left of what was staged."""
    bad = str(GOLDEN / "rejected" / "unknown-option" / "host.yaml")
    outcome = run("compile", MINIMAL, bad, "-o", tmp_path / "out", "--deb", tmp_path / "debs")
    assert outcome.status == 1
    assert os.listdir(tmp_path) == []


def test_a_tree_that_was_changed_is_no_package(tmp_path: Path) -> None:
    """What is rolled out is what the compiler wrote."""
    run("compile", MINIMAL, "-o", tmp_path / "out")
    unit = tmp_path / "out" / "usr" / "lib" / "systemd" / "system" / "backup.service"
    unit.write_text(unit.read_text().replace("User=borg", "User=root"))
    outcome = run("deb", tmp_path / "out", "-o", tmp_path / "debs")
    assert outcome.status == 1
    assert "error[HW075]" in outcome.errors
    assert not (tmp_path / "debs").exists()


def test_a_tree_below_etc_is_no_package(tmp_path: Path) -> None:
    """The unit of a module that was taken out would stay, and run."""
    manifest = str(GOLDEN / "layout-etc" / "host.yaml")
    outcome = run("compile", manifest, "-o", tmp_path / "out", "--deb", tmp_path / "debs")
    assert outcome.status == 1
    assert "error[HW077]" in outcome.errors
    assert os.listdir(tmp_path) == []


def test_a_check_says_what_packaging_would(tmp_path: Path) -> None:
    """A pull request is told before the pipeline that makes the packages."""
    manifest = str(GOLDEN / "layout-etc" / "host.yaml")
    outcome = run("compile", manifest, "--check", "--deb", tmp_path / "debs")
    assert outcome.status == 1
    assert "error[HW077]" in outcome.errors
    assert os.listdir(tmp_path) == []


def test_a_check_makes_no_package(tmp_path: Path) -> None:
    """It says that the manifest is good, and nothing of versions."""
    outcome = run("compile", MINIMAL, "--check", "--deb", tmp_path / "debs")
    assert (outcome.status, outcome.text, outcome.errors) == (0, "minimal: good\n", "")
    assert os.listdir(tmp_path) == []


def test_a_check_compares_with_the_packages_there(tmp_path: Path) -> None:
    """Another package of the same version would be refused; nothing there changes."""
    words = ("--deb", tmp_path, "--package-version", "1")
    run("compile", MINIMAL, *words)
    (name,) = packages(tmp_path)
    (tmp_path / name).write_bytes(b"another")
    outcome = run("compile", MINIMAL, "--check", *words)
    assert outcome.status == 1
    assert "error[HW078]" in outcome.errors
    assert packages(tmp_path) == {name: b"another"}


@pytest.mark.parametrize("inside", ["", "/debs", "/../out"])
def test_packages_have_no_place_among_trees(inside: str, tmp_path: Path) -> None:
    """The next compile would find strangers there, or replace them."""
    out = tmp_path / "out"
    outcome = run("compile", MINIMAL, "-o", out, "--deb", f"{out}{inside}")
    assert outcome.status == 2
    assert "is for trees alone" in outcome.errors


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    """With the reason, and without a tree."""
    (tmp_path / "file").write_text("mine")
    outcome = run("compile", MINIMAL, "-o", tmp_path / "out", "--deb", tmp_path / "file" / "debs")
    assert outcome.status == 1
    assert "error[HW071]" in outcome.errors
    assert contents(tmp_path) == {"file": "644 mine"}


def test_what_is_no_tree_is_no_package(tmp_path: Path) -> None:
    """A folder of somebody else."""
    (tmp_path / "mine").mkdir()
    outcome = run("deb", tmp_path / "mine", "-o", tmp_path / "debs")
    assert outcome.status == 1
    assert "error[HW075]" in outcome.errors
