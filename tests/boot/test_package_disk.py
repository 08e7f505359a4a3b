"""No room, or no power, in the middle of an upgrade: what was there goes on, and it ends well."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.boot.container import booted, disk, powered
from tests.boot.laboratory import Host
from tests.boot.mirror import fleet_root
from tests.boot.moments import Moments
from tests.boot.packages import status
from tests.boot.versions import Versions, prepared

pytestmark = pytest.mark.boot

FULL = {
    "copy of the programs": "/var/lib/hostwright",
    "pins": "/run/systemd/system",
    "unpacking": "/usr/lib/hostwright",
}
"""Folders in which preinst and dpkg want room, in their order."""
CUTS = {
    "unpacking": "*--fsys-tarfile*",
    "switch": "*postinst configure*> rm -f /run/systemd/system/backup.service",
}


@contextmanager
def full(host: Host, folder: str) -> Iterator[None]:
    """Have a disk for a folder, with all in it, that has room only when the context ends."""
    host.run("mount", "-t", "tmpfs", "-o", "size=64M,mode=755", "small", "/mnt")
    host.run("cp", "-a", f"{folder}/.", "/mnt")
    host.run("mount", "--bind", "/mnt", folder)
    host.run("umount", "/mnt")
    host.run("sh", "-c", f"cat /dev/zero >{folder}/filler", check=False)
    try:
        yield
    finally:
        host.run("rm", f"{folder}/filler")


@pytest.fixture(scope="module")
def site(root: Path, release: str) -> Iterator[Versions]:
    """A host that has only what the package depends on."""
    del root  # which says why nothing can be booted here
    with booted(fleet_root(release), "web1") as init:
        yield prepared(Host(init), release)


def test_a_postinst_without_room_is_repeated(site: Versions) -> None:
    """Users and groups cannot be made: nothing counts until dpkg configures the package."""
    site.host.run("dpkg", "--purge", "hostwright-host-web1")
    site.host.run("userdel", "borg")
    with full(site.host, "/etc"):
        refused = site.versions["1"].install(site.host, check=False)
        assert "No space left on device" in refused.stderr
        assert status(site.host) == "half-configured 1"
        assert site.back_up() is None
    site.finish("1")
    site.is_whole("1")


@pytest.mark.parametrize("folder", FULL.values(), ids=FULL)
def test_an_upgrade_without_room_changes_nothing(site: Versions, folder: str) -> None:
    """The version before is whole, and the same command succeeds as soon as there is room."""
    site.got("1")
    assert site.back_up() == "1"
    with full(site.host, folder):
        refused = site.versions["2"].install(site.host, check=False)
        assert "No space left on device" in refused.stderr
        site.is_whole("1")
    site.finish("2")
    site.is_whole("2")


def test_dpkg_without_room_for_its_own_books(site: Versions) -> None:
    """It gives up wherever it is, and goes on from there."""
    site.got("1")
    with full(site.host, "/var/lib/dpkg"):
        refused = site.versions["2"].install(site.host, check=False)
        assert "No space left on device" in refused.stderr
        assert site.back_up() in {"1", "2"}
    site.finish("2")
    site.is_whole("2")


@pytest.mark.parametrize("moment", CUTS.values(), ids=CUTS)
def test_an_upgrade_without_power_is_finished(root: Path, release: str, moment: str) -> None:
    """After the boot backups are of the one version or of the other, and dpkg goes on."""
    del root
    with disk(fleet_root(release)) as folder, ExitStack() as power:
        first = prepared(Host(power.enter_context(powered(folder, "web1"))), release)
        assert first.back_up() == "1"
        Moments.on(first.host).hang(moment, "--install", first.versions["2"].file)
        power.close()
        again = first.after_a_boot(Host(power.enter_context(powered(folder, "web1"))))
        assert again.back_up() in {"1", "2"}
        again.finish("2")
        again.is_whole("2")
