"""Tree -> folder: exactly the tree, and nobody else's work is lost."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from compiler.write import write
from schema.diagnostics import RejectedError
from tests.folders import contents, meant, refusal, shell
from tests.killed import small_tree
from tests.support import tree_of

OLD, NEW = small_tree("old"), small_tree("new")


def test_a_folder_becomes_exactly_the_tree(tmp_path: Path) -> None:
    """Files, links, folders and modes are those of the tree, and nothing stays beside them."""
    write(tree_of("demo"), str(tmp_path / "out"))
    assert contents(tmp_path / "out") == meant(tree_of("demo"))
    assert os.listdir(tmp_path) == ["out"]


def test_parents_are_made(tmp_path: Path) -> None:
    """The folder may lie in folders that are not there yet."""
    write(NEW, str(tmp_path / "a" / "b" / "out"))
    assert contents(tmp_path / "a" / "b" / "out") == meant(NEW)


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    """An empty folder is nobody's work."""
    (tmp_path / "out").mkdir()
    write(NEW, str(tmp_path / "out"))
    assert contents(tmp_path / "out") == meant(NEW)


def test_an_old_tree_gives_way_to_the_new_one(tmp_path: Path) -> None:
    """Files and folders that the new tree does not have go away."""
    write(OLD, str(tmp_path / "out"))
    write(NEW, str(tmp_path / "out"))
    assert contents(tmp_path / "out") == meant(NEW)
    assert os.listdir(tmp_path) == ["out"]


def test_the_same_tree_is_left_alone(tmp_path: Path) -> None:
    """A folder that holds the tree already keeps its very files, times and all."""
    write(NEW, str(tmp_path / "out"))
    before = (tmp_path / "out").stat(), (tmp_path / "out/usr/one").stat()
    write(NEW, str(tmp_path / "out"))
    assert ((tmp_path / "out").stat(), (tmp_path / "out/usr/one").stat()) == before


@pytest.mark.parametrize(
    "damage", ["rm usr/one", "chmod 600 usr/one", "mkdir usr/more", "rm .hostwright; rm -r usr"]
)
def test_a_damaged_tree_is_made_whole(damage: str, tmp_path: Path) -> None:
    """What is missing comes back, a mode is put right, an empty folder goes."""
    write(NEW, str(tmp_path / "out"))
    shell(damage, tmp_path / "out")
    write(NEW, str(tmp_path / "out"))
    assert contents(tmp_path / "out") == meant(NEW)


@pytest.mark.parametrize("name", ["out/", "./out", "sub/../out", "x" * 255, "grüße 🦀", "\udcff"])
def test_the_folder_may_be_called_anything(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slashes at the end, dots, 255 bytes, and bytes that are no UTF-8."""
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    for tree in (OLD, NEW):
        write(tree, name)
    assert contents(tmp_path / name) == meant(NEW)
    assert len(os.listdir(tmp_path)) == 2


def test_the_folder_may_be_the_current_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-o .` fills the folder that the command runs in."""
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    write(NEW, ".")
    assert contents(tmp_path / "out") == meant(NEW)


FOREIGN = {
    "a file of somebody's": ("mkdir out; echo mine >out/notes", "Hostwright did not write it"),
    "an empty folder of somebody's": ("mkdir -p out/mine", "Hostwright did not write it"),
    "a file among ours": ("echo mine >out/usr/notes", 'Hostwright did not write "usr/notes"'),
    "a file that was changed": ("echo mine >>out/usr/one", '"usr/one" was changed'),
    "a file that became a link": ("ln -sf /etc/passwd out/usr/one", '"usr/one" was changed'),
    "a file that became a pipe": ("rm out/usr/one; mkfifo out/usr/one", '"usr/one" was changed'),
    "a file that became a folder": (
        "rm out/usr/one; mkdir out/usr/one; touch out/usr/one/a",
        "usr/one/a",
    ),
    "a link that was changed": ("ln -sfn /etc out/usr/old/link", '"usr/old/link" was changed'),
    "a stamp of nobody": ("echo mine >out/.hostwright", "Hostwright did not write it"),
    "a stamp that lists nothing": ("sed -i 1q out/.hostwright", "Hostwright did not write"),
    "a file": ("rm -r out; echo mine >out", "it is not a folder"),
    "a link to a folder": ("mv out real; ln -s real out", "it is a symbolic link to a folder"),
    "a link to nothing": ("rm -r out; ln -s nothing out", "it is a symbolic link"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_somebody_elses_work_is_left_alone(case: str, tmp_path: Path) -> None:
    """A folder with anything in it that Hostwright did not write stays as it is, to the byte."""
    command, reason = FOREIGN[case]
    if not command.startswith("mkdir"):
        write(OLD, str(tmp_path / "out"))
    shell(command, tmp_path)
    snapshot = ["tar", "--create", "--to-stdout", "--directory", str(tmp_path), "."]
    before = subprocess.run(snapshot, capture_output=True, check=True).stdout
    diagnostic = refusal(NEW, tmp_path / "out")
    assert diagnostic.code == "HW070"
    assert reason in diagnostic.message
    after = subprocess.run(snapshot, capture_output=True, check=True).stdout
    assert after == before


def test_a_link_is_refused_with_a_slash_as_well(tmp_path: Path) -> None:
    """`-o link/` is the link, not what it leads to."""
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("real")
    with pytest.raises(RejectedError):
        write(NEW, f"{tmp_path}/out/")
    assert os.listdir(tmp_path / "real") == []


def test_folders_and_files_have_their_modes_under_any_umask(tmp_path: Path) -> None:
    """The umask of whoever compiles does not reach the tree."""
    before = os.umask(0o077)
    try:
        write(NEW, str(tmp_path / "out"))
    finally:
        os.umask(before)
    assert contents(tmp_path / "out") == meant(NEW)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o755


def test_the_listing_names_every_entry() -> None:
    """The stamp is what `verify` compares a folder with, so nothing may be left out of it."""
    tree = tree_of("demo")
    assert [line.rpartition(" ")[2] for line in tree.listing().splitlines()] == list(tree)
