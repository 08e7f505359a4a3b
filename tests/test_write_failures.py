"""Tree -> folder when something goes wrong: a kill, a full disk, somebody else at the same time."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from compiler.digest import digest
from compiler.staging import claimed, staging_area
from compiler.standing import stamp_of, standing
from compiler.write import publish, stage, write
from schema.diagnostics import RejectedError
from tests.folders import NOBODY, as_nobody, contents, meant, mounted, refusal
from tests.killed import small_tree
from tests.support import ROOT, compiled, tree_of

OLD, NEW = small_tree("old"), small_tree("new")


@pytest.fixture
def ours() -> Iterator[Path]:
    """A folder that an unprivileged user owns and can reach."""
    with tempfile.TemporaryDirectory() as folder:
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        yield Path(folder)
        for where, _, _ in os.walk(folder):
            os.chmod(where, 0o700)


def test_what_comes_in_between_is_not_lost(tmp_path: Path) -> None:
    """A file that somebody puts there after the look and before the exchange stays where it is."""
    folder = str(tmp_path / "out")
    write(OLD, folder)
    area = staging_area(folder)
    with claimed(area, folder):
        assert stage(NEW, folder, f"{area}/tree")
        (tmp_path / "out/notes").write_text("mine")
        with pytest.raises(RejectedError) as rejected:
            publish(f"{area}/tree", folder)
    assert f'"{folder}" is left alone' in rejected.value.diagnostics[0].message
    assert contents(tmp_path / "out") == {**meant(OLD), "notes": "644 mine"}
    assert os.listdir(tmp_path) == ["out"]


def test_a_folder_that_comes_in_between_is_not_lost(tmp_path: Path) -> None:
    """The same for a whole folder where there was none."""
    folder = str(tmp_path / "out")
    area = staging_area(folder)
    with claimed(area, folder):
        stage(NEW, folder, f"{area}/tree")
        (tmp_path / "out").mkdir()
        (tmp_path / "out/notes").write_text("mine")
        with pytest.raises(RejectedError):
            publish(f"{area}/tree", folder)
    assert contents(tmp_path / "out") == {"notes": "644 mine"}


def test_compiles_into_one_folder_take_turns(tmp_path: Path) -> None:
    """Of many at once none fails, the folder holds one of their trees, and nothing stays behind."""
    trees = [small_tree(f"tree{number}") for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: write(trees[number % 4], str(tmp_path / "out")), range(24)))
    assert standing(str(tmp_path / "out")) in {stamp_of(tree) for tree in trees}
    assert os.listdir(tmp_path) == ["out"]


def test_a_kill_at_any_step_leaves_the_old_tree_or_the_new_one(tmp_path: Path) -> None:
    """Never a mixture; and the next write removes what the killed one left."""
    words = [sys.executable, "-m", "tests.killed", str(tmp_path)]
    run = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    replaced, fresh = json.loads(run.stdout)
    assert replaced.keys() == {"old", "new"}
    assert fresh.keys() == {"old", "new"}
    assert replaced["old"] > 40


def test_a_compile_that_is_killed_leaves_the_old_tree_or_the_new_one(tmp_path: Path) -> None:
    """The whole command, killed after delays that go from its start to beyond its end."""
    write(tree_of("minimal"), str(tmp_path / "out"))
    manifest = str(ROOT / "golden/demo/host.yaml")
    words = [sys.executable, "-m", "compiler", "compile", manifest, "-o", str(tmp_path / "out")]
    document, new = compiled("demo").document, tree_of("demo")
    assert document is not None
    allowed = {stamp_of(tree_of("minimal")), stamp_of(new, digest(document))}
    for delay in (0.1, 0.2, 0.25, 0.3):
        with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
            try:
                process.wait(delay)
            except subprocess.TimeoutExpired:
                process.kill()
        assert standing(str(tmp_path / "out")) in allowed
    subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    assert os.listdir(tmp_path) == ["out"]


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """The old tree stays, nothing else does, and the reason is said."""
    with mounted(tmp_path / "disk", "-o", "size=64k"):
        write(OLD, str(tmp_path / "disk/out"))
        diagnostic = refusal(tree_of("demo"), tmp_path / "disk/out")
        assert diagnostic.code == "HW071"
        assert "No space left on device; it is as it was" in diagnostic.message
        assert contents(tmp_path / "disk/out") == meant(OLD)
        assert os.listdir(tmp_path / "disk") == ["out"]


def test_a_read_only_disk_is_reported(tmp_path: Path) -> None:
    """Nothing can be written, so nothing is."""
    with mounted(tmp_path / "disk", "-o", "ro"):
        diagnostic = refusal(NEW, tmp_path / "disk/out")
    assert diagnostic.code == "HW071"
    assert "Read-only file system" in diagnostic.message


def test_a_mount_point_is_reported(tmp_path: Path) -> None:
    """A mount point cannot be exchanged; a folder in it can."""
    with mounted(tmp_path / "disk"):
        diagnostic = refusal(NEW, tmp_path / "disk")
        write(NEW, str(tmp_path / "disk/out"))
        assert contents(tmp_path / "disk/out") == meant(NEW)
    assert diagnostic.fix == "a mount point cannot be replaced: give a folder inside it with -o"


def test_a_parent_without_permission_is_reported(ours: Path) -> None:
    """No parent stays that was made for nothing."""
    (ours / "locked").mkdir(mode=0o755)
    with as_nobody():
        (ours / "made").mkdir()
        (ours / "made").chmod(0o555)
        diagnostic = refusal(NEW, ours / "made/deep/out")
        (ours / "made").chmod(0o755)
    assert diagnostic.code == "HW071"
    assert "Permission denied" in diagnostic.message
    assert os.listdir(ours / "made") == []


def test_a_read_only_folder_is_left_alone(ours: Path) -> None:
    """Who takes the write permission off an old tree keeps it."""
    with as_nobody():
        write(OLD, str(ours / "out"))
        (ours / "out").chmod(0o555)
        diagnostic = refusal(NEW, ours / "out")
        (ours / "out").chmod(0o755)
    assert "Permission denied" in diagnostic.message
    assert contents(ours / "out") == meant(OLD)
    assert os.listdir(ours) == ["out"]


def test_a_read_only_folder_in_the_old_tree_is_removed(ours: Path) -> None:
    """Otherwise it would stay behind for ever."""
    with as_nobody():
        write(OLD, str(ours / "out"))
        (ours / "out/usr/old").chmod(0o555)
        write(NEW, str(ours / "out"))
    assert contents(ours / "out") == meant(NEW)
    assert os.listdir(ours) == ["out"]


def test_a_parent_that_is_a_file_is_reported(tmp_path: Path) -> None:
    """The reason is the kernel's."""
    (tmp_path / "file").write_text("mine")
    diagnostic = refusal(NEW, tmp_path / "file/out")
    assert "Not a directory" in diagnostic.message


def test_a_folder_in_the_way_is_left_alone(tmp_path: Path) -> None:
    """Whatever happens to be called like the staging area is not emptied for that."""
    area = Path(staging_area(str(tmp_path / "out")))
    area.mkdir()
    (area / "notes").write_text("mine")
    diagnostic = refusal(NEW, tmp_path / "out")
    assert f'the folder "{area}" is in the way, with "notes" in it' in diagnostic.message
    assert contents(tmp_path) == {area.name: "755/", f"{area.name}/notes": "644 mine"}


def test_a_planted_staging_link_is_not_followed(tmp_path: Path) -> None:
    """In a folder that others can write to, a link in the place of the staging area is an error."""
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/file").write_text("theirs")
    Path(staging_area(str(tmp_path / "out"))).symlink_to(tmp_path / "theirs")
    assert refusal(NEW, tmp_path / "out").code == "HW071"
    assert os.listdir(tmp_path / "theirs") == ["file"]
