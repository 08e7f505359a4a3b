"""The compiler's own package: what is in it, and that it is the same wherever it is made."""

import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from compiler.version import VERSION
from compiler_package import wheels
from compiler_package.build import VersionError, build
from compiler_package.changelog import changelog, releases
from compiler_package.project import FILES
from tests.compiler_packages import built
from tests.support import ROOT, host_names, need, tree_of

SOURCES = ("compiler", "compiler_package", "completions", "docs", "golden", "modules", "schema")
PLACES = (
    "usr/bin/",
    "usr/share/bash-completion/completions/",
    "usr/share/doc/hostwright/",
    "usr/share/fish/vendor_completions.d/",
    "usr/share/hostwright/",
    "usr/share/lintian/overrides/hostwright",
    "usr/share/man/man1/",
    "usr/share/man/man5/",
    "usr/share/python3/runtime.d/hostwright.rtupdate",
    "usr/share/zsh/vendor-completions/",
)
MARKDOWN = """\
# Changelog

## 0.2.0 (2026-03-04)

Words.

### Added

- One thing, which takes so many words that they go on in the line below,
  with a [link](docs/page.md).
- Another one.

## 0.1.0 (unreleased)

Other words.
"""
DEBIAN = """\
tool (0.2.0) unstable; urgency=medium

  * Words.
  * Added:
    - One thing, which takes so many words that they go on in the line below,
      with a [link](docs/page.md).
    - Another one.

 -- Me <me@example.org>  Wed, 04 Mar 2026 00:00:00 +0000

tool (0.1.0) unstable; urgency=medium

  * Other words.

 -- Me <me@example.org>  Thu, 01 Jan 2026 00:00:00 +0000
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of this checkout."""
    return built(tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="module")
