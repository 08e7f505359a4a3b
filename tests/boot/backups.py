"""One run of the backup on a booted host, and everything that came of it."""

import time

from attrs import frozen

from tests.boot.laboratory import Host
from tests.boot.software import Mail, empty_mailbox, mails
from tests.boot.vault import Vault

STAMP = "/backup.last"


@frozen
class Run:
    """What one `systemctl start backup.service` did.

    Attributes:
        status: the exit status of systemctl.
        archives: the names of the archives that are new.
        stamp: when /backup.last was touched, in nanoseconds since 1970; None without the file.
        mails: what was mailed about it.
        journal: what backup.service and the dumps logged.
    """

    status: int
    archives: tuple[str, ...]
    stamp: int | None
    mails: tuple[Mail, ...]
    journal: str

    @property
    def archive(self) -> str:
        """The one new archive."""
        assert len(self.archives) == 1, self.journal
        return self.archives[0]

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects of the mails, sorted."""
        return tuple(sorted(mail.subject for mail in self.mails))


def back_up(vault: Vault, unit: str = "backup", *, client: Host | None = None) -> Run:
    """Start the backup, or its check, and wait for the mail if there is one to come.

    Args:
        vault: where its archives are.
        unit: without `.service`.
        client: the host that backs up, when another one keeps the vault.
    """
    host = client or vault.host
    empty_mailbox(host)
    before, began = vault.archives(), time.time()
    status = host.start(f"{unit}.service")
    return Run(
        status,
        tuple(archive for archive in vault.archives() if archive not in before),
        stamp(host),
        mails(host, unit) if host.show(f"{unit}.service", "OnFailure") else (),
        host.journal("backup*", began),
    )


def stamp(host: Host) -> int | None:
    """When /backup.last was touched, in nanoseconds since 1970."""
    file = host.path(STAMP)
    return file.stat().st_mtime_ns if file.exists() else None
