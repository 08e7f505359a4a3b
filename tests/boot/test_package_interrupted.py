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
from tests.boot.packages import PACKAGE, PINS, UNITS, Package, deliver, status, timers
from tests.boot.vault import Vault

pytestmark = pytest.mark.boot

PASSPHRASE = "correct horse"  # noqa: S105 - of a repository that lasts for a minute
OLD = """\
host: web1
target: debian-12
backup:
  repository: /mnt/vault/web1
  passphrase: /etc/credstore/borg-passphrase
  encryption: repokey-blake2
  paths: [/srv/old]
modules:
  dump:
    shells: {user: games, command: [/usr/local/bin/slow, /etc/shells]}
    zone: {user: daemon, command: [/bin/cat, /etc/hosts]}
"""
NEW = """\
host: web1
target: debian-12
backup:
  repository: /mnt/vault/web1
  passphrase: /etc/credstore/borg-passphrase
  encryption: repokey-blake2
  paths: [/srv/new]
modules:
  dump:
    motd: {user: daemon, command: [/bin/cat, /etc/motd]}
    zone: {user: games, command: [/bin/cat, /etc/shells]}
"""
GATE = "/var/gate"
SLOW = f"#!/bin/sh\nwhile [ -e {GATE} ]; do sleep 0.1; done\ncat $1\n"
DONE = {
    "1": {"srv/old/file", "backup/shells/shells", "backup/zone/zone"},
    "2": {"srv/new/file", "backup/motd/motd", "backup/zone/zone"},
}
"""What is in an archive of each version; dumps of the other may still be there."""
TIMERS = ("backup-check.timer", "backup-stale.timer", "backup.timer")
FIRST = {
    "preinst": "*preinst install*> tar *",
    "unpacking": "*--fsys-tarfile*",
    "users": "*postinst configure*> systemd-sysusers *",
    "folders": "*postinst configure*> systemd-tmpfiles *",
    "preflight": "*postinst configure*> timeout *",
    "start of the timers": "*> systemctl start *",
}
UPGRADE = {
    "verification": "*> systemd-analyze verify *",
    "copy of the programs": "*preinst upgrade*> cp -a *",
    "first pin": "*preinst upgrade*> sed s|*",
    "last pin": "*preinst upgrade*> mv *",
    "reload with pins": "*preinst upgrade*> systemctl daemon-reload*",
    "unpacking": "*--fsys-tarfile*",
    "users": "*postinst configure*> systemd-sysusers *",
    "preflight": "*postinst configure*> timeout *",
    "first pin that goes": "*postinst configure*> rm -f /run/systemd/system/*",
    "last pin that goes": f"*postinst configure*> rm -rf {PINS}*",
    "reload without pins": "*postinst configure*> systemctl daemon-reload*",
}


@frozen
class Site:
    """A host, its repository, two versions of its package, and a way to kill dpkg."""

    host: Host
    vault: Vault
    versions: dict[str, Package]
    moments: Moments

    def has(self, version: str) -> None:
        """Go up or down to a version, unless it is there."""
        if status(self.host) != f"installed {version}":
            self.versions[version].install(self.host)

    def back_up(self) -> str | None:
        """Have a backup; give the version that it is a whole success of, None if it claims none."""
        last, before = stamp(self.host), self.vault.archives()
        self.host.start("backup.service")
        assert "vanished" not in self.host.journal("backup*")
        if stamp(self.host) == last:
            return None
        (archive,) = set(self.vault.archives()) - set(before)
        return self.version(archive)

    def version(self, archive: str) -> str:
        """Which version made an archive, by all that is in it."""
        items = set(self.vault.items(archive))
        found = [version for version, paths in DONE.items() if paths <= items]
        (made,) = (one for one in found if f"srv/{'old' if one == '1' else 'new'}/file" in items)
        return made

    def finish(self, version: str) -> None:
        """Do what dpkg says in its messages and in its manual page."""
        self.host.run("dpkg", "--configure", "--pending", check=False)
        self.has(version)

    def is_whole(self, version: str) -> None:
        """All of a version is there, and nothing else is, and it counts."""
        assert status(self.host) == f"installed {version}"
        assert self.host.run("dpkg", "--verify", PACKAGE).stdout == ""
        assert timers(self.host) == TIMERS
        assert self.host.path("/").joinpath(PINS[1:]).exists() is False
        left = "find /usr /var/lib/hostwright -name '*.dpkg-*' -path '*hostwright*'"
        assert self.host.run("sh", "-c", left).stdout == ""
        assert self.host.run("find", "/run/systemd/system", "-name", "backup*").stdout == ""
        assert self.host.show("backup.service", "FragmentPath") == f"{UNITS}/backup.service"
        assert self.back_up() == version


@pytest.fixture(scope="module")
def site(root: Path, release: str) -> Iterator[Site]:
    """A host that has only what the package depends on."""
    del root  # which says why nothing can be booted here
    with booted(fleet_root(release), "web1") as init:
        host = Host(init)
        host.run("rm", "/etc/dpkg/dpkg.cfg.d/99mmdebstrap")
        host.write("/etc/credstore/borg-passphrase", f"{PASSPHRASE}\n", mode=0o600)
        host.write("/usr/local/bin/slow", SLOW, mode=0o755)
        for name in ("old", "new"):
            host.write(f"/srv/{name}/file", name)
        versions = {
            version: deliver(host, release, text, version)
            for version, text in (("1", OLD), ("2", NEW))
        }
        yield Site(host, Vault(host, "/mnt/vault/web1", PASSPHRASE), versions, Moments.on(host))


@pytest.mark.parametrize("moment", FIRST.values(), ids=FIRST)
def test_a_first_installation_is_finished(site: Site, moment: str) -> None:
    """Wherever it is killed; a timer that fires meanwhile claims no success that is none."""
    site.host.run("dpkg", "--purge", PACKAGE, check=False)
    site.moments.kill(moment, "--install", site.versions["1"].file)
    site.host.run("systemctl", "daemon-reload")
    assert site.back_up() in {None, "1"}
    site.finish("1")
    site.is_whole("1")


@pytest.mark.parametrize("moment", UPGRADE.values(), ids=UPGRADE)
def test_an_upgrade_is_finished(site: Site, moment: str) -> None:
    """Wherever it is killed; every backup meanwhile is of the one version or the other."""
    site.has("1")
    site.moments.kill(moment, "--install", site.versions["2"].file)
    site.host.run("systemctl", "daemon-reload")
    assert site.back_up() in {"1", "2"}
    site.finish("2")
    site.is_whole("2")


@pytest.mark.parametrize("moment", UPGRADE.values(), ids=UPGRADE)
def test_a_run_goes_on_when_its_upgrade_is_killed(site: Site, moment: str) -> None:
    """It ends as it began, before the upgrade is finished or after."""
    site.has("1")
    last, before = stamp(site.host), site.vault.archives()
    site.host.write(GATE, "")
    site.host.run("systemctl", "start", "--no-block", "backup.service")
    began = "systemctl show --property=ActiveState backup-shells.service | grep activating"
    site.host.wait_for("sh", "-c", began)
    site.moments.kill(moment, "--install", site.versions["2"].file)
    site.host.run("systemctl", "daemon-reload")
    site.finish("2")
    site.host.run("rm", GATE)
    running = "systemctl list-units --plain --no-legend --state=activating 'backup*.service'"
    site.host.wait_for("sh", "-c", f'[ -z "$({running})" ] && [ ! -e {PINS} ]')
    assert stamp(site.host) != last
    (archive,) = set(site.vault.archives()) - set(before)
    assert site.version(archive) == "1"
    site.is_whole("2")
