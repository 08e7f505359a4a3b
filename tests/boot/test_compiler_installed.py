"""The compiler's own package, installed by apt on a bare Debian without a network, and used."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen

from compiler.version import VERSION
from tests.boot.bad_day import Entry, bare_root, everything
from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.compiler_packages import built
from tests.support import ROOT

pytestmark = pytest.mark.boot

NEEDED = ("man-db", "python3-jinja2", "python3-yaml")
LOOKED_AT = ("/etc", "/opt", "/root", "/usr", "/var/lib")
KEPT = (  # what dpkg, apt and systemd note of any package, or at any time
    "/var/lib/apt/",
    "/var/lib/dpkg/",
    "/var/lib/systemd/",
)
_APT = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--yes", "--quiet=2")


@frozen
class Machine:
    """A booted machine with the package, and what it was like before."""

    host: Host
    before: dict[str, Entry]


@pytest.fixture(scope="module")
def machine(
    root: Path, release: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Machine]:
    """A bare Debian, to which the package and the golden manifests have been brought."""
    del root  # which says why nothing can be booted here
    package = built(tmp_path_factory.mktemp("package"))
    with booted(bare_root(release), "workshop") as init:
        host = Host(init)
        shutil.copytree(ROOT / "golden", host.path("/srv/golden"))
        shutil.copyfile(package, host.path("/srv/hostwright.deb"))
        host.run(*_APT, "install", *NEEDED)
        before = _state(host)
        host.run(*_APT, "install", "/srv/hostwright.deb")
        yield Machine(host, before)


def _state(host: Host) -> dict[str, Entry]:
    return {
        path: entry
        for path, entry in everything(host, *LOOKED_AT).items()
        if not path.startswith(KEPT) or path.startswith("/var/lib/dpkg/info/hostwright")
    }


def _said(host: Host, words: tuple[str, ...]) -> tuple[str, str, int]:
    """What the installed compiler says below /srv, and how it ends."""
    result = host.run("env", "--chdir=/srv", *words, check=False)
    return result.stdout, result.stderr, result.returncode


def _said_here(words: tuple[str, ...], folder: Path) -> tuple[str, str, int]:
    """What that of this checkout says in a folder with the same golden manifests."""
    here = (sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {_RUN}")
    result = subprocess.run(
        [*here, *words[1:]], cwd=folder, check=False, capture_output=True, encoding="utf-8"
    )
    return result.stdout, result.stderr, result.returncode


_RUN = "from compiler.cli import main; main()"


def _files(folder: Path) -> dict[str, tuple[int, bytes | str]]:
    """Mode and content of all files, target of all links below a folder."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mode,
            str(path.readlink()) if path.is_symlink() else path.read_bytes(),
        )
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this machine with the golden manifests in it."""
    folder = tmp_path_factory.mktemp("here")
    (folder / "golden").symlink_to(ROOT / "golden")
    return folder


def test_it_says_its_version(machine: Machine) -> None:
    """That of the package."""
    assert machine.host.run("hostwright", "--version").stdout == f"hostwright {VERSION}\n"


def test_it_compiles_every_golden_manifest_to_the_same_bytes(
    machine: Machine, here: Path, subtests: pytest.Subtests
) -> None:
    """With Debian's own YAML and templates, and whatever version of Python it has."""
    for manifest in sorted((ROOT / "golden").glob("*/host.yaml")):
        name = manifest.parent.name
        with subtests.test(name):
            words = ("hostwright", "compile", f"golden/{name}/host.yaml", "-o", f"out/{name}")
            assert _said(machine.host, words) == _said_here(words, here)
            assert _files(machine.host.path(f"/srv/out/{name}")) == _files(here / "out" / name)


def test_it_compiles_the_golden_fleet_to_the_same_bytes(machine: Machine, here: Path) -> None:
    """Ten hosts that share profiles, in one call, by the other command."""
    hosts = sorted((ROOT / "golden" / "fleet" / "hosts").iterdir())
    names = tuple(str(host.relative_to(ROOT)) for host in hosts)
    machine.host.run("env", "--chdir=/srv", "compile", *names, "-o", "fleet")
    _said_here(("compile", "compile", *names, "-o", "fleet"), here)
    assert _files(machine.host.path("/srv/fleet")) == _files(here / "fleet") != {}


