"""A host's package, installed, upgraded, removed and brought back on a booted Debian."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.boot.package_site import MANIFEST, MODULE, TIMERS, Site, prepared_site
from tests.boot.packages import PACKAGE, PINS, UNITS, settings, status, timers, without

pytestmark = pytest.mark.boot

# A layer over the host, whose own /run and /proc are bound there.
CHROOT = """
mkdir /run/there; cd /run/there; mkdir upper work root
mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work overlay root
for folder in proc run; do mount --rbind /$folder root/$folder; done
chroot root dpkg --install "$1"
[ "$(chroot root dpkg-query --show --showformat='${db:Status-Status} ${Version}' \
    hostwright-host-web1)" = "installed 4" ]
cd /; umount --lazy /run/there/root; rm -r /run/there
"""


@pytest.fixture(scope="module")
def site(root: Path, release: str) -> Iterator[Site]:
    """A host with a secret, and nothing of a backup besides."""
    with prepared_site(root, release) as site:
        yield site


def test_apt_installs_it(site: Site) -> None:
    """Afterwards there are the users, the folders, and timers that run."""
    package = site.package("1")
    said = site.host.run("apt-get", "install", "--yes", "--quiet=2", package.file)
    assert "not ready" not in said.stderr
    assert status(site.host) == "installed 1"
    assert site.host.run("stat", "--format=%U:%G %a", "/backup").stdout == "borg:borg 1770\n"
    assert timers(site.host) == TIMERS
    assert site.backs_up()


def test_an_upgrade_may_drop_a_module(site: Site) -> None:
    """Its unit, drop-in and folder rule are gone, and the next backup succeeds."""
    site.has("2", MANIFEST + MODULE)
    site.host.run("systemctl", "start", "backup-shells.service")
    site.has("3")
    assert site.host.show("backup-shells.service", "LoadState") == "not-found"
    assert "shells" not in site.host.run("systemctl", "cat", "backup.service").stdout
    assert "shells" not in site.host.path("/usr/lib/tmpfiles.d/backup.conf").read_text()
    assert site.host.path("/backup/shells/shells.dump").exists()
    assert site.backs_up()


def test_an_upgrade_may_drop_a_timer(site: Site) -> None:
    """It fires no more, and nobody lists it."""
    site.has("3")
    stale = f"{UNITS}/backup-stale.timer", f"{UNITS}/timers.target.wants/backup-stale.timer"
    fewer = without(*(path.removeprefix("/") for path in stale))
    site.package("4", MANIFEST, fewer).install(site.host)
    assert timers(site.host) == ("backup-check.timer", "backup.timer")
    assert site.host.show("backup-stale.timer", "ActiveState") == "inactive"


def test_a_changed_schedule_counts(site: Site) -> None:
    """The timer fires next when the new version says so."""
    site.has("3")
    assert "03:00:00" in site.host.show("backup.timer", "NextElapseUSecRealtime")
    site.has("4", settings(MANIFEST, at="05:00"))
    assert "05:00:00" in site.host.show("backup.timer", "NextElapseUSecRealtime")


def test_an_upgrade_is_quiet(site: Site) -> None:
    """When all is well, the package has nothing to say, and holds on to nothing."""
    site.has("3")
    done = site.package("4").install(site.host)
    assert done.stderr == ""
    assert PACKAGE not in done.stdout.rpartition("Setting up")[2].partition("\n")[2]
    assert not site.host.path(PINS).exists()
    assert not site.host.path("/var/lib/hostwright/before").exists()


def test_a_masked_timer_stays_masked(site: Site) -> None:
    """It is not started, and the others are."""
    site.has("3")
    site.host.run("systemctl", "mask", "--now", "backup-stale.timer")
    site.has("4")
    assert timers(site.host) == ("backup-check.timer", "backup.timer")
    site.host.run("systemctl", "unmask", "backup-stale.timer")
    site.has("3")
    assert timers(site.host) == TIMERS


def test_policy_rc_d_is_followed(site: Site) -> None:
    """Where it says no, no timer is started."""
    site.host.run("dpkg", "--remove", PACKAGE, check=False)
    site.host.write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", mode=0o755)
    site.has("3")
    assert timers(site.host) == ()
    site.host.run("rm", "/usr/sbin/policy-rc.d")
    site.has("4")
    assert timers(site.host) == TIMERS


def test_in_a_chroot_systemd_is_left_alone(site: Site) -> None:
    """The files come, and not even what is bound there of the host is taken for its own."""
    site.has("3")
    package = site.package("4", settings(MANIFEST, at="05:00"))
    site.host.run("unshare", "--mount", "sh", "-ec", CHROOT, "sh", package.file)
    assert status(site.host) == "installed 3"
    assert timers(site.host) == TIMERS
    assert not site.host.path(PINS).exists()
    assert "03:00:00" in site.host.show("backup.timer", "NextElapseUSecRealtime")


def test_remove_stops_everything_and_keeps_the_data(site: Site) -> None:
    """Timers and a running backup are stopped; archives, dumps and the stamp stay."""
    site.has("3")
    assert site.backs_up()
    archives = site.vault.archives()
    stamp = site.host.path("/backup.last").stat().st_mtime_ns
    with site.host.dropin("backup.service", "ExecStartPre=/bin/sleep 600"):
        site.host.run("systemctl", "start", "--no-block", "backup.service")
        site.host.wait_for("pgrep", "--full", "^/bin/sleep 600")
        removed = site.host.run("dpkg", "--remove", PACKAGE)
    assert removed.stderr == ""
    assert status(site.host).startswith("config-files")
    assert site.host.run("systemctl", "list-units", "--all", "--no-legend", "backup*").stdout == ""
    assert not any(site.host.path(UNITS).glob("backup*"))
    assert site.vault.archives() == archives
    assert site.host.path("/backup.last").stat().st_mtime_ns == stamp
    assert site.host.path("/backup/motd/motd.dump").exists()


def test_it_can_be_installed_again(site: Site) -> None:
    """A removed package comes back to what it left behind."""
    if site.host.succeeds("test", "-e", f"{UNITS}/backup.service"):
        site.host.run("dpkg", "--remove", PACKAGE)
    site.package("3").install(site.host)
    assert timers(site.host) == TIMERS
    assert site.backs_up()


def test_a_mask_until_the_next_boot_outlives_an_upgrade(site: Site) -> None:
    """Who holds off backups that way has said so in the folder that the pins are in."""
    site.has("3")
    site.host.run("systemctl", "mask", "--runtime", "--now", "backup.timer")
    site.has("4", settings(MANIFEST, at="05:00"))
    assert site.host.show("backup.timer", "LoadState") == "masked"
    assert "backup.timer" not in timers(site.host)
    site.host.run("systemctl", "unmask", "--runtime", "backup.timer")
    site.has("3")
    assert timers(site.host) == TIMERS


def test_a_purge_keeps_a_repository_wherever_it_is(site: Site) -> None:
    """Also where nobody should have put it."""
    site.has("3")
    kept = "/var/cache/backup-restore/repository/config"
    site.host.write(kept, "[repository]\n")
    said = site.host.run("dpkg", "--purge", PACKAGE).stderr
    assert "/var/cache/backup-restore holds a repository" in said
    assert site.host.path(kept).exists()
