"""A repository behind ssh: `borg serve` on a booted host, reached from inside the sandbox."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.boot.backups import Run, back_up, stamp
from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.boot.software import create_database, keep_all_mail, restored_rows
from tests.boot.vault import Vault
from tests.support import compile_text

pytestmark = [pytest.mark.boot, pytest.mark.usefixtures("first")]

MANIFEST = Path(__file__).parent / "hosts" / "remote.yaml"
PASSPHRASE = "correct horse"  # noqa: S105 - of a repository that lasts for a minute
KEY = "/etc/credstore/borg-ssh-key"
KNOWN_HOSTS = "/usr/lib/hostwright/known_hosts"
SERVE = "borg serve --restrict-to-repository /var/vault/web1"


def _serve(host: Host) -> None:
    """Make the host a server of repositories too."""
    host.run("useradd", "--system", "--home-dir=/var/vault", "--shell=/bin/sh", "vault")
    host.run("install", "-d", "-o", "vault", "-g", "vault", "-m", "700", "/var/vault")
    host.run("install", "-d", "-m", "700", "/etc/credstore")
    host.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", KEY)
    key = host.path(f"{KEY}.pub").read_text()
    allowed = f'command="{SERVE}",restrict {key}'
    host.write("/var/vault/.ssh/authorized_keys", allowed, owner="vault:vault", mode=0o600)
    host.write("/etc/ssh/sshd_config.d/port.conf", "Port 2222\n")
    host.run("sh", "-c", "echo 127.0.0.1 vault.example.org >>/etc/hosts")
    host.run("systemctl", "restart", "ssh")


def _shown(host: Host) -> str:
    """The public key that its sshd shows."""
    kind, key, *_ = host.path("/etc/ssh/ssh_host_ed25519_key.pub").read_text().split()
    return f"{kind} {key}"


def _install(host: Host, text: str) -> None:
    tree = compile_text(text.replace("KNOWN_HOST", _shown(host))).tree
    assert tree is not None
    host.install(tree)


@contextmanager
def _installed(host: Host, text: str) -> Iterator[None]:
    """Have another manifest's tree in place, for as long as the context lasts."""
    _install(host, text)
    try:
        yield
    finally:
        _install(host, MANIFEST.read_text())


@pytest.fixture(scope="module")
def host(bookworm: Path) -> Iterator[Host]:
    """A host that backs up to itself over ssh, its passphrase in an encrypted credential."""
    with booted(bookworm, "web1") as init:
        host = Host(init)
        keep_all_mail(host)
        create_database(host, "shop", "a row to keep")
        host.write("/srv/secret", "for root only\n", mode=0o600)
        _serve(host)
        _install(host, MANIFEST.read_text())
        secret = "/etc/credstore.encrypted/borg-passphrase"  # noqa: S105 - where it lies
        host.run("install", "-d", "-m", "700", "/etc/credstore.encrypted")
        host.run(
            "systemd-creds", "encrypt", "--name=passphrase", "-", secret, stdin=f"{PASSPHRASE}\n"
        )
        yield host


@pytest.fixture(scope="module")
def vault(host: Host) -> Vault:
    """The repository, looked into on the server."""
    return Vault(host, "/var/vault/web1", PASSPHRASE)


@pytest.fixture(scope="module")
def first(vault: Vault) -> Run:
    """The first run: it creates the repository."""
    return back_up(vault)


def test_s1_a_file_only_root_can_read_reaches_the_server(vault: Vault, first: Run) -> None:
    """The archive on the server holds what only root of the host may read."""
    assert first.status == 0
    assert vault.content(first.archive, "srv/secret") == "for root only\n"


def test_s2_a_dump_restores_from_the_server(vault: Vault, first: Run) -> None:
    """The dump in the archive loads into a new database, with the same rows."""
    rows = restored_rows(vault, first.archive, "backup/postgresql/shop.dump")
    assert rows == "a row to keep"


def test_s4_a_success_touches_the_stamp(first: Run) -> None:
    """A complete remote run touches /backup.last."""
    assert first.stamp is not None


def test_s10_only_borgs_own_folders_are_writable(host: Host) -> None:
    """With a repository elsewhere, borg writes to its cache and its configuration only."""
    written = ["/home/borg/.cache/borg", "/home/borg/.config/borg"]
    assert host.show("backup.service", "ReadWritePaths").split() == written


def test_the_repository_can_be_checked(vault: Vault) -> None:
    """The check works over ssh without any capability."""
    assert back_up(vault, "backup-check").subjects == ("web1: backup-check success",)


def test_f1_a_server_with_another_key_is_refused(host: Host, vault: Vault) -> None:
    """When the server's key is not the pinned one nothing is sent, and the mail says why."""
    pinned = host.path(KNOWN_HOSTS).read_text()
    other = host.path(f"{KEY}.pub").read_text()
    host.write(KNOWN_HOSTS, f"[vault.example.org]:2222 {other}")
    before = stamp(host)
    run = back_up(vault)
    host.write(KNOWN_HOSTS, pinned)
    assert run.archives == ()
    assert run.stamp == before
    assert run.subjects == ("web1: backup FAILED",)
    assert "Host key verification failed" in run.mails[0].text


def test_f1_a_server_that_is_down_is_mailed(host: Host, vault: Vault) -> None:
    """When nobody answers, the run fails, and the mail says so."""
    host.run("systemctl", "stop", "ssh")
    run = back_up(vault)
    host.run("systemctl", "start", "ssh")
    assert run.subjects == ("web1: backup FAILED",)
    assert "Connection refused" in run.mails[0].text


def test_a_key_is_trusted_at_first_use_and_pinned(host: Host, vault: Vault) -> None:
    """With trust_on_first_use the first key is accepted; no other one is, from then on."""
    pinned = MANIFEST.read_text()
    trusting = re.sub("known_hosts: .*", "trust_on_first_use: true", pinned)
    with _installed(host, trusting):
        assert back_up(vault).status == 0
        accepted = host.path("/home/borg/.config/borg/known_hosts")
        assert _shown(host) in accepted.read_text()
        other = host.path(f"{KEY}.pub").read_text()
        accepted.write_text(f"[vault.example.org]:2222 {other}")
        assert back_up(vault).subjects == ("web1: backup FAILED",)


def test_f8_a_remote_repository_waits_for_the_network(host: Host) -> None:
    """Both units that reach the server start after the network is up, and ask for it."""
    for unit in ("backup.service", "backup-check.service"):
        assert "network-online.target" in host.show(unit, "After").split()
        assert "network-online.target" in host.show(unit, "Wants").split()


@pytest.mark.parametrize(
    ("unit", "ceiling"), [("backup.service", 1.6), ("backup-check.service", 1.2)]
)
def test_no_unit_is_more_exposed_than_its_ceiling(host: Host, unit: str, ceiling: float) -> None:
    """The network is what a remote repository costs, and nothing else."""
    assert host.exposure(unit) <= ceiling


def test_systemd_has_no_complaint(host: Host) -> None:
    """systemd-analyze verify, systemd-sysusers and systemd-tmpfiles find nothing to warn about."""
    assert host.complaints() == ""
