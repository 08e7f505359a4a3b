"""hostwright-preflight with a repository behind ssh, and on a host that was set up by hand."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.boot.backups import back_up
from tests.boot.laboratory import Host
from tests.boot.preflights import GOOD, Said, changed, moved, preflight, written
from tests.boot.remote import KEY, MANIFEST, PASSPHRASE, SECRET, Remote, encrypt, new_key, served

pytestmark = pytest.mark.boot

SERVER_KEY = "/etc/ssh/ssh_host_ed25519_key"
UNREACHED = "FAIL  repository: ssh://vault@vault.example.org:2222/./web1 cannot be reached ("
HAND_MADE = {
    "/etc/systemd/system/backup.service": "[Service]\nUser=borg\nExecStart=/opt/backup.sh\n",
    "/etc/systemd/system/backup.timer": "[Timer]\nOnCalendar=daily\n",
    "/etc/systemd/system/backup.service.d/postgresql.conf": "[Service]\n"
    "ExecStartPre=!/bin/systemctl start backup-postgresql.service\n",
    "/etc/systemd/system/backup-postgresql.service": "[Service]\nExecStart=/opt/pg.sh\n",
    "/etc/systemd/system/backup-ldap.service": "[Service]\nExecStart=/opt/ldap.sh\n",
}


@pytest.fixture(scope="module")
def remote(root: Path, release: str) -> Iterator[Remote]:
    """A host that is to back up over ssh, its passphrase in an encrypted credential."""
    with served(root, root) as remote:
        remote.install(release, MANIFEST.read_text())
        yield remote


@pytest.fixture(scope="module")
def host(remote: Remote) -> Host:
    """The host that is looked at."""
    return remote.client


@contextmanager
def kept(host: Host, *files: str) -> Iterator[None]:
    """Have files as they were, after the context."""
    before = {file: host.path(file).read_bytes() for file in files}
    try:
        yield
    finally:
        for file, content in before.items():
            host.path(file).write_bytes(content)


def unreached(said: Said) -> str:
    """Why the server was not reached, which is all that is wrong."""
    assert (len(said.failed), said.status, said.notes) == (1, 1, [])
    assert said.failed[0].startswith(UNREACHED)
    return said.failed[0].removeprefix(UNREACHED)


def test_a_host_before_its_first_backup_is_good(remote: Remote, host: Host) -> None:
    """There is no repository yet, which is as it should be; and none is made by looking."""
    said = preflight(host, "--verbose")
    assert (said.status, said.failed) == (0, [])
    assert (
        "repository: none at ssh://vault@vault.example.org:2222/./web1 yet: the first" in said.text
    )
    assert not remote.server.path("/var/vault/web1").exists()
    assert not host.path("/home/borg/.config/borg/security").exists()


def test_a_host_after_its_first_backup_is_good(remote: Remote, host: Host) -> None:
    """Borg opens the repository, and neither end has a file more, or another, than before."""
    assert back_up(remote.vault, client=host).status == 0
    before = listing(remote)
    assert preflight(host) == Said(0, GOOD)
    assert listing(remote) == before


def listing(remote: Remote) -> str:
    """Every file of the repository and of borg's home, with its owner, size and time."""
    words = ("-printf", "%p %m %u %g %s %T@\\n")
    far = remote.server.run("find", "/var/vault/web1", *words).stdout
    return far + remote.client.run("find", "/home/borg", *words).stdout


def test_a_server_with_another_key_is_told(remote: Remote, host: Host) -> None:
    """The line says how to compare it with the pinned one."""
    with kept(remote.server, SERVER_KEY, f"{SERVER_KEY}.pub"):
        new_key(remote.server, SERVER_KEY)
        remote.server.run("systemctl", "restart", "ssh")
        assert "the server's host key is not the pinned one: " in unreached(preflight(host))
    remote.server.run("systemctl", "restart", "ssh")


def test_a_key_that_the_server_does_not_take_is_told(host: Host) -> None:
    """The line says what to add on the server."""
    with kept(host, KEY, f"{KEY}.pub"):
        new_key(host, KEY)
        assert "the server does not take this host's ssh key: " in unreached(preflight(host))


