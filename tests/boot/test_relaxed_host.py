"""What a sandbox usually hides, and this host archives: nothing of it may be missing."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.boot.backups import Run, back_up
from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.boot.releases import tree_for
from tests.boot.vault import Vault
from tests.support import GOLDEN

pytestmark = [pytest.mark.boot, pytest.mark.usefixtures("first")]

MANIFEST = GOLDEN / "relaxed" / "host.yaml"
PASSPHRASE = "correct horse"  # noqa: S105 - of a repository that lasts for a minute
CATALOG = """#!/usr/bin/python3
import json, mmap, os, pathlib, socket, sys
mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
pathlib.Path("/var/lib/tapes/written").touch()
print(json.dumps({
    "home": pathlib.Path(sys.argv[2], "labels").read_text(),
    "handover": pathlib.Path("/tmp/handover/kept").read_text(),
    "devices": sorted(os.listdir("/dev")),
    "ssh": socket.create_connection(("127.0.0.1", 22)).recv(3).decode(),
}))
"""


@pytest.fixture(scope="module")
def host(root: Path, release: str) -> Iterator[Host]:
    """The golden host, with its tapes and a kernel's modules."""
    tree = tree_for(release, MANIFEST.read_text())
    with booted(root, "build1") as init:
        host = Host(init)
        host.run("useradd", "--system", "--home-dir=/home/tapes", "tapes")
        host.write("/opt/tapes/bin/catalog", CATALOG, mode=0o755)
        host.write("/home/tapes/labels", "tape 1\n", owner="tapes:tapes", mode=0o600)
        host.run("install", "-d", "-o", "tapes", "/var/lib/tapes")
        host.write("/tmp/handover/kept", "over to you\n")
        host.write("/usr/lib/modules/6.1/kernel.ko", "a module\n", mode=0o600)
        host.write("/etc/credstore/borg-passphrase", f"{PASSPHRASE}\n", mode=0o600)
        host.install(tree)
        yield host


@pytest.fixture(scope="module")
def vault(host: Host) -> Vault:
    """Its repository."""
    return Vault(host, "/srv/borg/build1", PASSPHRASE)


@pytest.fixture(scope="module")
def first(vault: Vault) -> Run:
    """The first run."""
    return back_up(vault)


@pytest.fixture(scope="module")
def listing(vault: Vault, first: Run) -> set[str]:
    """The paths of everything in its archive."""
    assert first.status == 0
    return set(vault.items(first.archive))


@pytest.mark.parametrize("path", ["/tmp/handover", "/usr/lib/modules", "/usr/bin", "/etc"])
def test_s2_nothing_is_hidden_from_borg(host: Host, listing: set[str], path: str) -> None:
    """What there is in a path of the manifest, down to the last file, is in the archive."""
    there = host.run("find", path, "-printf", "%p\\0").stdout.split("\0")
    assert [one for one in there if one and one[1:] not in listing] == []


def test_a_job_reaches_what_it_says_it_needs(host: Host, vault: Vault, first: Run) -> None:
    """Its home, the real /tmp, its folder, all devices, the network, and code made at run time."""
    printed = json.loads(vault.content(first.archive, "backup/tapes/tapes.dump"))
    assert printed == {
        "home": "tape 1\n",
        "handover": "over to you\n",
        "devices": sorted(host.run("ls", "-A", "/dev").stdout.split()),
        "ssh": "SSH",
    }
    assert host.path("/var/lib/tapes/written").exists()


def test_systemd_has_no_complaint(host: Host) -> None:
    """systemd-analyze verify, systemd-sysusers and systemd-tmpfiles find nothing to warn about."""
    assert host.complaints() == ""
