"""hostwright-preflight on what systemd makes of the units, by what systemctl show prints."""

import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.programs import Import

UNITS = ("backup.service", "backup.service.d/50-redis.conf", "backup.timer")
TIMER = "Id=backup.timer\nLoadState=loaded\nActiveState=active\n"
CALL = "{{ path={0} ; argv[]={0} x ; ignore_errors={1} ; start_time=[n/a] ; status=0/0 }}"


@pytest.fixture
def look(part: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What is found when systemd prints something of the units."""
    asks = part("preflight_systemd")
    system, etc = tmp_path / "usr", tmp_path / "etc"
    for unit in UNITS:
        (system / unit).parent.mkdir(parents=True, exist_ok=True)
        (system / unit).write_text("[Service]\nUser=borg\nReadWritePaths=/mnt/away\n")
    monkeypatch.setattr(part("preflight_units"), "FOLDERS", (etc, system))
    monkeypatch.setattr(asks, "BOOTED", tmp_path)
    monkeypatch.setattr(asks, "UPGRADING", tmp_path / "upgrading")

    def look(*blocks: str, is_installed: bool = True) -> list[str]:
        done = subprocess.CompletedProcess([], 0, "\n".join(blocks), "")
        monkeypatch.setattr(asks, "_show", lambda _: done)
        expected = SimpleNamespace(installed=is_installed, units=UNITS, system=system)
        return [f"{one.level} {one.subject}: {one.text}" for one in asks.check(expected)]

    return look


def service(**properties: str) -> str:
    """A block of systemctl show."""
    about = {"Id": "backup.service", "LoadState": "loaded", "User": "borg"} | properties
    return "".join(f"{name}={value}\n" for name, value in about.items())


def test_units_that_are_read_and_timers_that_are_active_are_good(look: Any) -> None:
    """What the tree itself says of users and paths is looked at elsewhere."""
    assert look(service(ReadWritePaths="/mnt/away"), TIMER) == [
        "good systemd: has read all units, and timers are active"
    ]


def test_a_unit_that_systemd_refuses_is_told_with_the_reason(look: Any) -> None:
    """And with what says which line it is."""
    error = 'org.freedesktop.systemd1.BadUnitSetting "Unit backup.service has a bad setting."'
    assert look(service(LoadState="bad-setting", LoadError=error), TIMER) == [
        (
            "FAIL unit backup.service: systemd has not loaded backup.service, bad-setting (Unit"
            " backup.service has a bad setting.): systemd-analyze verify backup.service"
        )
    ]


def test_units_that_are_refused_for_one_reason_are_one_fault(look: Any) -> None:
    """A drop-in may change all of them."""
    [line] = look(service(LoadState="error"), TIMER.replace("loaded", "error"))
    assert "systemd has not loaded backup.service and 1 other unit, error (error): " in line


def test_a_unit_that_systemd_has_not_read_yet_is_told(look: Any) -> None:
    """Whoever copies a tree has to say so."""
    [line] = look(service(LoadState="not-found"), TIMER)
    assert line.endswith(": systemctl daemon-reload")


def test_a_masked_unit_is_not_told_again(look: Any) -> None:
    """The file that masks it is found without systemd."""
    masked = TIMER.replace("loaded", "masked").replace("=active", "=inactive")
    assert look(service(LoadState="masked"), masked)[0].startswith("good ")


def test_a_timer_that_is_not_active_fails(look: Any) -> None:
    """The backup would never start by itself."""
    assert look(service(), TIMER.replace("=active", "=inactive")) == [
        (
            "FAIL unit backup.timer: is not active, so the backup never starts by itself: systemctl"
            " start backup.timer"
        )
    ]


def test_a_dropin_is_noted_wherever_it_comes_from(look: Any, tmp_path: Path) -> None:
    """One for many units is one line; the tree's own, and those that were told, are none."""
    every = tmp_path / "etc" / "service.d" / "a b.conf"
    control = tmp_path / "system.control" / "backup.service.d" / "50-CPUWeight.conf"
    own = tmp_path / "usr" / "backup.service.d" / "50-redis.conf"
    told = tmp_path / "etc" / "backup.service.d" / "told.conf"
    told.parent.mkdir(parents=True)
    told.touch()
    paths = f'{own} {told} {control} "{every}"'
    lines = look(service(DropInPaths=paths), f'{TIMER}DropInPaths="{every}"\n')
    assert lines == [
        (
            f"note unit backup.service: {control} is not of this tree, and changes backup.service:"
            " unless that is wanted, systemctl revert backup.service"
        ),
        (
            f"note unit backup.service: {every} is not of this tree, and changes backup.service"
            f" and 1 other unit: unless that is wanted, rm '{every}', then systemctl daemon-reload"
        ),
    ]


@pytest.mark.parametrize(
    ("properties", "why"),
    [
        ({"User": "nosuch"}, "has it run as nosuch, who is not there: adduser "),
        ({"ReadWritePaths": '/etc -/nowhere "/no where"'}, "lets it write to /no where, which is"),
        ({"ExecStartPre": CALL.format("/opt/nothing", "no")}, "has it run /opt/nothing, which is "),
    ],
)
def test_what_a_dropin_adds_and_cannot_work_fails(
    look: Any, tmp_path: Path, properties: dict[str, str], why: str
) -> None:
    """The line names the drop-in that is to blame."""
    dropin = tmp_path / "etc" / "service.d" / "mine.conf"
    _, line = look(service(DropInPaths=str(dropin), **properties), TIMER)
    assert line.startswith(f"FAIL unit backup.service: {dropin} {why}")


def test_a_program_whose_failure_is_ignored_may_be_missing(look: Any, tmp_path: Path) -> None:
    """As with any other that begins with a dash."""
    call = CALL.format("/opt/nothing", "yes")
    dropin = tmp_path / "etc" / "service.d" / "mine.conf"
    assert len(look(service(DropInPaths=str(dropin), ExecStart=call), TIMER)) == 1


def test_a_credential_that_a_dropin_loads_must_be_there(look: Any, tmp_path: Path) -> None:
    """The start is refused without it."""
    dropin = tmp_path / "etc" / "backup.service.d" / "mine.conf"
    dropin.parent.mkdir(parents=True)
    dropin.write_text("[Service]\nLoadCredential=second:/nowhere/second one\n")
    [line] = look(service(DropInPaths=str(dropin)), TIMER)
    assert f"{dropin} loads the credential /nowhere/second one, which is not there: " in line


def test_units_that_have_changed_since_are_noted(look: Any) -> None:
    """What systemd says is of the ones before."""
    assert look(service(NeedDaemonReload="yes"), TIMER) == [
        (
            "note systemd: backup.service changed since systemd has read the units: systemctl"
            " daemon-reload"
        )
    ]


def test_nothing_is_asked_before_the_switch(look: Any, tmp_path: Path) -> None:
    """Neither for a tree in some folder, nor while an upgrade waits for a running backup."""
    bad = service(LoadState="not-found")
    assert look(bad, is_installed=False) == []
    (tmp_path / "upgrading").mkdir()
    assert look(bad) == []
