"""What systemd itself makes of the compiled units on a booted host."""

from pathlib import Path

import pytest

from tests.boot.laboratory import Host
from tests.boot.roots import run_in
from tests.support import ROOT

pytestmark = pytest.mark.boot

CEILINGS = {
    "backup.service": 0.7,
    "backup-check.service": 0.5,
    "backup-gitea.service": 0.5,
    "backup-motd.service": 0.5,
    "backup-notify@backup-success.service": 1.0,
    "backup-postgresql.service": 0.4,
    "backup-report.service": 0.5,
}


@pytest.mark.parametrize("unit", CEILINGS)
def test_no_unit_is_more_exposed_than_its_ceiling(host: Host, unit: str) -> None:
    """What `systemd-analyze security` says of a loaded unit stays below the design's ceiling."""
    assert host.exposure(unit) <= CEILINGS[unit]


def test_systemd_has_no_complaint(host: Host) -> None:
    """systemd-analyze verify, systemd-sysusers and systemd-tmpfiles find nothing to warn about."""
    assert host.complaints() == ""


def test_the_directive_data_is_what_systemd_prints(root: Path, release: str) -> None:
    """The data in schema/data is what the systemd of each release has to say."""
    version = {"bookworm": 252, "trixie": 257}[release]
    printed = run_in(root, "/lib/systemd/systemd", "--dump-configuration-items")
    kept = (ROOT / "schema" / "data" / f"systemd-{version}.items").read_text()
    assert list(dict.fromkeys(printed.splitlines())) == list(dict.fromkeys(kept.splitlines()))
