"""`pytest --snapshot-update`: the one way to accept new golden files, and safe for all others."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import GOLDEN, ROOT

_HOSTS = ("demo", "minimal")
_UNIT = "tree/usr/lib/systemd/system/backup.service"
_SCRIPT = "tree/usr/lib/hostwright/borg"


@pytest.fixture(scope="module")
def updated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The golden folder of a small copy of the repository, after an update put it right again."""
    copy = tmp_path_factory.mktemp("repository")
    unwanted = shutil.ignore_patterns("__pycache__", "boot", "test_*.py")
    for folder in ("compiler", "schema", "modules", "tests"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=unwanted)
    shutil.copy(ROOT / "tests" / "test_golden.py", copy / "tests")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for host in _HOSTS:
        shutil.copytree(GOLDEN / host, copy / "golden" / host)
    minimal = copy / "golden" / "minimal"
    (minimal / _UNIT).write_text("changed", encoding="utf-8")
    (minimal / _SCRIPT).unlink()
    (minimal / "tree" / "etc").mkdir()
    (minimal / "tree" / "etc" / "stray").touch()
    (minimal / "report").touch()
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", "minimal"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run(
        [sys.executable, *words, "tests/test_golden.py", "--snapshot-update"],
        cwd=copy,
        env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return copy / "golden"


def test_update_never_touches_a_manifest(updated: Path) -> None:
    """host.yaml is written by hand: not even an update that deletes may touch it."""
    after = [(updated / host / "host.yaml").read_bytes() for host in _HOSTS]
    assert after == [(GOLDEN / host / "host.yaml").read_bytes() for host in _HOSTS]


def test_update_writes_what_changed_and_what_is_missing(updated: Path) -> None:
    """A changed and a missing golden file are as the compiler makes them again."""
    after = [(updated / "minimal" / path).read_bytes() for path in (_UNIT, _SCRIPT)]
    assert after == [(GOLDEN / "minimal" / path).read_bytes() for path in (_UNIT, _SCRIPT)]


def test_update_removes_strays_and_their_folders(updated: Path) -> None:
    """A file that no tree has any more goes away, and so does a report without a warning."""
    assert _paths(updated / "minimal") == _paths(GOLDEN / "minimal")


def test_update_of_one_host_leaves_the_others(updated: Path) -> None:
    """An update with -k touches the chosen host only."""
    assert _paths(updated / "demo") == _paths(GOLDEN / "demo")


def _paths(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
