"""A package that was purged: the host is as it was before, except for what are somebody's data."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import frozen

from tests.boot.backups import stamp
from tests.boot.bad_day import everything
from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.boot.mirror import chrooted, fleet_root
from tests.boot.packages import PACKAGE, Package, deliver, status, timers
from tests.boot.traces import Traces, changes, traces
from tests.boot.vault import Vault

pytestmark = pytest.mark.boot

PASSPHRASE = "correct horse"  # noqa: S105 - of a repository that lasts for a minute
REPOSITORY = "/mnt/vault/web1"
MANIFEST = """\
host: web1
target: debian-12
backup:
  repository: /mnt/vault/web1
  encryption: keyfile-blake2
  passphrase: /etc/credstore/borg-passphrase
  paths: [/srv]
modules:
  dump:
    motd: {user: daemon, command: [/bin/cat, /etc/motd]}
"""
OTHER = MANIFEST.replace("host: web1", "host: web2").replace("motd:", "other:")
# Files of a user may be anywhere, so that its number must not become another's.
USERS = {
    f"/etc/{name}{before}": "changed"
    for name in ("group", "gshadow", "passwd", "shadow")
    for before in ("", "-")
}


KEPT = USERS | {"/mnt/vault": "new", REPOSITORY: "new"}
"""The folder of a repository may be where a disk is mounted that is not there now."""
DATA = ("/home/borg", "/mnt/vault", "/backup", "/srv")
AROUND = {"/backup", "/mnt/vault", "/home/borg", "/home/borg/.config", "/home/borg/.config/borg"}
WITHIN = (
    REPOSITORY,
    "/backup/",
    "/home/borg/.config/borg/keys",
    "/home/borg/.config/borg/security",
)
"""A repository, what opens it and shows that it is the same one, and dumps."""
CACHE = "/home/borg/.cache"
SOME_CACHE = "0123456789abcdef" * 4
ATTACKS = {
    "caches of all programs": f"rm -r {CACHE}; ln -s /srv/precious {CACHE}",
    "caches of borg": f"rm -r {CACHE}/borg; ln -s /srv/precious/borg {CACHE}/borg",
    "one cache": f"ln -s /srv/precious/borg/{SOME_CACHE} {CACHE}/borg/{SOME_CACHE}",
    "empty folders": "rm -r /home/borg/.config; ln -s /srv/precious /home/borg/.config",
    "dumps": "rmdir /backup/motd; ln -s /srv/precious/empty /backup/motd",
}
"""What borg's user can put in the way of a purge; each is as good as a whole folder of /etc."""


@frozen
class Site:
    """A host, what was on it before, its repository, and packages for it."""

    host: Host
    before: Traces
    package: Package
    other: Package

    def purge(self) -> None:
        """Have nothing of the package any more, as an administrator does."""
        self.host.run("dpkg", "--purge", PACKAGE)

    def left(self) -> dict[str, str]:
        """What is not as it was."""
        return changes(self.before, traces(self.host))

    def archives(self) -> list[str]:
        """What borg's user finds in the repository, with its own key."""
        vault = Vault(self.host, REPOSITORY, PASSPHRASE)
        return vault.run("borg", "list", "--short", user="borg").splitlines()

    def back_up(self) -> None:
        """Have one successful backup."""
        last, before = stamp(self.host), self.archives() if self.is_used() else []
        assert self.host.start("backup.service") == 0
        assert stamp(self.host) != last
        assert self.archives()[-1] not in before

    def is_used(self) -> bool:
        """Whether there is a repository."""
        return self.host.path(f"{REPOSITORY}/config").exists()


@contextmanager
def prepared(host: Host, release: str) -> Iterator[Site]:
    """Bring all to a host that the tests need, and look at it."""
    # On a host that somebody uses dpkg unpacks documents, too.
    host.run("rm", "/etc/dpkg/dpkg.cfg.d/99mmdebstrap")
    host.write("/etc/credstore/borg-passphrase", f"{PASSPHRASE}\n", mode=0o600)
    host.write(f"/srv/precious/borg/{SOME_CACHE}/file", "to keep")
    host.write("/srv/precious/borg/CACHEDIR.TAG", "to keep")
    host.run("mkdir", "/srv/precious/empty")
    package = deliver(host, release, MANIFEST, "1")
    other = deliver(host, release, OTHER, "1")
    yield Site(host, traces(host), package, other)


