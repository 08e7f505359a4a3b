"""Repositories with other modes of encryption than the default one's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.boot.backups import back_up
from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.boot.releases import tree_for
from tests.boot.vault import Vault

pytestmark = pytest.mark.boot

PASSPHRASE = "correct horse"  # noqa: S105 - of a repository that lasts for a minute
FILE = "/etc/credstore/borg-passphrase"
MANIFEST = """
host: web1
target: debian-12
backup:
  paths: [/etc]
  repository: /mnt/vault/{mode}
  encryption: {mode}
"""


@pytest.fixture(scope="module")
def host(root: Path) -> Iterator[Host]:
    """A host with a passphrase."""
    with booted(root, "web1") as init:
        host = Host(init)
        host.write(FILE, f"{PASSPHRASE}\n", mode=0o600)
        yield host


@pytest.mark.parametrize("mode", ["keyfile", "authenticated-blake2", "none"])
def test_the_repository_is_made_used_and_checked(host: Host, release: str, mode: str) -> None:
    """The first run creates the repository, the second adds to it, and the check finds it good."""
    text = MANIFEST.format(mode=mode) + (f"  passphrase: {FILE}\n" if mode != "none" else "")
    host.run("rm", "-f", "/backup.last")
    host.install(tree_for(release, text))
    vault = Vault(host, f"/mnt/vault/{mode}", PASSPHRASE, base="/home/borg")
    runs = [back_up(vault) for _ in range(2)]
    assert [run.status for run in runs] == [0, 0]
    assert back_up(vault, "backup-check").status == 0
    assert len(vault.archives()) == 2
