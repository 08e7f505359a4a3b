"""hostwright-preflight on what is not there yet: disks that are mounted on demand, held units."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.programs import Import

SHOWN = "Id=mnt-usb.mount\nLoadState=loaded\nActiveState={state}\nWhere=/mnt/usb\nWhat={device}\n"
# What an entry of fstab is made into, or a unit of an administrator.
FRAGMENT = "FragmentPath=/run/systemd/generator/mnt-usb.mount\n"
PLACE = Path("/mnt/usb/web1")
REFUSED = (
    "until the next boot those of the version before count, for the new version was refused; "
    "when it is good: dpkg --configure --pending"
)
LATER = "note {}not looked at, for its disk is mounted when the backup needs it, and is not yet, at"


def systemd(
    part: Import, monkeypatch: pytest.MonkeyPatch, state: str, device: str = "/dev/null"
) -> None:
    """Have systemd know of a mount at /mnt/usb."""
    shown = SHOWN.format(state=state, device=device) + FRAGMENT
    monkeypatch.setattr(part("preflight_host"), "_said", lambda *_: shown)


def repository(part: Import) -> list[str]:
    """What is found of a repository there."""
    found = part("preflight_folder").check(
        SimpleNamespace(installed=True, made=frozenset()), SimpleNamespace(repository=str(PLACE))
    )
    return [f"{one.level} {one.text}" for one in found]


def test_a_repository_on_a_disk_that_is_mounted_on_demand_is_noted(
    part: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is told to make an empty one in its place."""
    systemd(part, monkeypatch, "inactive")
    assert repository(part) == [
        f"{LATER.format('/mnt/usb/web1: ')} /mnt/usb",
        "good there is nothing to open before that",
    ]


def test_a_path_on_a_disk_that_is_mounted_on_demand_is_noted(
    part: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It will be there when it is read."""
    systemd(part, monkeypatch, "inactive")
    expected = SimpleNamespace(paths=(PLACE,), made=frozenset(), installed=True)
    found = [one for one in part("preflight_host").paths(expected) if one.level in {"FAIL", "note"}]
    assert [f"{one.level} {one.text}" for one in found] == [f"{LATER.format('')} /mnt/usb"]


@pytest.mark.parametrize(
    ("state", "device", "why"),
    [
        ("failed", "/dev/null", "mounting it has failed"),
        ("inactive", "/dev/gone", "there is no /dev/gone"),
    ],
)
def test_a_disk_that_cannot_be_mounted_is_a_failure(
    part: Import, monkeypatch: pytest.MonkeyPatch, state: str, device: str, why: str
) -> None:
    """The backup would fail there, too."""
    systemd(part, monkeypatch, state, device)
    (said,) = repository(part)
    assert said.startswith(f"FAIL /mnt/usb/web1: its disk is not mounted at /mnt/usb ({why})")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((), []),
        (("pins",), ["those of the version before count until the backup has ended that runs now"]),
        (
            ("pins", "refused"),
            [REFUSED],
        ),
    ],
)
def test_units_that_are_held_are_noted(
    part: Import,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: tuple[str, ...],
    said: list[str],
) -> None:
    """All may be well with the new ones, which do not count yet."""
    units = part("preflight_units")
    monkeypatch.setattr(units, "UPGRADING", tmp_path)
    for name in files:
        (tmp_path / name).touch()
    assert [one.text for one in units.held()] == said