@pytest.fixture(scope="module")
def site(root: Path, release: str) -> Iterator[Site]:
    """A host that has only what the package depends on."""
    del root  # which says why nothing can be booted here
    with booted(fleet_root(release), "web1") as init, prepared(Host(init), release) as site:
        yield site


@pytest.fixture(scope="module")
def chroot(root: Path, release: str) -> Iterator[Site]:
    """The same without a systemd that runs, as when an image is built."""
    del root
    with chrooted(fleet_root(release), "web1") as host, prepared(host, release) as site:
        yield site


@contextmanager
def mounted(host: Host, *folders: str) -> Iterator[None]:
    """Have an empty disk at each of some folders, which go with it."""
    for folder in folders:
        host.run("mkdir", "--parents", folder)
        host.run("mount", "-t", "tmpfs", "small", folder)
    try:
        yield
    finally:
        host.run("umount", *folders)
        host.run("rmdir", *folders)


def test_nothing_is_left_of_a_package_that_was_never_used(site: Site) -> None:
    """Only the numbers of its user are, and the folder where its repository was going to be."""
    assert f"{PACKAGE}:" not in site.package.install(site.host).stderr
    assert site.host.run("dpkg", "--verify", PACKAGE).stdout == ""
    site.purge()
    assert site.left() == KEPT


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_link_leads_a_purge_nowhere(site: Site, attack: str) -> None:
    """Root removes nothing behind what borg's user has put in its way."""
    site.package.install(site.host)
    site.host.run("sh", "-euc", attack, user="borg")
    site.purge()
    left = {path: became for path, became in site.left().items() if became != "new"}
    assert left == USERS
    site.host.run("rm", "-rf", "/home/borg", "/backup")


def test_a_purge_leaves_disks_where_they_are_mounted(site: Site) -> None:
    """What cannot go because it is a disk, although it is empty, is no reason to fail."""
    with mounted(site.host, "/backup", "/home/borg"):
        site.package.install(site.host)
        site.purge()


def test_nothing_starts_in_a_chroot(chroot: Site) -> None:
    """Every step succeeds there without a word, leaves no process, and a purge leaves no file."""
    processes = chroot.host.run("sh", "-c", "echo /proc/[0-9]*/exe").stdout.count("exe")
    for step in ("--install", "--remove", "--install", "--install", "--purge"):
        what = chroot.package.file if step == "--install" else PACKAGE
        assert f"{PACKAGE}:" not in chroot.host.run("dpkg", step, what).stderr
    assert chroot.host.run("sh", "-c", "echo /proc/[0-9]*/exe").stdout.count("exe") == processes
    assert chroot.left() == KEPT


def test_a_reinstalled_package_goes_on(site: Site) -> None:
    """What was removed has left its state and all data where they were."""
    site.package.install(site.host)
    site.back_up()
    last, before = stamp(site.host), everything(site.host, *DATA)
    site.host.run("dpkg", "--remove", PACKAGE)
    assert timers(site.host) == ()
    assert everything(site.host, *DATA) == before
    assert stamp(site.host) == last
    site.package.install(site.host)
    assert timers(site.host) == ("backup-check.timer", "backup-stale.timer", "backup.timer")
    site.back_up()


def test_a_purge_keeps_what_is_of_another_host(site: Site) -> None:
    """The package of another name has taken over: its folders are the same."""
    site.package.install(site.host)
    refused = site.other.install(site.host, check=False)
    assert "conflicting packages" in refused.stderr
    assert status(site.host) == "installed 1"
    site.host.run("apt-get", "--yes", "install", site.other.file)
    assert site.host.start("backup.service") == 0
    before = traces(site.host)
    site.purge()
    assert changes(before, traces(site.host)) == {}
    assert site.host.start("backup.service") == 0
    site.host.run("dpkg", "--purge", "hostwright-host-web2")


def test_a_purge_keeps_the_repository_and_what_opens_it(site: Site) -> None:
    """Repository, key and dumps are there to the last byte; caches and notes are gone."""
    site.package.install(site.host)
    site.back_up()
    archives, before = site.archives(), everything(site.host, REPOSITORY)
    assert site.host.path(f"{CACHE}/borg").exists()
    site.purge()
    assert everything(site.host, REPOSITORY) == before
    left = site.left()
    assert {path: became for path, became in left.items() if became != "new"} == USERS
    assert {path for path in left.keys() - USERS.keys() if not path.startswith(WITHIN)} == AROUND
    assert site.host.path("/backup/motd/motd.dump").exists()
    assert site.archives() == archives
