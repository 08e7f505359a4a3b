"""The wheel: our three packages with their data, and nothing else."""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support import GOLDEN, ROOT, give_up

PACKAGES = ("compiler", "schema", "modules")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    """The wheel of this checkout, built without a network."""
    if find_spec("hatchling") is None:
        give_up("not installed: hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    code = f"from hatchling.build import build_wheel; build_wheel({str(folder)!r})"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
    (file,) = folder.iterdir()
    with ZipFile(file) as archive:
        yield archive


def sources() -> set[str]:
    """Every file of the three packages."""
    return {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_every_file_of_the_packages(wheel: ZipFile) -> None:
    """Templates and tables are installed as well as code."""
    packaged = {name for name in wheel.namelist() if not re.search(r"\.(dist-info|data)/", name)}
    assert packaged == sources()


def test_the_wheel_brings_the_manual_and_the_completions(wheel: ZipFile) -> None:
    """Where man(1) and the shells look for them below a prefix."""
    shared = {name.partition(".data/data/")[2] for name in wheel.namelist() if ".data/" in name}
    assert shared == {
        "share/bash-completion/completions/hostwright",
        "share/fish/vendor_completions.d/hostwright.fish",
        "share/man/man1/compile.1",
        "share/man/man1/hostwright.1",
        "share/man/man5/hostwright-manifest.5",
        "share/zsh/site-functions/_hostwright",
    }


def test_the_wheel_installs_two_commands(wheel: ZipFile) -> None:
    """`compile` and `hostwright`."""
    name = next(name for name in wheel.namelist() if name.endswith("/entry_points.txt"))
    commands = wheel.read(name).decode().split("[console_scripts]\n")[1].strip().splitlines()
    assert commands == ["compile = compiler.cli:compile_main", "hostwright = compiler.cli:main"]


def test_the_wheel_has_the_licence(wheel: ZipFile) -> None:
    """Whoever has the wheel has the terms."""
    name = next(name for name in wheel.namelist() if name.endswith("/licenses/LICENSE"))
    assert wheel.read(name) == (ROOT / "LICENSE").read_bytes()


def test_what_is_installed_compiles_as_the_checkout_does(wheel: ZipFile, tmp_path: Path) -> None:
    """Nothing is read from beside the packages."""
    wheel.extractall(tmp_path / "site")
    manifest = str(GOLDEN / "demo" / "host.yaml")
    for place, folder in ((tmp_path / "site", "installed"), (ROOT, "checkout")):
        words = [
            sys.executable,
            "-m",
            "compiler",
            "compile",
            manifest,
            "-o",
            str(tmp_path / folder),
        ]
        subprocess.run(words, cwd=place, check=True, capture_output=True)
    installed, checkout = tmp_path / "installed", tmp_path / "checkout"
    assert (installed / ".hostwright").read_text() == (checkout / ".hostwright").read_text()


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_claims_our_names(package: str) -> None:
    """They are plain words; two distributions of one name would overwrite each other's files."""
    assert set(packages_distributions().get(package, [])) <= {"hostwright"}
