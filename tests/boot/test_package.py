"""A host's package, installed, upgraded, refused and removed on a booted Debian."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import frozen

from tests.boot.backups import back_up
from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.boot.packages import (
    PACKAGE,
    PINS,
    UNITS,
    Package,
    deliver,
    replaced,
    settings,
    status,
    timers,
    unpacked,
)
from tests.boot.vault import Vault

pytestmark = pytest.mark.boot

PASSPHRASE = "correct horse"  # noqa: S105 - of a repository that lasts for a minute
SECRET = "/etc/credstore/borg-passphrase"  # noqa: S105 - where it is
MANIFEST = f"""\
host: web1
target: debian-12
package:
  preflight: warn
backup:
  repository: /mnt/vault/web1
  passphrase: {SECRET}
  schedule:
    at: 03:00
    jitter: 0s
  paths: [/srv/data]
modules:
  dump:
    motd: {{user: daemon, command: [/bin/cat, /etc/motd]}}
"""
MODULE = "    shells: {user: games, command: [/bin/cat, /etc/shells]}\n"
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
TIMERS = ("backup-check.timer", "backup-stale.timer", "backup.timer")


@frozen
class Site:
    """A host and its repository."""

    host: Host
    vault: Vault
    release: str

    def package(self, version: str, manifest: str = MANIFEST) -> Package:
        """A version of the host's package."""
        return deliver(self.host, self.release, manifest, version)

    def has(self, version: str, manifest: str = MANIFEST) -> Package:
        """Install a version, unless it is there."""
        package = self.package(version, manifest)
        if not self.host.succeeds("dpkg", "--status", PACKAGE) or (
            status(self.host) != f"installed {version}"
        ):
            package.install(self.host)
        return package

    def backs_up(self) -> bool:
        """Whether a backup succeeds."""
        run = back_up(self.vault)
        return run.status == 0 and len(run.archives) == 1

    @contextmanager
    def readable_secret(self) -> Iterator[None]:
        """Have preflight fail, but no backup."""
        self.host.run("chmod", "644", SECRET)
        try:
            yield
        finally:
            self.host.run("chmod", "600", SECRET)


@pytest.fixture(scope="module")
def site(root: Path, release: str) -> Iterator[Site]:
    """A host with a secret, and nothing of a backup besides."""
    with booted(root, "web1") as init:
        host = Host(init)
        host.write(SECRET, f"{PASSPHRASE}\n", mode=0o600)
        host.run("chmod", "700", "/etc/credstore")
        host.write("/srv/data/file", "as good as gold")
        yield Site(host, Vault(host, "/mnt/vault/web1", PASSPHRASE), release)


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


def test_units_that_systemd_does_not_understand_are_refused(site: Site) -> None:
    """Nothing is unpacked then, and backups go on as before."""
    site.has("3")
    before = unpacked(site.host)
    wrong = replaced("usr/lib/systemd/system/backup.service", "Type=oneshot", "Type=whatever")
    package = deliver(site.host, site.release, MANIFEST + MODULE, "5", wrong)
    refused = package.install(site.host, check=False)
    assert refused.returncode != 0
    assert "/usr/lib/systemd/system/backup.service:" in refused.stderr
    assert "nothing was installed or changed" in refused.stderr
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
