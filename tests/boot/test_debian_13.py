"""What only Debian 13 has: its golden host, with directives that systemd 252 does not know."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.boot.backups import back_up
from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.boot.software import create_gitea, gitea_writing, keep_all_mail, restored_issues
from tests.boot.vault import Vault
from tests.support import tree_of

pytestmark = pytest.mark.boot

PASSPHRASE = "correct horse"  # noqa: S105 - of a repository that lasts for a minute
GITEA = "/srv/gitea"


@pytest.fixture(scope="module")
def host(trixie: Path) -> Iterator[Host]:
    """The golden host of Debian 13, whose Gitea lives in a folder of the administrator's."""
    with booted(trixie, "web2") as init:
        host = Host(init)
        keep_all_mail(host)
        create_gitea(host, GITEA)
        host.write("/etc/credstore/borg-passphrase", f"{PASSPHRASE}\n", mode=0o600)
        host.install(tree_of("debian-13"))
        yield host


def test_systemd_has_no_complaint(host: Host) -> None:
    """Its systemd knows every directive of its own that the manifest sets."""
    assert host.complaints() == ""
    assert host.show("backup.timer", "DeferReactivation") == "yes"
    assert host.show("backup.service", "MemoryZSwapWriteback") == "no"


def test_s2_a_dump_restores_what_gitea_had_committed(host: Host) -> None:
    """Its database is dumped from where it is, in the middle of a write."""
    vault = Vault(host, "/mnt/vault/web2", PASSPHRASE)
    with gitea_writing(host, "committed", GITEA):
        run = back_up(vault)
    assert run.subjects == ("web2: backup success",)
    assert restored_issues(vault, run.archive) == "committed"
