"""A repository behind ssh: `borg serve` on a second host, reached from inside the sandbox."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.boot.backups import Run, back_up, stamp
from tests.boot.laboratory import Host
from tests.boot.remote import (
    KEY,
    MANIFEST,
    PASSPHRASE,
    Remote,
    encrypt,
    new_key,
    served,
    transferring,
)
from tests.boot.software import restored_rows

pytestmark = [pytest.mark.boot, pytest.mark.usefixtures("first")]

KILL = """for process in /proc/[0-9]*; do
    if grep --quiet --text ^/usr/bin/python.*serve $process/cmdline
    then kill -9 ${process#/proc/}
    fi
done"""
SERVER_KEY = "/etc/ssh/ssh_host_ed25519_key"


@pytest.fixture(scope="module")
def remote(root: Path, release: str) -> Iterator[Remote]:
    """A host that backs up over ssh, its passphrase in an encrypted credential, and its server."""
    with served(root, root) as remote:
        remote.install(release, MANIFEST.read_text())
        yield remote


@pytest.fixture(scope="module")
def host(remote: Remote) -> Host:
    """The host that backs up."""
    return remote.client


@pytest.fixture(scope="module")
def first(remote: Remote) -> Run:
    """The first run: it creates the repository."""
    return run(remote)


def run(remote: Remote, unit: str = "backup") -> Run:
    """Back up, or check, from the client to the server."""
    return back_up(remote.vault, unit, client=remote.client)


def fails_with(remote: Remote, reason: str) -> None:
    """The run archives nothing, claims no success, and mails its failure with the reason."""
    before = stamp(remote.client)
    failed = run(remote)
    assert failed.status != 0
    assert failed.archives == ()
    assert failed.stamp == before
    assert failed.subjects == ("web1: backup FAILED",)
    assert reason in failed.mails[0].text


def recovers(remote: Remote) -> None:
    """The next run succeeds by itself: no lock is in its way, nothing half done in the archives."""
    again = run(remote)
    assert again.status == 0
    assert again.archive
    assert [name for name in remote.vault.archives() if "checkpoint" in name] == []
    assert run(remote, "backup-check").status == 0


@contextmanager
def _kept(host: Host, *files: str) -> Iterator[None]:
    """Have files as they were, after the context."""
    kept = {file: host.path(file).read_bytes() for file in files}
    try:
        yield
    finally:
        for file, content in kept.items():
            host.path(file).write_bytes(content)


def test_s1_a_file_only_root_can_read_reaches_the_server(remote: Remote, first: Run) -> None:
    """The archive on the server holds what only root of the host may read."""
    assert first.status == 0
    assert remote.vault.content(first.archive, "srv/secret") == "for root only\n"


def test_s2_a_dump_restores_from_the_server(remote: Remote, first: Run) -> None:
    """The dump in the archive loads into a new database of another host, with the same rows."""
    rows = restored_rows(remote.vault, first.archive, "backup/postgresql/shop.dump")
    assert rows == "a row to keep"


def test_s4_a_success_touches_the_stamp(first: Run) -> None:
    """A complete remote run touches /backup.last."""
    assert first.stamp is not None


def test_s10_only_borgs_own_folders_are_writable(host: Host) -> None:
    """With a repository elsewhere, borg writes to its cache and its configuration only."""
    written = ["/home/borg/.cache/borg", "/home/borg/.config/borg"]
    assert host.show("backup.service", "ReadWritePaths").split() == written


def test_the_repository_can_be_checked(remote: Remote) -> None:
    """The check works over ssh without any capability."""
    assert run(remote, "backup-check").subjects == ("web1: backup-check success",)


def test_f1_a_server_with_another_key_is_refused(remote: Remote) -> None:
    """When the server's key is not the pinned one nothing is sent, and the mail says why."""
    with _kept(remote.server, SERVER_KEY, f"{SERVER_KEY}.pub"):
        new_key(remote.server, SERVER_KEY)
        remote.server.run("systemctl", "restart", "ssh")
        fails_with(remote, "Host key verification failed")
    remote.server.run("systemctl", "restart", "ssh")


def test_f1_a_client_with_another_key_is_refused(remote: Remote) -> None:
    """When the server does not know the client's key, the mail says so."""
    with _kept(remote.client, KEY, f"{KEY}.pub"):
        new_key(remote.client, KEY)
        fails_with(remote, "Permission denied (publickey")


def test_f1_a_wrong_passphrase_is_mailed(remote: Remote) -> None:
    """When the passphrase is not the repository's, the mail says so, and no new key is made."""
    encrypt(remote.client, "another one")
    fails_with(remote, "passphrase supplied in BORG_PASSPHRASE")
    encrypt(remote.client, PASSPHRASE)


def test_f1_a_server_that_is_stopped_is_mailed(remote: Remote) -> None:
    """When nothing listens on the server, the run fails, and the mail says so."""
    remote.server.run("systemctl", "stop", "ssh")
    fails_with(remote, "Connection refused")
    remote.server.run("systemctl", "start", "ssh")


def test_f1_a_server_that_is_unplugged_is_mailed(remote: Remote) -> None:
    """When the server is off the network, the run fails, and the mail says so."""
    with remote.cable.unplugged():
        fails_with(remote, "No route to host")


def test_f1_a_server_that_never_answers_is_mailed(remote: Remote) -> None:
    """When a firewall drops everything, the run fails once the kernel gives up, and is mailed.

    That takes two tries of two minutes; here the kernel gives up after three seconds.
    """
    remote.client.run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/tcp_syn_retries")
    with remote.cable.swallowing():
        fails_with(remote, "Connection timed out")


def test_f9_a_server_whose_borg_dies_is_no_trouble_for_the_next_run(remote: Remote) -> None:
    """Its end in the middle of a transfer fails the run; the lock it leaves is known as stale."""
    with transferring(remote):
        remote.server.run("sh", "-c", KILL)
    recovers(remote)


def test_f9_a_broken_connection_is_no_trouble_for_the_next_run(remote: Remote) -> None:
    """Both ends notice that nothing comes any more: the run fails, and the server frees its lock.

    The server does because its sshd asks for signs of life (ClientAliveInterval); without that it
    holds the lock for two hours, and the next run waits for it.
    """
    with transferring(remote), remote.cable.unplugged():
        remote.client.wait_for("sh", "-c", "systemctl is-failed backup.service")
    recovers(remote)


def test_f9_a_server_that_loses_power_is_no_trouble_for_the_next_run(remote: Remote) -> None:
    """Once it is up again the next run succeeds."""
    with transferring(remote):
        remote.cut()
    remote.boot()
    recovers(remote)


def test_a_key_is_trusted_at_first_use_and_pinned(remote: Remote, release: str) -> None:
    """With trust_on_first_use the first key is accepted; no other one is, from then on."""
    pinned = MANIFEST.read_text()
    remote.install(release, re.sub("known_hosts: .*", "trust_on_first_use: true", pinned))
    assert run(remote).status == 0
    accepted = remote.client.path("/home/borg/.config/borg/known_hosts")
    assert remote.shown_key() in accepted.read_text()
    other = remote.client.path(f"{KEY}.pub").read_text()
    accepted.write_text(f"[vault.example.org]:2222 {other}")
    fails_with(remote, "Host key verification failed")
    remote.install(release, pinned)


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
