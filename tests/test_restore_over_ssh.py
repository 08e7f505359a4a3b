"""hostwright-restore and a repository behind ssh: whose key is read, and goes again."""

import signal
import time
from pathlib import Path

import pytest

from tests.restoring import SETTINGS, Host, make, ready

SSH = """#!/bin/sh
# Stands in for ssh: notes its words and the key's mode, then serves as the server would.
cd "$(dirname "$0")"
printf '%s\\n' "$@" >words
while [ "$1" != -i ]; do shift; done
stat --format='%a %n' "$(dirname "$2")" "$2" >>words
cat "$2" >>words
[ ! -e wait ] || { touch waiting; exec sleep 60; }
while [ "$1" != borg ]; do shift; done
exec "$@"
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs, and a repository with three archives."""
    folder = tmp_path_factory.mktemp("restore")
    make(folder)
    return folder


@pytest.fixture
def remote(made: Path) -> Host:
    """The host with its repository behind ssh."""
    host = ready(made)
    host.path("ssh").write_text(SSH)
    host.path("ssh").chmod(0o755)
    host.path("key").write_text("the private key\n")
    host.path("wait").unlink(missing_ok=True)
    text = SETTINGS.format(folder=host.folder).replace("local = true", "local = false")
    text = text.replace(f'REPO = "{host.folder}', f'REPO = "ssh://vault@example.org{host.folder}')
    text = text.replace("\n[credentials]", f"\n[credentials]\nssh_key = '{host.folder}/key'")
    known = f"UserKnownHostsFile={host.folder}/home/.config/borg/known_hosts"
    text = f'ssh = "{host.folder}/ssh -F none -o {known}"\n{text}'
    host.path("programs/restore.toml").write_text(text)
    return host


def test_ssh_gets_a_key_that_nobody_else_can_read(remote: Host) -> None:
    """The key is copied to a folder of root's, and so are the servers known to borg."""
    assert remote.restore("list")[0] == 0
    words, key = remote.path("words").read_text(), _key(remote)
    assert f"700 {key.parent}\n600 {key}\nthe private key\n" in words
    assert f"UserKnownHostsFile={key.parent}/known_hosts\n" in words
    assert not key.parent.exists()


def _key(remote: Host) -> Path:
    key = Path(remote.path("words").read_text().split("-i\n")[1].splitlines()[0])
    assert key.parent.parent == Path("/run")
    return key


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_key_goes_when_the_program_is_ended(remote: Host, number: signal.Signals) -> None:
    """Nothing is left below /run, and borg is not left running."""
    for name in ("wait", "waiting"):
        remote.path(name).unlink(missing_ok=True)
    remote.path("wait").touch()
    process = remote.start("list")
    while not remote.path("waiting").exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert not _key(remote).parent.exists()
