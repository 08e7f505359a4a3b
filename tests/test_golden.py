"""The golden hosts: each manifest in golden/ compiles to exactly the files that lie beside it.

To accept what changed: pytest --snapshot-update, then read `git diff golden/`.
"""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from compiler.report import report
from schema.tree import Link, Tree
from tests.snapshots import GoldenFile
from tests.support import GOLDEN, compiled, files_of, host_names, tree_of

pytestmark = pytest.mark.parametrize("host", host_names())


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """The golden files of the host, as snapshots."""
    return snapshot.use_extension(GoldenFile)


def test_tree_has_golden_files(
    host: str, golden: SnapshotAssertion, subtests: pytest.Subtests
) -> None:
    """Each regular file has exactly the golden text."""
    for path, file in files_of(host).items():
        with subtests.test(path):
            assert file.text == golden(name=f"tree/{path}")


def test_tree_has_golden_listing(host: str, golden: SnapshotAssertion) -> None:
    """Each entry has its golden mode, or its golden link's target."""
    assert _listing(tree_of(host)) == golden(name="listing")


def test_report_is_golden(host: str, golden: SnapshotAssertion) -> None:
    """A warning is a part of a golden host only where it is written down."""
    found = compiled(host).diagnostics
    source = (GOLDEN / host / "host.yaml").read_text(encoding="utf-8").split("\n")
    if found:
        assert report(found, {"host.yaml": source}) == golden(name="report")


def test_folder_holds_nothing_else(host: str, request: pytest.FixtureRequest) -> None:
    """No golden file outlives what it was for; an update removes it."""
    folder = GOLDEN / host
    strays = _strays(folder, _expected(host))
    if request.config.getoption("--snapshot-update"):
        for stray in strays:
            (folder / stray).unlink()
            _remove_empty(folder, (folder / stray).parent)
        strays = []
    assert strays == []


def _listing(tree: Tree) -> str:
    """One line per entry: what git does not keep of it, and its path."""
    return "".join(
        f"link {path} -> {entry.target}\n"
        if isinstance(entry, Link)
        else f"{entry.mode:04o} {path}\n"
        for path, entry in tree.items()
    )


def _expected(host: str) -> set[str]:
    report_file = {"report"} if compiled(host).diagnostics else set()
    return {"host.yaml", "listing", *report_file, *(f"tree/{path}" for path in files_of(host))}


def _strays(folder: Path, expected: set[str]) -> list[str]:
    found = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted({str(path.relative_to(folder)) for path in found} - expected)


def _remove_empty(top: Path, folder: Path) -> None:
    while folder != top and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
