"""hostwright-preflight by its parts: time limits, secrets' files, what hides units, dumps."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.programs import Import
from tests.support import give_up

# The program has no threads; of those of a worker of pytest the checks' processes use nothing.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
SLEEP = ("sleep", "97531")


def said(found: Any) -> list[str]:
    """Findings as lines."""
    return [f"{one.level} {one.subject}: {one.text}" for one in found]


def test_checks_report_in_their_order(part: Import) -> None:
    """They run at the same time, and the report is the same each time."""
    findings = part("findings")

    def look(name: str, seconds: float) -> Iterator[Any]:
        time.sleep(seconds)
        yield findings.Finding("good", name, "is there")

    checks = [
        findings.Check(name, lambda name=name, seconds=seconds: look(name, seconds))
        for name, seconds in (("slow", 0.3), ("quick", 0))
    ]
    assert said(findings.examined(checks)) == ["good slow: is there", "good quick: is there"]


def test_a_check_that_hangs_is_stopped_with_all_it_started(part: Import) -> None:
    """What it had found counts, and what it was looking at is named."""
    findings = part("findings")

    def hang() -> Iterator[Any]:
        yield findings.Finding("good", "path /etc", "is there")
        yield findings.asking("path /srv")
        subprocess.run(["sh", "-c", f"{' '.join(SLEEP)} & wait"], check=False)

    began = time.monotonic()
    found = findings.examined([findings.Check("paths", hang, 0.5)])
    assert said(found) == [
        "good path /etc: is there",
        "FAIL path /srv: no answer within 0 seconds: does its disk, or a server, hang?",
    ]
    assert time.monotonic() - began < 4
    assert _is_gone(SLEEP)


def _is_gone(words: tuple[str, ...]) -> bool:
    """Whether no process has such a command line, a moment after all of them were killed."""
    for _ in range(100):
        if words not in [_words(process) for process in Path("/proc").glob("[0-9]*")]:
            return True
        time.sleep(0.05)
    return False


def _words(process: Path) -> tuple[str, ...]:
    try:
        return tuple((process / "cmdline").read_text().split("\0")[:-1])
    except OSError:
        return ()


def test_a_bug_in_a_check_shows_no_secret(part: Import) -> None:
    """Of an exception only its kind is told: its text could be anything."""
    findings = part("findings")

    def broken() -> Iterator[Any]:
        raise ValueError("correct horse")
        yield

    [line] = said(findings.examined([findings.Check("repository", broken)]))
    assert line.startswith("FAIL repository: could not be looked at (ValueError)")
    assert "correct horse" not in line


def test_a_check_that_is_refused_says_by_what(part: Import) -> None:
    """An error of the system is told in its own words."""
    findings = part("findings")

    def refused() -> Iterator[Any]:
        Path("/nowhere/at/all").read_text()
        yield

    assert said(findings.examined([findings.Check("paths", refused)])) == [
        "FAIL paths: /nowhere/at/all: No such file or directory"
    ]


@pytest.mark.parametrize(
    ("break_it", "why"),
    [
        (lambda file: file.unlink(), "is not there: put the ping key into it with mode 0600: "),
        (lambda file: file.write_text("\n"), "is empty: put the ping key into it"),
        (lambda file: file.chmod(0o640), "(mode 0640): chmod 600 "),
        (lambda file: os.chown(file, 1, 0), "does not belong to root: chown root: "),
        (lambda file: (file.unlink(), file.mkdir()), "is no regular file: put the ping key into"),
        (lambda file: file.parent.chmod(0o770), "where it lies: chmod go-w "),
        (lambda file: os.chown(file.parent, 1, 0), "where it lies, does not belong to root: "),
    ],
)
def test_a_secret_that_is_not_in_shape(
    part: Import, tmp_path: Path, break_it: Callable[[Path], object], why: str
) -> None:
    """Each fault of its file or folder has a line of its own, without what is in the file."""
    if os.geteuid() != 0:
        give_up("credentials belong to root")
    check = part("preflight_credentials").check
    file = tmp_path / "store" / "ping"
    file.parent.mkdir(mode=0o700)
    file.touch(mode=0o600)
    file.write_text("correct horse\n")
    assert said(check("ping_key", file)) == [f"good credential ping_key: {file}"]
    break_it(file)
    [line] = said(check("ping_key", file))
    assert line.startswith("FAIL credential ping_key: ")
    assert why in line
    assert "correct horse" not in line


@pytest.fixture
def units(part: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The part that looks at units, with folders of its own: by hand, pinned, compiled."""
    unit = part("preflight_units")
    folders = tuple(tmp_path / name for name in ("etc", "run", "usr"))
    for folder in folders:
        (folder / "backup.service.d").mkdir(parents=True)
    monkeypatch.setattr(unit, "FOLDERS", folders)
    monkeypatch.setattr(unit, "_PINNED", folders[1])
    monkeypatch.setattr(unit, "UPGRADING", tmp_path / "upgrading")
    return unit


