"""A server that only ever adds: `borg serve --append-only`, and `append_only: true` on the host."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.boot.backups import Run, back_up
from tests.boot.laboratory import Host
from tests.boot.remote import KEY, MANIFEST, PASSPHRASE, REPOSITORY, SERVE, Remote, served

pytestmark = [pytest.mark.boot, pytest.mark.usefixtures("first")]

OLD = "web1-2020-02-01T00:00:00"
OPTION = "  append_only: true\n  mail:"
INTRUDER = (
    "env",
    f"BORG_PASSPHRASE={PASSPHRASE}",
    "BORG_REPO=ssh://vault@vault.example.org:2222/./web1",
    "BORG_BASE_DIR=/root/intruder",
    f"BORG_RSH=ssh -oUserKnownHostsFile=/usr/lib/hostwright/known_hosts -i {KEY}",
)


@pytest.fixture(scope="module")
def remote(root: Path, release: str) -> Iterator[Remote]:
    """A host, and a server that lets it add and nothing else."""
    with served(root, root, f"{SERVE} --append-only") as remote:
        remote.install(release, MANIFEST.read_text().replace("  mail:", OPTION))
        yield remote


@pytest.fixture(scope="module")
def host(remote: Remote) -> Host:
    """The host that backs up."""
    return remote.client


@pytest.fixture(scope="module")
def first(remote: Remote) -> Run:
    """The first run, and an archive that any rule of `keep` would have pruned."""
    run = back_up(remote.vault, client=remote.client)
    _by_hand(
        remote, "borg", "create", "--timestamp=2020-02-01T00:00:00", f"::{OLD}", "/etc/hostname"
    )
    return run


def _by_hand(remote: Remote, *command: str) -> str:
    """Run borg on the host as somebody who has taken it over, key and passphrase included."""
    return remote.client.run(*INTRUDER, *command).stdout


def _segments(remote: Remote) -> dict[str, bytes]:
    folder = remote.server.path(f"{REPOSITORY}/data")
    return {file.name: file.read_bytes() for file in folder.glob("*/*")}


def _transaction(remote: Remote) -> int:
    """The last one that the server has on record."""
    record = remote.server.path(f"{REPOSITORY}/transactions").read_text()
    return int(re.findall(r"^transaction (\d+),", record, re.MULTILINE)[-1])


def _roll_back(remote: Remote, transaction: int) -> None:
    """What borg's manual tells the server's administrator: remove whatever came afterwards.

    Borg makes an index anew when it looks next, which it has to do as the repository's own user.
    """
    for file in remote.server.path(f"{REPOSITORY}/data").glob("*/*"):
        if int(file.name) > transaction:
            file.unlink()
    remote.server.run("sh", "-c", f"cd {REPOSITORY}; rm --force index.* hints.* integrity.*")
    environment = ("env", "BORG_BASE_DIR=/var/vault", f"BORG_PASSPHRASE={PASSPHRASE}")
    look = ("borg", "list", REPOSITORY)
    remote.server.run(*environment, "BORG_RELOCATED_REPO_ACCESS_IS_OK=yes", *look, user="vault")


def test_archives_accumulate(remote: Remote, first: Run) -> None:
    """Runs succeed and none of them prunes or compacts, however old an archive is."""
    runs = [first, back_up(remote.vault, client=remote.client)]
    assert [run.subjects for run in runs] == [("web1: backup success",)] * 2
    assert {OLD, *(run.archive for run in runs)} == {*remote.vault.archives()}
    commands = remote.client.show("backup.service", "ExecStart")
    assert " prune " not in commands
    assert " compact " not in commands


def test_an_intruder_removes_nothing(remote: Remote, first: Run) -> None:
    """Deleting and compacting by hand hides archives, and every byte of them is still there.

    The server's administrator goes back to the transaction before; the host starts a new cache.
    """
    good, kept, archives = _transaction(remote), _segments(remote), remote.vault.archives()
    _by_hand(remote, "borg", "delete", "::", *archives)
    _by_hand(remote, "borg", "compact", "--cleanup-commits")
    assert remote.vault.archives() == ()
    assert kept.items() <= _segments(remote).items()

    _roll_back(remote, good)
    assert remote.vault.archives() == archives
    assert remote.vault.content(first.archive, "srv/secret") == "for root only\n"


def test_the_host_goes_on_after_that(remote: Remote) -> None:
    """The next run adds its archive to those that were there."""
    before = remote.vault.archives()
    run = back_up(remote.vault, client=remote.client)
    assert run.status == 0
    assert remote.vault.archives() == (*before, run.archive)


def test_the_repository_can_be_checked(remote: Remote) -> None:
    """The check works as it does elsewhere."""
    checked = back_up(remote.vault, "backup-check", client=remote.client)
    assert checked.subjects == ("web1: backup-check success",)
