"""The same manifests give the same bytes, whoever compiles them, where, when and how."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from tests.folders import NOBODY, contents
from tests.support import ROOT, hosts, need

PACKAGED = [host for host in hosts() if host.name != "layout-etc"]
"""All but the host whose tree, of the same files in other places, cannot be a package."""
EPOCH = {"SOURCE_DATE_EPOCH": "1790000000"}
SURROUNDINGS: dict[str, dict[str, str]] = {
    "another hash seed": {"PYTHONHASHSEED": "12345"},
    "a random hash seed": {"PYTHONHASHSEED": "random"},
    "the C locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "a UTF-8 locale": {"LC_ALL": "C.UTF-8", "LANGUAGE": "de"},
    "a locale that is not installed": {"LC_ALL": "tr_TR.ISO-8859-9"},
    "a time zone in the east": {"TZ": "Pacific/Kiritimati"},
    "a time zone in the west": {"TZ": "America/Los_Angeles"},
    "another day": {"FAKETIME": "2038-01-19"},
    "no environment": {},
    "a terminal": {"TERM": "xterm-256color", "COLUMNS": "20", "FORCE_COLOR": "1"},
    "another home and user": {"HOME": "/nonexistent", "USER": "somebody", "HOSTNAME": "elsewhere"},
    "optimized Python": {"PYTHONOPTIMIZE": "2"},
}


def compile_all(
    folder: Path,
    *,
    cwd: Path = ROOT,
    umask: int = 0o022,
    before: tuple[str, ...] = (),
    environment: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Compile and package all golden hosts in a process of its own, and give all that it wrote."""
    words = [*before, sys.executable, "-m", "compiler", "compile"]
    words += [os.path.relpath(host / "host.yaml", cwd) for host in PACKAGED]
    words += ["-o", str(folder / "out"), "--deb", str(folder / "packages")]
    surroundings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **EPOCH}
    subprocess.run(
        words,
        cwd=cwd,
        env={**surroundings, **(environment or {})},
        umask=umask,
        check=True,
        capture_output=True,
    )
    return contents(folder / "out") | _packages(folder / "packages")


def _packages(folder: Path) -> dict[str, str]:
    """Each package, with its mode and the digest of its bytes."""
    return {
        file.name: f"{file.stat().st_mode:o} {sha256(file.read_bytes()).hexdigest()}"
        for file in sorted(folder.iterdir())
    }


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What an ordinary compile gives."""
    return compile_all(tmp_path_factory.mktemp("ordinary"), environment={"PYTHONHASHSEED": "0"})


@pytest.mark.parametrize("case", SURROUNDINGS)
def test_surroundings_leave_no_trace(case: str, expected: dict[str, str], tmp_path: Path) -> None:
    """Hash seed, locale, time zone, terminal and user: the same bytes and modes."""
    assert compile_all(tmp_path, environment=SURROUNDINGS[case]) == expected


@pytest.mark.parametrize("umask", [0o000, 0o027, 0o077])
def test_the_umask_leaves_no_trace(umask: int, expected: dict[str, str], tmp_path: Path) -> None:
    """Every mode is one that the tree says, OUT's own included."""
    assert compile_all(tmp_path, umask=umask) == expected
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o755


def test_the_clock_leaves_no_trace(expected: dict[str, str], tmp_path: Path) -> None:
    """Tree and package of a second later are the same, dates inside the archives included."""
    now = int(time.time())
    while int(time.time()) == now:
        time.sleep(0.05)
    assert compile_all(tmp_path) == expected


def test_the_folder_of_the_checkout_leaves_no_trace(
    expected: dict[str, str], tmp_path: Path
) -> None:
    """Another checkout of Hostwright gives the same trees and packages."""
    for package in ("compiler", "schema", "modules", "golden"):
        shutil.copytree(ROOT / package, tmp_path / "checkout" / package)
    elsewhere = {"PYTHONPATH": str(tmp_path / "checkout")}
    assert compile_all(tmp_path, cwd=tmp_path / "checkout", environment=elsewhere) == expected


def test_the_folder_of_the_manifests_leaves_no_trace(
    expected: dict[str, str], tmp_path: Path
) -> None:
    """Manifests that lie somewhere else and are named by another path give the same."""
    shutil.copytree(ROOT / "golden", tmp_path / "elsewhere" / "golden")
    assert compile_all(tmp_path, cwd=tmp_path / "elsewhere") == expected


def test_root_and_nobody_get_the_same(expected: dict[str, str], tmp_path: Path) -> None:
    """An unprivileged user needs nothing but a folder to write to."""
    if os.geteuid() != 0:
        assert compile_all(tmp_path) == expected  # this is an unprivileged user
        return
    need("setpriv")
    for folder in (tmp_path, *list(tmp_path.parents)[:-2]):
        folder.chmod(0o755)
    os.chown(tmp_path, NOBODY, NOBODY)
    # May read the checkout and the interpreter, wherever they are; as borg may, and no more.
    reader = ("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search")
    who = (f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    got = compile_all(tmp_path, before=("setpriv", *who, *reader))
    assert (tmp_path / "out").stat().st_uid == NOBODY
    assert got == expected


def test_a_second_compile_in_the_same_process_gives_the_same(
    expected: dict[str, str], tmp_path: Path
) -> None:
    """No cache of the first run changes the second one."""
    manifests = [str(host / "host.yaml") for host in PACKAGED]
    code = (
        "from compiler.fleet import compile_fleet\n"
        f"for order in (slice(None), slice(None, None, -1)):\n"
        f"    compile_fleet({manifests!r}[order], {str(tmp_path)!r} + '/out', strict=False)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    assert contents(tmp_path / "out").items() <= expected.items()