def look(units: Any, part: Import, folder: Path) -> list[str]:
    """What is found when `backup.service`, a drop-in and a template are compiled into a folder."""
    names = ("backup.service", "backup.service.d/50-redis.conf", "backup-notify@.service")
    settings = part("preflight_settings")
    expected = settings.Expected("/home/borg", initialize=True, system=folder, units=names)
    return [line.partition(":")[0] for line in said(units.check(expected))]


def test_what_hides_a_unit_and_what_does_not(units: Any, part: Import, tmp_path: Path) -> None:
    """A file of the same name hides it, a drop-in's too, and an instance its template."""
    etc, usr = tmp_path / "etc", tmp_path / "usr"
    assert look(units, part, usr) == ["good units"]
    (usr / "backup.service").touch()
    (etc / "backup.service").symlink_to(usr / "backup.service")
    assert look(units, part, usr) == ["good units"]
    (etc / "backup-notify@backup-failure.service").write_text("[Service]\n")
    (etc / "backup.service.d" / "50-redis.conf").write_text("[Service]\n")
    hidden = ["FAIL unit backup.service.d/50-redis.conf", "FAIL unit backup-notify@.service"]
    assert look(units, part, usr)[:2] == hidden


def test_a_mask_fails_where_no_backup_succeeds_without_the_unit(
    units: Any, part: Import, tmp_path: Path
) -> None:
    """That is the backup itself, and what makes a dump that it requires; others are a choice."""
    kinds = part("preflight_settings")
    dumps = tuple(kinds.Dump(name, "root", tmp_path, name == "shop") for name in ("shop", "wiki"))
    names = ("backup.service", "backup-shop.service", "backup-wiki.service", "backup.timer")
    for name in names:
        (tmp_path / "etc" / name).symlink_to(os.devnull)
    system = tmp_path / "usr"
    expected = kinds.Expected("/home", initialize=True, system=system, units=names, dumps=dumps)
    levels = [line.partition(":")[0] for line in said(units.check(expected))]
    assert levels == [
        "FAIL unit backup.service",
        "FAIL unit backup-shop.service",
        "note unit backup-wiki.service",
        "note unit backup.timer",
    ]


def test_in_the_layout_of_etc_the_compiled_units_hide_nothing(
    units: Any, part: Import, tmp_path: Path
) -> None:
    """There they lie where things made by hand do; only a drop-in of nobody's is noted."""
    etc = tmp_path / "etc"
    (etc / "backup.service").write_text("[Service]\n")
    (etc / "backup.service.d" / "50-redis.conf").write_text("[Service]\n")
    assert look(units, part, etc) == ["good units"]
    (etc / "backup.service.d" / "mine.conf").write_text("[Service]\n")
    assert look(units, part, etc) == ["note unit backup.service", "good units"]


def test_while_a_package_is_switched_what_it_pins_is_no_fault(
    units: Any, part: Import, tmp_path: Path
) -> None:
    """The running backup keeps its units in /run until it has ended."""
    (tmp_path / "run" / "backup.service").write_text("[Service]\n")
    assert look(units, part, tmp_path / "usr") == ["FAIL unit backup.service"]
    (tmp_path / "upgrading").mkdir()
    assert look(units, part, tmp_path / "usr") == ["good units"]
