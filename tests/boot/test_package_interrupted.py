"""dpkg is killed in the middle: no backup lies meanwhile, and what was begun can be finished."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen

from tests.boot.backups import stamp
from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.boot.mirror import fleet_root
from tests.boot.moments import Moments
from tests.boot.packages import PACKAGE, PINS
from tests.boot.versions import GATE, Versions, prepared

pytestmark = pytest.mark.boot

FIRST = {
    "preinst": "*preinst install*> tar *",
    "unpacking": "*--fsys-tarfile*",
    "users": "*postinst configure*> systemd-sysusers *",
    "timers": "*> systemctl start *",
}
UPGRADE = {
    "pins": ("*preinst upgrade*> systemctl daemon-reload*", "1"),
    "unpacking": ("*--fsys-tarfile*", "1"),
    "preflight": ("*postinst configure*> timeout *", "1"),
    # This would be a run of parts of both.
    "half of the pins": ("*postinst configure*> rm -f /run/systemd/system/backup.service", None),
    "switch": ("*postinst configure*> systemctl daemon-reload*", "2"),
}
"""When an upgrade is killed, and the version that the next backup is of before it is finished."""
DURING_A_RUN = {
    "pins": "*preinst upgrade*> systemctl daemon-reload*",
    "unpacking": "*--fsys-tarfile*",
    "switch": "*postinst configure*> systemd-run *",
}


@frozen
class Site:
    """A host whose package has two versions, and a way to kill dpkg there."""

    host: Host
    has: Versions
    moments: Moments

    def install(self, version: str, moment: str) -> None:
        """Go up or down to a version, as far as to a moment; somebody else reloads systemd."""
        self.moments.kill(moment, "--install", self.has.versions[version].file)
        self.host.run("systemctl", "daemon-reload")


@pytest.fixture(scope="module")
def site(root: Path, release: str) -> Iterator[Site]:
    """A host that has only what the package depends on."""
    del root  # which says why nothing can be booted here
    with booted(fleet_root(release), "web1") as init:
        host = Host(init)
        yield Site(host, prepared(host, release), Moments.on(host))


@pytest.mark.parametrize("moment", FIRST.values(), ids=FIRST)
def test_a_first_installation_is_finished(site: Site, moment: str) -> None:
    """Wherever it is killed; a timer that fires meanwhile claims no success that is none."""
    site.host.run("dpkg", "--purge", PACKAGE, check=False)
    site.install("1", moment)
    assert site.has.back_up() in {None, "1"}
    site.has.finish("1")
    site.has.is_whole("1")


@pytest.mark.parametrize(("moment", "meanwhile"), UPGRADE.values(), ids=UPGRADE)
def test_an_upgrade_is_finished(site: Site, moment: str, meanwhile: str | None) -> None:
    """Wherever it is killed; a backup meanwhile is a whole one of a version, or fails."""
    site.has.got("1")
    site.install("2", moment)
    assert site.has.back_up() == meanwhile
    site.has.finish("2")
    site.has.is_whole("2")


@pytest.mark.parametrize("moment", DURING_A_RUN.values(), ids=DURING_A_RUN)
def test_a_run_goes_on_when_its_upgrade_is_killed(site: Site, moment: str) -> None:
    """It ends as it began, although the upgrade is finished before it has ended."""
    site.has.got("1")
    last, before = stamp(site.host), site.has.vault.archives()
    site.host.write(GATE, "")
    site.host.run("systemctl", "start", "--no-block", "backup.service")
    began = "systemctl show --property=ActiveState backup-shells.service | grep activating"
    site.host.wait_for("sh", "-c", began)
    site.install("2", moment)
    # Among others, folders of dumps that are made when the run has ended.
    assert "FAIL" not in site.has.finish("2")
    site.host.run("rm", GATE)
    site.host.wait_for("test", "!", "-e", PINS)
    assert stamp(site.host) != last
    (archive,) = set(site.has.vault.archives()) - set(before)
    assert site.has.version(archive) == "1"
    site.has.is_whole("2")
