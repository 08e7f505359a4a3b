"""Two hosts: one backs up over ssh to a repository that the other serves."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.boot.container import booted, disk, powered
from tests.boot.laboratory import Host
from tests.boot.network import linked
from tests.boot.releases import tree_for
from tests.boot.software import create_database, keep_all_mail
from tests.boot.vault import Vault

MANIFEST = Path(__file__).parent / "hosts" / "remote.yaml"
PASSPHRASE = "correct horse"  # noqa: S105 - of a repository that lasts for a minute
SECRET = "/etc/credstore.encrypted/borg-passphrase"  # noqa: S105 - where it lies
KEY = "/etc/credstore/borg-ssh-key"
KNOWN_HOSTS = "/usr/lib/hostwright/known_hosts"
REPOSITORY = "/var/vault/web1"
SERVE = f"borg serve --restrict-to-repository {REPOSITORY}"
_SSHD = "Port 2222\nClientAliveInterval 1\nClientAliveCountMax 3\n"
# The sshd of Debian 13 keeps whoever fails to log in away for a while, and tests fail in a row.
_LENIENT = "PerSourcePenalties no"
_IMPATIENT = (
    "sed --in-place -e s/ServerAliveInterval=30/ServerAliveInterval=1/"
    " -e s/lock-wait=21600/lock-wait=30/ /usr/lib/systemd/system/backup*.service"
)


class Remote:
    """The client, and a server with a disk of its own, which can lose its power."""

    def __init__(self, client: Host, folder: Path) -> None:
        self.client = client
        self._folder = folder
        self._power = ExitStack()
        self.boot()

    def boot(self) -> None:
        """Switch the server on, and plug the cable in."""
        init = self._power.enter_context(powered(self._folder, "vault.example.org"))
        self.server = Host(init)
        ends = (self.client, "10.77.0.1", self.server, "10.77.0.2")
        self.cable = self._power.enter_context(linked(*ends))

    def cut(self) -> None:
        """Take the server's power away."""
        self._power.close()

    @property
    def vault(self) -> Vault:
        """The repository, looked into on the server."""
        return Vault(self.server, REPOSITORY, PASSPHRASE)

    def shown_key(self) -> str:
        """The public key that the server's sshd shows."""
        key = self.server.path("/etc/ssh/ssh_host_ed25519_key.pub").read_text()
        return " ".join(key.split()[:2])

    def install(self, release: str, text: str) -> None:
        """Compile a manifest with the server's key in it, and install it on the client.

        A dead connection is noticed after ten seconds there, not after five minutes.
        """
        self.client.install(tree_for(release, text.replace("KNOWN_HOST", self.shown_key())))
        self.client.run("sh", "-c", _IMPATIENT)
        self.client.run("systemctl", "daemon-reload")


@contextmanager
def served(root: Path, far_root: Path, serve: str = SERVE) -> Iterator[Remote]:
    """Boot a client, with its key and passphrase, and a server with a user that takes that key."""
    with booted(root, "web1") as init, disk(far_root) as folder:
        remote = Remote(Host(init), folder)
        try:
            _prepare(remote.client)
            _serve(remote, serve)
            yield remote
        finally:
            remote.cut()


def encrypt(client: Host, passphrase: str) -> None:
    """Have a passphrase as an encrypted credential on the client."""
    client.run("install", "-d", "-m", "700", "/etc/credstore.encrypted")
    encrypt = ("systemd-creds", "encrypt", "--name=passphrase", "-", SECRET)
    client.run(*encrypt, stdin=f"{passphrase}\n")


@contextmanager
def transferring(remote: Remote) -> Iterator[None]:
    """Back up a big new file, and be in the middle of it; the run has ended at the end."""
    client, server = remote.client, remote.server
    client.run("sh", "-c", "head --bytes=300M /dev/urandom >/srv/big")
    grown = f"test $(du --summarize --block-size=1M {REPOSITORY} | cut -f 1) -gt {{}}"
    size = server.run("du", "--summarize", "--block-size=1M", REPOSITORY).stdout.split()[0]
    with client.running("systemctl", "start", "backup.service", user="root") as run:
        server.wait_for("sh", "-c", grown.format(int(size) + 20))
        yield
    assert run.returncode != 0
    client.run("rm", "/srv/big")


def new_key(host: Host, path: str) -> None:
    """Make a pair of keys in the place of an older one."""
    host.run("rm", "--force", path, f"{path}.pub")
    host.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path)


def _prepare(client: Host) -> None:
    keep_all_mail(client)
    create_database(client, "shop", "a row to keep")
    client.write("/srv/secret", "for root only\n", mode=0o600)
    client.run("install", "-d", "-m", "700", "/etc/credstore")
    new_key(client, KEY)
    encrypt(client, PASSPHRASE)


def _serve(remote: Remote, serve: str) -> None:
    server = remote.server
    server.run("useradd", "--system", "--home-dir=/var/vault", "--shell=/bin/sh", "vault")
    server.run("install", "-d", "-o", "vault", "-g", "vault", "-m", "700", "/var/vault")
    allowed = f'command="{serve}",restrict {remote.client.path(f"{KEY}.pub").read_text()}'
    server.write("/var/vault/.ssh/authorized_keys", allowed, owner="vault:vault", mode=0o600)
    lenient = "" if server.succeeds("sshd", "-t", "-o", _LENIENT) else "#"
    server.write("/etc/ssh/sshd_config.d/vault.conf", f"{_SSHD}{lenient}{_LENIENT}\n")
    server.run("systemctl", "restart", "ssh")
