"""A host with one package and its repository, for tests of what installing it does."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from tests.boot.backups import back_up
from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.boot.packages import PACKAGE, Edit, Package, deliver, status
from tests.boot.vault import Vault

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
TIMERS = ("backup-check.timer", "backup-stale.timer", "backup.timer")


@frozen
class Site:
    """A host and its repository."""

    host: Host
    vault: Vault
    release: str

    def package(self, version: str, manifest: str = MANIFEST, *edits: Edit) -> Package:
        """A version of the host's package."""
        return deliver(self.host, self.release, manifest, version, *edits)

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


@contextmanager
def prepared_site(root: Path, release: str) -> Iterator[Site]:
    """Boot a host with a secret, and nothing of a backup besides."""
    with booted(root, "web1") as init:
        host = Host(init)
        host.write(SECRET, f"{PASSPHRASE}\n", mode=0o600)
        host.run("chmod", "700", "/etc/credstore")
        host.write("/srv/data/file", "as good as gold")
        host.run("mkdir", "/mnt/vault")  # a disk of its own, as preflight wants it
        host.run("mount", "-t", "tmpfs", "-o", "size=2g", "tmpfs", "/mnt/vault")
        yield Site(host, Vault(host, "/mnt/vault/web1", PASSPHRASE), release)
