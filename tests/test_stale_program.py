"""Staleness: when the last success is too long ago, by schedules that systemd itself reads."""

import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.stage import Stage, staged

HOUR = 3600


def at(text: str) -> float:
    """Seconds since 1970 of a time in UTC."""
    return datetime.fromisoformat(f"{text}+00:00").timestamp()


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A host that was installed on Sunday evening, and has had no backup since."""
    with staged(tmp_path, monkeypatch) as stage:
        stale = stage.program("stale")
        monkeypatch.setattr(stale, "STAMP", tmp_path / "backup.last")
        monkeypatch.setattr(stale, "INSTALLED", tmp_path / "installed")
        touch(tmp_path / "installed", "2026-11-22 20:00:00")
        yield stage


def touch(file: Path, when: str) -> None:
    """Make a file, or change its time."""
    file.touch()
    os.utime(file, (at(when), at(when)))


def look(
    stage: Stage, schedule: str, now: str, jitter: int = 0, grace: int = 0
) -> tuple[str, bool]:
    """What stale says, and whether all is well."""
    stale = stage.program("stale")
    try:
        return stale.look([schedule, str(jitter), str(grace)], at(now)), True
    except stale.StaleError as error:
        return str(error), False


@pytest.mark.parametrize(
    ("schedule", "last", "now", "is_well"),
    [
        ("daily", "2026-11-23 00:20:00", "2026-11-23 23:59:59", True),
        ("daily", "2026-11-23 00:20:00", "2026-11-24 00:00:00", True),
        ("daily", "2026-11-23 00:20:00", "2026-11-24 00:00:01", False),
        ("weekly", "2026-11-16 00:20:00", "2026-11-22 23:00:00", True),
        ("weekly", "2026-11-16 00:20:00", "2026-11-23 01:00:00", False),
        ("Mon..Fri 02:00", "2026-11-20 02:30:00", "2026-11-23 01:59:00", True),
        ("Mon..Fri 02:00", "2026-11-20 02:30:00", "2026-11-23 02:01:00", False),
        ("Mon..Fri 02:00", "2026-11-19 02:30:00", "2026-11-21 12:00:00", False),
        ("*-*-1 04:00", "2026-11-01 04:10:00", "2026-11-30 12:00:00", True),
        ("*:0/15", "2026-11-23 10:01:00", "2026-11-23 10:14:00", True),
        ("*:0/15", "2026-11-23 10:01:00", "2026-11-23 10:16:00", False),
    ],
)
def test_a_backup_is_due_by_its_schedule(
    stage: Stage, schedule: str, last: str, now: str, *, is_well: bool
) -> None:
    """The next time of the schedule after the last success is the one that counts."""
    touch(stage.folder / "backup.last", last)
    assert look(stage, schedule, now)[1] is is_well


@pytest.mark.parametrize(("now", "is_well"), [("07:30:00", True), ("07:30:01", False)])
def test_jitter_and_grace_are_waited_for(stage: Stage, now: str, *, is_well: bool) -> None:
    """A host may start late by its jitter, and then take as long as the grace says."""
    touch(stage.folder / "backup.last", "2026-11-23 00:20:00")
    assert look(stage, "daily", f"2026-11-24 {now}", HOUR * 3 // 2, 6 * HOUR)[1] is is_well


@pytest.mark.parametrize(
    ("now", "is_well"), [("2026-11-25 00:59:00", True), ("2026-11-25 01:01:00", False)]
)
def test_the_time_zone_of_the_host_counts(stage: Stage, now: str, *, is_well: bool) -> None:
    """Two o'clock is one o'clock of UTC in Berlin, in winter."""
    stage.monkeypatch.setenv("TZ", "Europe/Berlin")
    touch(stage.folder / "backup.last", "2026-11-24 02:00:00")
    assert look(stage, "02:00", now)[1] is is_well


def test_a_host_without_a_backup_is_late_too(stage: Stage) -> None:
    """Counted from its installation, so that a timer that never ran is noticed."""
    said, is_well = look(stage, "daily", "2026-11-24 00:00:00")
    assert not is_well
    assert said.startswith("no backup has ever succeeded on this host, installed at Sun 2026-11-22")


def test_a_new_host_is_not_late(stage: Stage) -> None:
    """Until its first backup is due, all is well."""
    said, is_well = look(stage, "daily", "2026-11-22 23:00:00")
    assert is_well
    assert "the next was due at Mon 2026-11-23 00:00:00" in said


def test_the_message_says_when_and_where(stage: Stage) -> None:
    """When the last success was, when the next was due, until when, and what to look at."""
    stage.monkeypatch.setenv("TZ", "UTC")
    touch(stage.folder / "backup.last", "2026-11-20 00:20:00")
    said, _ = look(stage, "daily", "2026-11-24 00:00:00", HOUR, HOUR)
    assert said == (
        "the last successful backup was at Fri 2026-11-20 00:20:00 UTC; "
        "the next was due at Sat 2026-11-21 00:00:00 UTC, "
        "and to be done by Sat 2026-11-21 02:00:00 UTC\n"
        "What to look at:\n"
        "systemctl list-timers --all backup.timer\n"
        "systemctl status backup.service\n"
        "journalctl --unit=backup.service"
    )


def test_a_success_in_the_future_is_no_success(stage: Stage) -> None:
    """After a clock that went wrong, no backup would be late for a long time."""
    touch(stage.folder / "backup.last", "2027-11-20 00:20:00")
    said, is_well = look(stage, "daily", "2026-11-24 00:00:00")
    assert not is_well
    assert "which is in the future; is the clock right?" in said


def test_a_clock_that_was_set_back_a_little_is_forgiven(stage: Stage) -> None:
    """Less than an hour is how clocks are set."""
    touch(stage.folder / "backup.last", "2026-11-24 00:50:00")
    assert look(stage, "daily", "2026-11-24 00:00:00")[1]


def test_a_schedule_that_has_ended_is_an_alarm(stage: Stage) -> None:
    """No other backup will ever start."""
    said, is_well = look(stage, "2026-11-20 00:00:00", "2026-11-24 00:00:00")
    assert not is_well
    assert "no other will ever start" in said


def test_without_anything_to_count_from_it_says_what_to_do(stage: Stage) -> None:
    """Neither a success nor an installation: tmpfiles.d has not been applied."""
    (stage.folder / "installed").unlink()
    said, is_well = look(stage, "daily", "2026-11-24 00:00:00")
    assert not is_well
    assert "run: systemd-tmpfiles --create backup.conf" in said


def test_the_exit_status_is_the_alarm(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    """Its unit fails, and with it goes out the mail, whose text is the message."""
    stage.monkeypatch.setattr(sys, "argv", ["stale", "minutely", "0", "0"])
    stage.monkeypatch.setenv("STATE_DIRECTORY", str(stage.folder))
    touch(stage.folder / "backup.last", "2020-01-01 00:00:00")
    assert stage.program("stale").main() == 1
    assert capsys.readouterr().err.startswith("stale: the last successful backup was at ")


def test_a_machine_that_was_off_gets_time_to_make_up_for_it(stage: Stage, tmp_path: Path) -> None:
    """What was missed while the power was off is due when it is on again, not before."""
    stale = stage.program("stale")
    touch(tmp_path / "backup.last", "2026-11-01 00:20:00")
    words, started = ["daily", "0", str(HOUR)], at("2026-11-23 08:30:00")
    assert stale.look(words, at("2026-11-23 09:29:00"), started)
    with pytest.raises(stale.StaleError):
        stale.look(words, at("2026-11-23 09:31:00"), started)


def test_a_machine_that_is_off_each_night_is_excused_once(stage: Stage, tmp_path: Path) -> None:
    """Switched on in the morning, it was never up for long; but day after day is no excuse."""
    stale = stage.program("stale")
    touch(tmp_path / "backup.last", "2026-11-01 00:20:00")
    words = ["daily", "0", str(HOUR)]

    def morning(day: int) -> str:
        started = at(f"2026-11-{day:02} 08:30:00")
        return str(stale.look(words, started + HOUR / 2, started, tmp_path))

    assert morning(3)
    with pytest.raises(stale.StaleError):
        morning(4)
    touch(tmp_path / "backup.last", "2026-11-04 09:20:00")
    assert morning(6)
