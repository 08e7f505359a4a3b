"""What the README tells a newcomer to type on a test machine, typed on a booted Debian."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler.deb import deb
from compiler.deb.source import of_tree
from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.boot.releases import tree_for
from tests.support import GOLDEN, ROOT

pytestmark = pytest.mark.boot

BLOCKS = re.findall(r"(?:^    .+\n)+", (ROOT / "README.md").read_text(), re.MULTILINE)


def typed(beginning: str) -> str:
    """The README's commands of the one block that begins so."""
    (block,) = (block for block in BLOCKS if block.strip().startswith(beginning))
    return block.replace("\n    ", "\n").strip()


@pytest.fixture(scope="module")
def host(root: Path, release: str) -> Iterator[Host]:
    """A machine with the package of the least manifest in root's home."""
    with booted(root, "readme") as init:
        host = Host(init)
        manifest = GOLDEN / "minimal" / "host.yaml"
        source = of_tree("host.yaml", tree_for(release, manifest.read_text()), "")
        made = deb(source, None, None)
        host.path("/root/packages").mkdir()
        host.path(f"/root/packages/{made.file}").write_bytes(made.content)
        yield host


def test_the_first_steps_lead_to_a_backup(host: Host) -> None:
    """A passphrase and the package: then the first run succeeds."""
    said = host.run("sh", "-euc", f"cd /root\n{typed('install -d')}")

    assert host.show("backup.service", "Result") == "success"
    assert "not ready for its next backup" not in said.stderr
    assert host.path("/backup.last").exists()
    assert host.succeeds("systemctl", "is-active", "backup.timer", "backup-check.timer")


def test_things_come_back_as_the_readme_says(host: Host) -> None:
    """Its commands list, restore and export as they stand, and leave nothing of root's behind."""
    out = host.run("sh", "-euc", typed("hostwright-restore list")).stdout

    assert "minimal-" in out
    assert "BORG_KEY " in out
    assert host.path("/root/restored/etc/fstab").exists()
    strays = ("find", "/mnt/vault/minimal", "/home/borg", "!", "-user", "borg")
    assert host.run(*strays).stdout == ""
