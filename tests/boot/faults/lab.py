"""The host on which faults are tried, and what is looked at: archives, dumps, stamp, mail."""

import time
from pathlib import Path

from attrs import frozen

from modules.programs import contract
from tests.boot.backups import stamp
from tests.boot.laboratory import Host
from tests.boot.software import Mail, empty_mailbox, mails
from tests.boot.vault import Vault

SENTINEL = "/srv/sentinel"
REPOSITORY = "/mnt/vault/web1"
PASSPHRASE = "correct horse"  # noqa: S105 - of a repository that lasts for minutes
PASSPHRASE_FILE = "/etc/credstore/borg-passphrase"  # noqa: S105 - where it lies
# How the names of archives begin that a fault has put there, to be removed by the run.
OLD = "web1-2020-"
DUMPS = ("gitea", "motd", "postgresql")
RUN_SECONDS = 600
COPY = "/var/tmp/vault"
EXTRACTED = "/var/tmp/extracted"
_COPY = f"rm -rf {COPY} && cp -a {REPOSITORY} {COPY} && rm -rf {COPY}/lock.*"
_EXTRACT = f'rm -rf {EXTRACTED} && mkdir {EXTRACTED} && cd {EXTRACTED} && borg extract "$@"'


@frozen
class Look:
    """What there is on a host at one time.

    Attributes:
        archives: the names of all archives.
        dumps: of each dump that verifies, when it was made.
        stamp: when /backup.last was touched.
    """

    archives: frozenset[str]
    dumps: dict[str, str]
    stamp: int | None


@frozen
class Night:
    """What came of one run, looked at while its fault was in place.

    Attributes:
        status: the exit status of systemctl.
        mails: what was mailed about it.
        journal: what they have logged.
    """

    status: int
    mails: tuple[Mail, ...]
    journal: str


@frozen
class Lab:
    """A host that has software, dumps, a repository with archives, and mail."""

    host: Host

    def start(self, unit: str, *, mailed: bool = True, shown: str | None = None) -> Night:
        """Start a unit, and wait for its end, for its mail, and for a unit that is to fail."""
        began = time.time()
        start = ("systemctl", "start", f"{unit}.service")
        status = self.host.run(*start, check=False, seconds=RUN_SECONDS).returncode
        if shown is not None:
            self.host.wait_for("systemctl", "is-failed", shown)
        return Night(
            status,
            mails(self.host, unit) if mailed else (),
            self.host.journal("backup*", began),
        )

    def failed(self) -> tuple[str, ...]:
        """The units of the backup that have failed."""
        listed = ("systemctl", "list-units", "--failed", "--plain", "--no-legend", "backup*")
        return tuple(line.split()[0] for line in self.host.run(*listed).stdout.splitlines())

    def forget(self) -> None:
        """Forget failed units and mail, so that what follows stands for itself."""
        self.host.run("systemctl", "reset-failed")
        empty_mailbox(self.host)

    def look(self) -> Look:
        """What there is, found without touching it: the repository's copy is looked into."""
        self.host.run("sh", "-c", _COPY)
        dumps = {name: self.made(f"/backup/{name}") for name in DUMPS}
        return Look(
            frozenset(self._vault().archives()),
            {name: made for name, made in dumps.items() if made is not None},
            stamp(self.host),
        )

    def extract(self, archive: str, *paths: str) -> Path:
        """Extract an archive, or some paths of it, of the repository that was copied last.

        Returns:
            The folder. That every path is in the archive is a part of it.
        """
        self._vault().run("sh", "-c", _EXTRACT, "sh", f"::{archive}", *paths)
        return self.host.path(EXTRACTED)

    def made(self, folder: str) -> str | None:
        """When the dump in a folder of the host was made; None if it is not what it should be."""
        try:
            return str(contract.verify(self.host.path(folder)).made)
        except contract.ContractError:
            return None

    def has(self, path: str) -> bool:
        """Whether there is a file on the host."""
        return self.host.path(path).exists()

    def borg(self, *words: str) -> str:
        """Run borg as the user borg."""
        return Vault(self.host, REPOSITORY, PASSPHRASE).run("borg", *words, user="borg")

    def _vault(self) -> Vault:
        return Vault(self.host, COPY, PASSPHRASE)
