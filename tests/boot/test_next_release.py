"""The same on Debian 13: a smaller host, to see that its systemd, borg and PostgreSQL agree."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.boot.backups import Run, back_up
from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.boot.software import (
    create_database,
    create_gitea,
    gitea_writing,
    keep_all_mail,
    restored_issues,
    restored_rows,
)
from tests.boot.vault import Vault
from tests.support import GOLDEN, compile_text

pytestmark = [pytest.mark.boot, pytest.mark.usefixtures("first")]

MANIFEST = GOLDEN / "debian-13" / "host.yaml"
PASSPHRASE = "correct horse"  # noqa: S105 - of a repository that lasts for a minute
GITEA = "/srv/gitea"


@pytest.fixture(scope="module")
def host(trixie: Path) -> Iterator[Host]:
    """The golden host of Debian 13, with its software."""
    tree = compile_text(MANIFEST.read_bytes()).tree
    assert tree is not None
    with booted(trixie, "web2") as init:
        host = Host(init)
        keep_all_mail(host)
        create_gitea(host, GITEA)
        create_database(host, "shop", "a row to keep")
        host.write("/srv/secret", "for root only\n", mode=0o600)
        host.write("/etc/credstore/borg-passphrase", f"{PASSPHRASE}\n", mode=0o600)
        host.install(tree)
        yield host


@pytest.fixture(scope="module")
def vault(host: Host) -> Vault:
    """Its repository."""
    return Vault(host, "/mnt/vault/web2", PASSPHRASE)


@pytest.fixture(scope="module")
def first(host: Host, vault: Vault) -> Run:
    """The first run, while Gitea is writing."""
    with gitea_writing(host, "committed", GITEA):
        return back_up(vault)


def test_s1_a_file_only_root_can_read_is_archived(vault: Vault, first: Run) -> None:
    """The archive holds what only root may read."""
    assert first.status == 0
    assert vault.content(first.archive, "srv/secret") == "for root only\n"


def test_s2_a_dump_restores_the_rows_of_postgresql(vault: Vault, first: Run) -> None:
    """The archived dump loads into a new database, with the same rows."""
    rows = restored_rows(vault, first.archive, "backup/postgresql/shop.dump")
    assert rows == "a row to keep"


def test_s2_a_dump_restores_what_gitea_had_committed(vault: Vault, first: Run) -> None:
    """A database in WAL mode, dumped in the middle of a write, has all that was committed."""
    assert restored_issues(vault, first.archive) == "committed"


def test_s4_a_success_touches_the_stamp(first: Run) -> None:
    """A complete run touches /backup.last."""
    assert first.stamp is not None


def test_s5_success_and_failure_are_mailed(host: Host, vault: Vault, first: Run) -> None:
    """Each outcome is mailed through the sandbox of the next systemd."""
    with host.dropin("backup-gitea.service", "ExecStart=", "ExecStart=/bin/false"):
        run = back_up(vault)
    assert first.subjects == ("web2: backup success",)
    assert run.subjects == ("web2: backup FAILED",)


def test_f5_dumps_are_not_compressed(host: Host) -> None:
    """PostgreSQL 17 understands "no compression" as 15 does."""
    assert b"\ta row to keep\n" in host.path("/backup/postgresql/shop.dump").read_bytes()


def test_the_repository_can_be_checked(vault: Vault) -> None:
    """The repository is checked by borg 1.4 without any capability."""
    assert back_up(vault, "backup-check").subjects == ("web2: backup-check success",)


@pytest.mark.parametrize(
    ("unit", "ceiling"),
    [
        ("backup.service", 0.7),
        ("backup-check.service", 0.5),
        ("backup-gitea.service", 0.5),
        ("backup-postgresql.service", 0.4),
        ("backup-notify@backup-success.service", 1.0),
    ],
)
def test_no_unit_is_more_exposed_than_its_ceiling(host: Host, unit: str, ceiling: float) -> None:
    """The ceilings are those of Debian 12."""
    assert host.exposure(unit) <= ceiling


def test_systemd_has_no_complaint(host: Host) -> None:
    """systemd-analyze verify, systemd-sysusers and systemd-tmpfiles find nothing to warn about."""
    assert host.complaints() == ""