def test_a_server_without_sshd_is_told(remote: Remote, host: Host) -> None:
    """Nothing listens there."""
    start = ("systemctl", "start", "ssh")
    with changed(remote.server, "systemctl", "stop", "ssh", back=start):
        assert "Connection refused): the server is up, but no " in unreached(preflight(host))


def test_a_server_that_is_down_is_told(remote: Remote, host: Host) -> None:
    """It cannot be reached at all."""
    with remote.cable.unplugged():
        assert "No route to host): the server, or the net" in unreached(preflight(host))


def test_a_server_that_never_answers_is_given_up(remote: Remote, host: Host) -> None:
    """A firewall that drops everything costs ten seconds, not four minutes."""
    with remote.cable.swallowing():
        said = host.run("hostwright-preflight", check=False, seconds=30)
    assert "timed out): the server is down, or a firewall" in said.stdout


def test_cut_off_it_leaves_nothing_behind(remote: Remote, host: Host) -> None:
    """Neither the copy of the key, nor a process, when somebody has waited long enough."""
    with remote.cable.swallowing():
        host.run("timeout", "3", "hostwright-preflight", check=False)
        assert host.run("ls", "/run/").stdout.count("hostwright-") == 0
        # Killed they are by now; ssh is a child of init then, which takes its time to bury it.
        gone = "while pgrep --exact 'borg|ssh'; do sleep 0.05; done"
        left = host.run("timeout", "2", "sh", "-c", gone, check=False)
    assert left.returncode == 0, left.stdout


def test_a_wrong_passphrase_is_told(host: Host) -> None:
    """The encrypted credential is in order, but not that of the repository."""
    encrypt(host, "another one")
    said = preflight(host)
    encrypt(host, PASSPHRASE)
    [line] = said.failed
    assert f"the passphrase in {SECRET} is not that of this repository" in line


def test_a_secret_of_another_machine_is_told(host: Host) -> None:
    """Nobody can decrypt it here."""
    with kept(host, SECRET):
        host.write(SECRET, "bm8gc2VjcmV0IG9mIHRoaXMgbWFjaGluZSBhdCBhbGwhIQo=\n", mode=0o600)
        [line] = preflight(host).failed
    assert line.startswith(f"FAIL  credential passphrase: {SECRET} cannot be decrypted on this")


def test_a_missing_ssh_key_is_told_once(host: Host) -> None:
    """That the server cannot be reached without it goes without saying."""
    with moved(KEY)(host):
        [line] = preflight(host).failed
    assert line.startswith(f"FAIL  credential ssh_key: {KEY} is not there: put the private ssh key")


def test_a_first_key_is_not_pinned_by_looking(remote: Remote, host: Host, release: str) -> None:
    """With trust_on_first_use it is the first backup that pins the server's key."""
    text = MANIFEST.read_text().partition("  known_hosts:")
    trusting = f"{text[0]}  trust_on_first_use: true\n{text[2].partition(chr(10))[2]}"
    remote.install(release, trusting)
    assert preflight(host) == Said(0, GOOD)
    assert not host.path("/home/borg/.config/borg/known_hosts").exists()
    remote.install(release, MANIFEST.read_text())


def test_what_was_made_by_hand_is_told_apart(host: Host) -> None:
    """What hides a compiled unit is a failure; what only joins it, or is left over, is a note."""
    with ExitStack() as there:
        for file, text in HAND_MADE.items():
            there.enter_context(written(file, text)(host))
        said = preflight(host)
    hidden = ("backup-postgresql.service", "backup.service", "backup.timer")
    assert [line.split(":")[0] for line in said.failed] == [f"FAIL  unit {one}" for one in hidden]
    assert "hides the compiled unit and runs /opt/backup.sh: " in said.failed[1]
    kinds = [line.split(":")[0] for line in said.notes]
    assert kinds == ["note  unit backup.service", "note  unit backup-ldap.service"]
