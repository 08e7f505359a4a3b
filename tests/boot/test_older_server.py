"""A host of Debian 13 that backs up to a server which still is a Debian 12."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.boot.backups import back_up
from tests.boot.remote import MANIFEST, Remote, served

pytestmark = pytest.mark.boot


@pytest.fixture(scope="module")
def remote(trixie: Path, bookworm: Path) -> Iterator[Remote]:
    """A client with borg 1.4 and PostgreSQL 17, a server with borg 1.2."""
    with served(trixie, bookworm) as remote:
        remote.install("trixie", MANIFEST.read_text())
        yield remote


def test_it_is_served_checked_and_read(remote: Remote) -> None:
    """Runs and checks succeed; the server's own borg reads what is in the archive."""
    runs = [back_up(remote.vault, client=remote.client) for _ in range(2)]
    checked = back_up(remote.vault, "backup-check", client=remote.client)
    assert [run.subjects for run in runs] == [("web1: backup success",)] * 2
    assert checked.subjects == ("web1: backup-check success",)
    assert remote.vault.content(runs[1].archive, "srv/secret") == "for root only\n"
    assert "backup/postgresql/shop.dump" in remote.vault.items(runs[1].archive)
