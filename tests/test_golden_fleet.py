"""The fleet of golden/fleet: ten hosts of a shop, with three profiles, compiled in one run.

Programs are the same on every host, but for the name in their header. A program that stands in the
tree of a golden host is not kept once more: the listing names that host.

To accept what changed: pytest --snapshot-update, then read `git diff golden/fleet`.
"""

import os
import stat
from functools import cache
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from compiler import cli
from tests.snapshots import GoldenFile
from tests.support import GOLDEN, compiled, files_of

FLEET = GOLDEN / "fleet"
MANIFESTS = sorted(FLEET.glob("hosts/*.yaml"))
PROGRAMS = "usr/lib/hostwright/"
ALIKE = ("watched", "all-modules", "gitea-postgresql")
HOSTS = [f"fleet/trees/{file.stem}" for file in MANIFESTS]

each_host = pytest.mark.parametrize("host", HOSTS)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the fleet was compiled into."""
    out = tmp_path_factory.mktemp("fleet") / "out"
    outcome = cli.run(["compile", *map(str, MANIFESTS), "-o", str(out), "--strict"])
    assert (outcome.status, outcome.errors) == (0, "")
    return out


def test_fleet_has_ten_hosts_and_nothing_else(fleet: Path) -> None:
    """One call compiles all of them, each into the folder of its name."""
    assert sorted(os.listdir(fleet)) == [file.stem for file in MANIFESTS]
    assert len(MANIFESTS) == 10


@each_host
def test_tree_has_golden_files(
    host: str, fleet: Path, snapshot: SnapshotAssertion, subtests: pytest.Subtests
) -> None:
    """Each regular file has exactly the golden text."""
    golden, tree = snapshot.use_extension(GoldenFile), fleet / Path(host).name
    for path in _kept(tree):
        with subtests.test(path):
            assert (tree / path).read_bytes().decode() == golden(name=f"tree/{path}")


@each_host
def test_tree_has_golden_listing(host: str, fleet: Path, snapshot: SnapshotAssertion) -> None:
    """Each entry has its golden mode, or its golden link's target."""
    golden = snapshot.use_extension(GoldenFile)

    assert _listing(fleet / Path(host).name) == golden(name="listing")


@each_host
def test_folder_holds_nothing_else(host: str, fleet: Path, request: pytest.FixtureRequest) -> None:
    """No golden file outlives what it was for; an update removes it."""
    expected = {"listing", *(f"tree/{path}" for path in _kept(fleet / Path(host).name))}
    strays = sorted(set(_files(GOLDEN / host)) - expected)
    if request.config.getoption("--snapshot-update"):
        for stray in strays:
            (GOLDEN / host / stray).unlink()
        strays = []

    assert strays == []


def test_no_tree_outlives_its_host() -> None:
    """A host that was taken out of the fleet leaves nothing behind."""
    assert sorted(os.listdir(FLEET / "trees")) == [file.stem for file in MANIFESTS]


def _files(folder: Path) -> list[str]:
    """The regular files of a tree, but for the stamp of whoever wrote it."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sorted({str(path.relative_to(folder)) for path in found} - {".hostwright"})


def _kept(tree: Path) -> list[str]:
    """Those that no golden host has as well."""
    return [path for path in _files(tree) if _twin(tree, path) is None]


def _twin(tree: Path, path: str) -> str | None:
    """The golden host that has the same program."""
    if not path.startswith(PROGRAMS):
        return None
    text = _without_name((tree / path).read_text(), tree.name)
    return next((host for host in ALIKE if text == _programs(host).get(path)), None)


@cache
def _programs(host: str) -> dict[str, str]:
    """The programs of a golden host, without its name."""
    name = compiled(host).host or ""
    return {
        path: _without_name(file.text, name)
        for path, file in files_of(host).items()
        if path.startswith(PROGRAMS)
    }


def _without_name(text: str, host: str) -> str:
    return text.replace(f"from the manifest of {host}.", "", 1)


def _listing(tree: Path) -> str:
    """One line per entry: what git does not keep of it, its path, and who has the same program."""
    lines = []
    for path in sorted(tree.rglob("*"), key=lambda one: str(one.relative_to(tree))):
        name = str(path.relative_to(tree))
        if path.is_symlink():
            lines.append(f"link {name} -> {path.readlink()}\n")
        elif path.is_file() and name != ".hostwright":
            twin = _twin(tree, name)
            same = f"  as in golden/{twin}" if twin else ""
            lines.append(f"{stat.S_IMODE(path.stat().st_mode):04o} {name}{same}\n")
    return "".join(lines)