def test_it_makes_the_same_package_of_a_host(machine: Machine, here: Path) -> None:
    """Bit for bit, with the compression and the archives of whatever Python there is."""
    host = "golden/all-modules/host.yaml"
    version = ("--package-version", "1.0")
    words = ("hostwright", "compile", host, "-o", "tree", "--deb", "packages", *version)
    assert _said(machine.host, words) == _said_here(words, here)
    assert _files(machine.host.path("/srv/packages")) == _files(here / "packages") != {}


def test_it_rejects_what_the_checkout_rejects(machine: Machine, here: Path) -> None:
    """With the same words at the same places, whichever version of YAML reads the file."""
    files = sorted((ROOT / "golden" / "rejected").glob("*/host.yaml"))
    names = tuple(str(file.relative_to(ROOT)) for file in files)
    words = ("hostwright", "compile", "-o", "rejected", *names)
    said = _said(machine.host, words)
    assert said[2] == 1
    assert said == _said_here(words, here)


@pytest.mark.parametrize("page", ["compile", "hostwright", "hostwright-manifest"])
def test_it_brings_man_pages(machine: Machine, page: str) -> None:
    """man(1) finds each of them, and shows it."""
    shown = machine.host.run("env", "MANWIDTH=80", "man", page).stdout
    assert f"{page.upper()}(" in shown


@pytest.mark.parametrize("command", ["compile", "hostwright"])
def test_it_brings_completions(machine: Machine, command: str) -> None:
    """In the file that bash-completion looks for when the command's first word is completed."""
    folder = "/usr/share/bash-completion/completions"
    shown = f"source {folder}/{command} && complete -p {command}"
    assert machine.host.run("bash", "-c", shown).stdout.endswith(f" {command}\n")


def test_nothing_of_a_user_changes_what_it_does(machine: Machine) -> None:
    """Modules in the current folder, in variables and in /usr/local are not imported."""
    (local,) = machine.host.path("/usr/local/lib").glob("python3.*/dist-packages")
    machine.host.run("mkdir", "/srv/trap")
    for folder in (local, machine.host.path("/srv/trap")):
        for name in ("attrs", "compiler", "yaml"):
            (folder / f"{name}.py").write_text("raise SystemExit('caught')\n")
    variables = ("PYTHONPATH=/srv/trap", "PYTHONHOME=/srv/trap", "PYTHONVERBOSE=1")
    words = ("compile", "../golden/demo/host.yaml", "-o", "../trapped")
    try:
        ran = machine.host.run("env", "--chdir=/srv/trap", *variables, *words)
    finally:
        for path in local.iterdir():
            path.unlink()
    assert ran.stderr == ""


def test_no_run_leaves_bytecode_that_dpkg_did_not_see(machine: Machine) -> None:
    """Everything that is imported was compiled when it was installed; root's runs add nothing."""
    private = machine.host.path("/usr/share/hostwright")
    installed = set(private.rglob("*.pyc"))
    machine.host.run("hostwright", "options")
    machine.host.run("hostwright", "schema")
    assert set(private.rglob("*.pyc")) == installed != set()


def test_bytecode_is_made_anew_for_another_python(machine: Machine) -> None:
    """An upgrade of the release replaces Python below the package, and calls its hook."""
    private = machine.host.path("/usr/share/hostwright")
    (first, *_) = (private / "compiler" / "__pycache__").glob("cli.*.pyc")
    first.rename(first.with_name("cli.cpython-39.pyc"))
    hook = "/usr/share/python3/runtime.d/hostwright.rtupdate"
    machine.host.run(hook, "rtupdate", "python3.9", "python3.11")
    assert list((private / "compiler" / "__pycache__").glob("cli.*.pyc")) == [first]


def test_the_installed_files_are_those_of_the_package(machine: Machine) -> None:
    """By dpkg each is found with its digest, also after an installation over itself."""
    machine.host.run(*_APT, "install", "--reinstall", "/srv/hostwright.deb")
    assert machine.host.run("dpkg", "--verify", "hostwright").stdout == ""


def test_nothing_is_left_once_it_is_removed(machine: Machine) -> None:
    """Neither a file nor an empty folder, with or without a purge: it has no state of its own."""
    machine.host.run(*_APT, "remove", "hostwright")
    assert _state(machine.host) == machine.before
