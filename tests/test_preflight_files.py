"""hostwright-preflight on what the package brings: its files, borg's home, and before it comes."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.programs import Import, installed, libraries
from tests.support import compile_text

HOST = """
host: web1
target: debian-12
backup: {repository: /mnt/100% vault, passphrase: /etc/credstore/secret, paths: [/etc]}
"""
UNIT = "[Service]\nExecStart={0}/dump stdout x {0}/sqlite\nExecStartPre=-{0}/verify\n"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """The folder of the programs of a host."""
    return installed(tmp_path / "programs")


@pytest.fixture
def part(programs: Path) -> Iterator[Import]:
    """Imports parts of the program, as they lie on a host."""
    with libraries(programs) as part:
        yield part


@pytest.fixture
def said(part: Import, programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What is found of a host with one unit; root stands for borg."""
    files = part("preflight_files")
    monkeypatch.setattr(files, "USER", "root")
    home = tmp_path / "home"
    made = frozenset({home, home / ".cache"})
    (home / ".cache").mkdir(parents=True)
    (tmp_path / "backup.service").write_text(UNIT.format(programs))
    expected = SimpleNamespace(
        installed=True, units=("backup.service",), system=tmp_path, home=str(home), made=made
    )
    return lambda: [f"{one.level} {one.subject}: {one.text}" for one in files.check(expected)]


def test_a_host_with_all_its_files_is_good(said: Any) -> None:
    """One line says so."""
    assert said() == ["good files: programs, units and borg's home are there"]


@pytest.mark.parametrize(
    ("name", "break_it", "why"),
    [
        ("dump", Path.unlink, "is not there, and units need it: copy the compiled tree again: "),
        ("sqlite", Path.unlink, "is not there, and units need it: "),
        ("contract.py", Path.unlink, "is not there, and units need it: "),
        ("contract.py", lambda file: file.write_text(""), "is empty, and units need it: "),
        ("contract.py", lambda file: file.write_text("def"), "is damaged, and units need it: "),
        ("dump", lambda file: file.chmod(0o644), "cannot be run by the users of the units: chmod "),
        ("contract.py", lambda file: file.chmod(0o600), "cannot be read by the users of the "),
    ],
)
def test_a_program_that_units_need_must_be_whole(
    said: Any, programs: Path, name: str, break_it: Callable[[Path], object], why: str
) -> None:
    """Those that stand in commands, and what these import."""
    break_it(programs / name)
    [line] = said()
    assert line.startswith(f"FAIL program {programs / name}: {why}")


def test_a_unit_that_is_gone_is_told(said: Any, tmp_path: Path) -> None:
    """Somebody has tidied up."""
    (tmp_path / "backup.service").unlink()
    [line] = said()
    assert line.startswith(f"FAIL unit backup.service: {tmp_path}/backup.service is not there: ")


def test_a_home_that_is_not_borgs_is_told(said: Any, tmp_path: Path) -> None:
    """A borg that somebody has run as root leaves such folders behind."""
    os.chown(tmp_path / "home" / ".cache", 12345, 0)
    home = f"{tmp_path}/home"
    assert said() == [
        f"FAIL home {home}: {home}/.cache does not belong to root: chown -R root:root {home}"
    ]


def laid_out(part: Import, folder: Path) -> Any:
    """What the program reads of a tree in a folder."""
    tree = compile_text(HOST).tree
    assert tree is not None
    for path, file in tree.items():
        if path.endswith(("/preflight.toml", "/tmpfiles.d/backup.conf")):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(file.text)  # type: ignore[union-attr]
    return part("preflight_settings").read(folder / "usr/lib/hostwright/preflight.toml")


def test_a_tree_in_some_folder_knows_that_it_is_not_installed(part: Import, tmp_path: Path) -> None:
    """And which folders its own tmpfiles.d will make."""
    expected = laid_out(part, tmp_path / "out")
    assert not expected.installed
    assert {Path("/backup"), Path("/home/borg"), Path("/mnt/100% vault")} <= expected.made


def test_what_comes_with_the_package_is_not_missing(
    part: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither borg nor its folders; nobody is sent to systemd-tmpfiles, which has no file yet."""
    expected, host = laid_out(part, tmp_path / "out"), part("preflight_host")
    monkeypatch.setattr(host.pwd, "getpwnam", lambda name: {}[name])
    monkeypatch.setattr(host.grp, "getgrnam", lambda name: {}[name])
    monkeypatch.setattr(host.os.path, "lexists", lambda _: False)
    levels = {one.subject: one.level for one in host.accounts(expected)}
    assert levels["user borg"] == "good"
    assert {one.subject: one.level for one in host.paths(expected)}["path /backup"] == "good"


@pytest.mark.parametrize(
    ("machine", "host", "level"),
    [
        ("web1", "web1", "good"),
        ("web1", "web1.example.org", "good"),
        ("WEB1.example.org", "web1.example.org", "good"),
        ("vm", "web1", "note"),
        ("web1.example.com", "web1.example.org", "note"),
    ],
)
def test_a_machine_of_another_name_is_noted(
    part: Import, monkeypatch: pytest.MonkeyPatch, machine: str, host: str, level: str
) -> None:
    """Two with one manifest would prune each other's archives."""
    looks = part("preflight_host")
    monkeypatch.setattr(looks.platform, "node", lambda: machine)
    [one] = looks.name(host)
    assert one.level == level
    assert (level == "note") == (f'this machine is called "{machine}", ' in one.text)


def test_notes_are_counted_at_the_end(part: Import) -> None:
    """All is well only when there is nothing to say."""
    findings = part("findings")
    good, note = (findings.Finding(level, "", "") for level in ("good", "note"))
    assert [findings.summary(found) for found in ([good], [good, note], [note, note])] == [
        "all is well",
        "nothing fails; 1 note",
        "nothing fails; 2 notes",
    ]
