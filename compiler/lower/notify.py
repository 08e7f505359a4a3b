"""Mail: backup-notify@.service, started by systemd when a run has ended."""

from collections.abc import Iterator

from compiler.lower.lines import Lines
from compiler.lower.sandbox import Access, sandbox
from schema.host import Manifest
from schema.layout import library
from schema.units import Account, Command, Expanded, Script, Unit, Words

USER = "backup-notify"
MAILDROP = "/var/spool/postfix/maildrop"
_AT = ("backup", "mail")


def notified(lines: Lines, manifest: Manifest, *, success: bool = True) -> None:
    """Make a unit report its end, when there is somebody to report to.

    Two instances, because systemd tells a unit that could have been started by either outcome
    of another nothing about it (no MONITOR_* variables; systemd.exec(5), measured).
    """
    if manifest.backup.mail is None:
        return
    for outcome in ("failure", "success") if success else ("failure",):
        lines.unit(
            f"On{outcome.capitalize()}",
            Expanded(f"backup-notify@%N-{outcome}.service"),
            "no failure is silent" if outcome == "failure" else "no news is bad news",
            _AT,
        )


def notify(manifest: Manifest) -> Iterator[Unit | Account | Script]:
    """The unit that mails, its user and its script; nothing when nobody is to be told."""
    if manifest.backup.mail is None:
        return
    lines = Lines("backup", _AT)
    lines.unit("Description", Expanded("Mail the outcome of %i"), "what it does")
    lines.service("Type", "oneshot", "is done when its commands are")
    lines.service("User", USER, "mail needs no privileges, and no access to backups")
    lines.service("Group", USER, "mail needs no privileges, and no access to backups")
    lines.service(
        "SupplementaryGroups",
        Words(("postdrop", "systemd-journal")),
        "hands mail to postfix without its setgid program, and reads the journal",
    )
    lines.service("UMask", "0077", "what it writes is for postfix alone")
    lines.service("TimeoutStartSec", "5min", "a mail that hangs becomes a failure")
    lines.service("Environment", "LANG=C.UTF-8", "the journal is UTF-8")
    lines.service(
        "ExecStartPre",
        Command(("/bin/journalctl", "--sync"), "!"),
        "the run's last lines must be in the journal before it is read",
        comment="With root's credentials, which asking for a sync takes.",
    )
    script = f"{library(manifest.layout)}/hostwright/notify-mail"
    lines.service(
        "ExecStart",
        Command((script, manifest.host, manifest.backup.mail, Expanded("%i"))),
        "mails the outcome",
    )
    sandbox(lines, Access(write=((MAILDROP, _AT),), mail=True, owns_ipc=True))
    origin = lines.origin("mails the outcome of a run")
    yield Unit(
        "backup-notify@.service",
        f"Mails the outcome of the backups of {manifest.host}.",
        tuple(lines.directives),
        origin,
    )
    yield Account(USER, "Backup notifications", "/", origin)
    yield Script("notify-mail", "backup/notify-mail.sh.j2", origin)