def files(package: Path) -> Iterator[tarfile.TarFile]:
    """What it unpacks."""
    need("dpkg-deb")
    words = ["dpkg-deb", "--fsys-tarfile", str(package)]
    content = subprocess.run(words, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        yield archive


def names(files: tarfile.TarFile) -> set[str]:
    """The paths of all that is no folder."""
    return {member.name.removeprefix("./") for member in files if not member.isdir()}


def text(files: tarfile.TarFile, path: str) -> str:
    """The text of a file."""
    file = files.extractfile(f"./{path}")
    assert file is not None
    return file.read().decode()


def field(package: Path, name: str) -> str:
    """A field of the control file, as dpkg reads it."""
    words = ["dpkg-deb", "--field", str(package), name]
    return subprocess.run(words, check=True, capture_output=True, encoding="utf-8").stdout.strip()


def test_the_package_is_that_of_this_version(package: Path) -> None:
    """One number in pyproject.toml, the code, the changelog, and the package."""
    assert (package.name, field(package, "Version")) == (f"hostwright_{VERSION}_all.deb", VERSION)


def test_lintian_has_nothing_against_it(package: Path) -> None:
    """No error and no warning that is not overridden, and no override without a reason."""
    need("lintian")
    words = ["lintian", "--allow-root", "--fail-on=error,warning", str(package)]
    found = subprocess.run(words, check=False, capture_output=True, encoding="utf-8")
    assert (found.stdout, found.returncode) == ("", 0)


def test_each_override_has_its_reason() -> None:
    """A comment stands above each line."""
    lines = (FILES / "overrides").read_text().splitlines()
    above = [before for before, line in zip(["", *lines], lines, strict=False) if line[0] != "#"]
    assert all(line.startswith("# ") for line in above)


@pytest.mark.parametrize("name", ["postinst", "prerm", "rtupdate"])
def test_shellcheck_has_nothing_against_its_scripts(name: str) -> None:
    """They run as root on somebody else's machine."""
    need("shellcheck")
    words = ["shellcheck", "--enable=all", "--shell=sh", str(FILES / name)]
    found = subprocess.run(words, check=False, capture_output=True, encoding="utf-8")
    assert found.stdout == ""


def test_everything_is_where_policy_has_it(files: tarfile.TarFile) -> None:
    """In folders of its own, and in those that man(1), the shells and Python look into."""
    assert {name for name in names(files) if not name.startswith(PLACES)} == set()


@pytest.mark.parametrize("host", host_names())
def test_it_shares_no_file_with_the_package_of_a_host(host: str, files: tarfile.TarFile) -> None:
    """The machine that compiles is backed up as well."""
    assert names(files) & set(tree_of(host)) == set()


def test_its_private_folder_holds_every_file_of_the_packages(files: tarfile.TarFile) -> None:
    """Templates and tables are installed as well as code, and no bytecode."""
    private = "usr/share/hostwright/"
    ours = {name.removeprefix(private) for name in names(files) if name.startswith(private)}
    expected = {
        str(path.relative_to(ROOT))
        for package in ("compiler", "modules", "schema")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in ours if not re.match(r"bundled/|[^/]+\.dist-info/", name)} == expected


@pytest.mark.parametrize("command", ["compile", "hostwright"])
def test_commands_are_isolated(command: str, files: tarfile.TarFile) -> None:
    """Neither variables nor folders of the user decide which modules run."""
    first, *_ = text(files, f"usr/bin/{command}").splitlines()
    assert first == "#!/usr/bin/python3 -ISB"


def test_what_is_brought_along_is_what_is_needed() -> None:
    """Every requirement of ours, and of theirs, that Debian does not meet is met by a pin."""
    pins = dict(re.findall(r"^(\w+)==(\S+)", wheels.REQUIREMENTS.read_text(), re.MULTILINE))
    debian = {"jinja2", "pyyaml"}
    for wheel in (wheels.own(), *wheels.bundled()):
        (metadata,) = (path for path in wheel if path.endswith(".dist-info/METADATA"))
        lines = re.findall(r"^Requires-Dist: (.+)$", wheel[metadata].decode(), re.MULTILINE)
        for needed in map(Requirement, lines):
            wanted = not needed.marker or needed.marker.evaluate({"extra": ""})
            if wanted and needed.name.lower() not in debian:
                assert needed.specifier.contains(pins[needed.name.replace("-", "_")]), needed


def test_the_terms_of_what_is_brought_along_are_in_it(files: tarfile.TarFile) -> None:
    """Whole, as each wheel has them."""
    terms = text(files, "usr/share/doc/hostwright/copyright").split()
    for wheel in wheels.bundled():
        (path,) = (path for path in wheel if path.endswith("/licenses/LICENSE"))
        words = wheel[path].decode().split()
        assert " ".join(words) in " ".join(word for word in terms if word != ".")


def test_debian_gets_its_own_form_of_the_changelog() -> None:
    """With the days that CHANGELOG.md has, and a fixed one where it has none."""
    found = releases(MARKDOWN)
    assert changelog("tool", "Me <me@example.org>", found, found[0].epoch) == DEBIAN


def test_a_changelog_of_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever releases must have said what is new."""
    monkeypatch.setattr("compiler_package.build.releases", lambda _: releases(MARKDOWN))
    with pytest.raises(VersionError, match=f"{VERSION} here, 0.2.0 in CHANGELOG.md"):
        build()


def test_the_same_package_comes_of_another_checkout(package: Path, tmp_path: Path) -> None:
    """Another folder, owner, umask, time zone, locale and hash seed make no other bytes."""
    checkout = tmp_path / "checkout"
    _check_out(checkout)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TZ": "Pacific/Apia"}
    environment |= {"LC_ALL": "C", "USER": "somebody", "PYTHONHASHSEED": "7"}
    words = [sys.executable, "-m", "compiler_package", str(tmp_path / "dist")]
    subprocess.run(words, cwd=checkout, env=environment, umask=0o077, check=True)
    assert (tmp_path / "dist" / package.name).read_bytes() == package.read_bytes()


def _check_out(folder: Path) -> None:
    """A copy in which nobody but another user may read anything, as old as it is."""
    for name in SOURCES:
        shutil.copytree(
            ROOT / name,
            folder / name,
            ignore=shutil.ignore_patterns("__pycache__"),
            copy_function=shutil.copyfile,
        )
    for name in (".gitignore", "CHANGELOG.md", "LICENSE", "README.md", "pyproject.toml"):
        shutil.copyfile(ROOT / name, folder / name)
    shutil.copytree(ROOT / ".cache" / "bundled", folder / ".cache" / "bundled")
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
        if os.geteuid() == 0:
            os.chown(path, 65534, 65534)


def test_everything_in_it_is_as_old_as_is_asked_for() -> None:
    """SOURCE_DATE_EPOCH, for those who rebuild what is in a distribution."""
    _, content = build(1_700_000_000)
    assert content[8 + 16 : 8 + 28] == b"1700000000  "
