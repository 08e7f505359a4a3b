"""A version that is not as it should be, or a host that is not: what goes on, and as which."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.boot.backups import back_up
from tests.boot.package_site import MANIFEST, MODULE, TIMERS, Site, prepared_site
from tests.boot.packages import replaced, settings, status, timers, unpacked

pytestmark = pytest.mark.boot


@pytest.fixture(scope="module")
def site(root: Path, release: str) -> Iterator[Site]:
    """A host with a secret, and nothing of a backup besides."""
    with prepared_site(root, release) as site:
        yield site


def test_units_that_systemd_does_not_understand_are_refused(site: Site) -> None:
    """Nothing is unpacked then, and backups go on as before."""
    site.has("3")
    before = unpacked(site.host)
    wrong = replaced("usr/lib/systemd/system/backup.service", "Type=oneshot", "Type=whatever")
    package = site.package("5", MANIFEST + MODULE, wrong)
    refused = package.install(site.host, check=False)
    assert refused.returncode != 0
    assert "/usr/lib/systemd/system/backup.service:" in refused.stderr
    assert "the files that were here stay as they are" in refused.stderr
    assert status(site.host) == "installed 3"
    assert unpacked(site.host) == before
    assert timers(site.host) == TIMERS
    assert site.backs_up()


def test_an_administrators_drop_in_is_not_in_the_verdict(site: Site) -> None:
    """What somebody has written by hand never keeps a new version out."""
    site.has("3")
    with site.host.dropin("backup.service", "Nonsense=yes"):
        site.package("4").install(site.host)
    assert status(site.host) == "installed 4"


def test_a_preflight_that_fails_is_a_warning(site: Site) -> None:
    """Its report is shown, and the new version counts."""
    site.has("3")
    with site.readable_secret():
        done = site.package("4").install(site.host)
    assert "FAIL  credential passphrase: " in done.stderr
    assert status(site.host) == "installed 4"
    assert timers(site.host) == TIMERS


def test_a_strict_preflight_refuses_the_switch(site: Site) -> None:
    """Until what it found is put right, backups go on with the units of the version before."""
    site.has("3", MANIFEST + MODULE)
    strict = site.package("5", settings(MANIFEST, preflight="strict", at="05:00"))
    with site.readable_secret():
        refused = strict.install(site.host, check=False)
        site.host.run("systemctl", "daemon-reload")
        assert refused.returncode != 0
        assert "FAIL  credential passphrase: " in refused.stderr
        assert status(site.host) == "half-configured 5"
        assert "03:00:00" in site.host.show("backup.timer", "NextElapseUSecRealtime")
        run = back_up(site.vault)
        assert run.status == 0
        assert "Finished backup-shells.service" in run.journal
    site.host.run("dpkg", "--configure", "--pending")
    assert status(site.host) == "installed 5"
    assert "05:00:00" in site.host.show("backup.timer", "NextElapseUSecRealtime")
    assert site.host.show("backup-shells.service", "LoadState") == "not-found"
