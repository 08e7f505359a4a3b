"""A host whose package has two versions, and which of them a backup is a whole success of."""

import attrs
from attrs import frozen

from tests.boot.backups import stamp
from tests.boot.laboratory import Host
from tests.boot.packages import PACKAGE, PINS, Package, deliver, status, timers
from tests.boot.vault import Vault

PASSPHRASE = "correct horse"  # noqa: S105 - of a repository that lasts for a minute
OLD = """\
host: web1
target: debian-12
backup:
  repository: /srv/vault/web1
  passphrase: /etc/credstore/borg-passphrase
  encryption: repokey-blake2
  paths: [/srv/old]
modules:
  dump:
    shells: {user: games, command: [/usr/local/bin/slow, /etc/shells]}
    zone: {user: daemon, command: [/bin/cat, /etc/issue]}
"""
NEW = """\
host: web1
target: debian-12
backup:
  repository: /srv/vault/web1
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
    "1": {"srv/old/file", "backup/shells/shells.dump", "backup/zone/zone.dump"},
    "2": {"srv/new/file", "backup/motd/motd.dump", "backup/zone/zone.dump"},
}
"""What is in an archive of each version; dumps of the other may still be there."""
TIMERS = ("backup-check.timer", "backup-stale.timer", "backup.timer")


@frozen
class Versions:
    """The host, its repository, and the two versions of its package by their numbers."""

    host: Host
    vault: Vault
    versions: dict[str, Package]

    def after_a_boot(self, host: Host) -> "Versions":
        """The same host with another init."""
        return attrs.evolve(self, host=host, vault=attrs.evolve(self.vault, host=host))

    def got(self, version: str) -> str:
        """Go up or down to a version, unless it is there; gives what is said."""
        if status(self.host) == f"installed {version}":
            return ""
        return self.versions[version].install(self.host).stderr

    def back_up(self) -> str | None:
        """Have a backup; give the version that it is a whole success of, None if it claims none."""
        last, before = stamp(self.host), self.vault.archives()
        self.host.start("backup.service")
        if stamp(self.host) == last:
            return None
        (archive,) = set(self.vault.archives()) - set(before)
        return self.version(archive)

    def version(self, archive: str) -> str:
        """Which version made an archive, by all that is in it."""
        items = set(self.vault.items(archive))
        (made,) = (version for version, paths in DONE.items() if paths <= items)
        return made

    def finish(self, version: str) -> str:
        """Do what dpkg says in its messages and in its manual page; gives what is said."""
        configured = self.host.run("dpkg", "--configure", "--pending", check=False)
        return configured.stderr + self.got(version)

    def is_whole(self, version: str) -> None:
        """All of a version is there, and nothing else is, and it counts."""
        assert status(self.host) == f"installed {version}"
        assert self.host.run("dpkg", "--verify", PACKAGE).stdout == ""
        assert timers(self.host) == TIMERS
        assert not self.host.path(PINS).exists()
        assert not self.host.path("/var/lib/hostwright/before").exists()
        left = "find /usr /var/lib/hostwright -name '*.dpkg-*' -path '*hostwright*'"
        assert self.host.run("sh", "-c", left).stdout == ""
        assert self.host.run("find", "/run/systemd/system", "-name", "backup*").stdout == ""
        assert "/lib/systemd/system/" in self.host.show("backup.service", "FragmentPath")
        assert self.back_up() == version


def prepared(host: Host, release: str) -> Versions:
    """Bring all to a host that backups of both versions need, and install the first one."""
    host.run("rm", "/etc/dpkg/dpkg.cfg.d/99mmdebstrap")
    host.write("/etc/credstore/borg-passphrase", f"{PASSPHRASE}\n", mode=0o600)
    host.run("chmod", "700", "/etc/credstore")
    host.write("/usr/local/bin/slow", SLOW, mode=0o755)
    for name in ("old", "new"):
        host.write(f"/srv/{name}/file", name)
    versions = {
        version: deliver(host, release, text, version) for version, text in (("1", OLD), ("2", NEW))
    }
    versions["1"].install(host)
    return Versions(host, Vault(host, "/srv/vault/web1", PASSPHRASE), versions)
