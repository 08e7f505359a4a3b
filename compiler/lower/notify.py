"""Who hears of a run: mail, and what modules bring; each in its own unit, started by systemd."""

from collections.abc import Iterator

from compiler.lower.causes import behind
from compiler.lower.lines import Lines, Paths
from compiler.lower.programs import installed_name, program
from compiler.lower.sandbox import Access, sandbox
from compiler.lower.words import command, each, installed
from schema.catalog import Catalog
from schema.diagnostics import ManifestPath
from schema.host import Manifest
from schema.layout import lies_in
from schema.resources import Notifier
from schema.units import Account, Expanded, Script, Unit, Words

USER = "backup-notify"
STATE = "/var/lib/hostwright"
MAILDROP = "/var/spool/postfix/maildrop"
MAIL: ManifestPath = ("backup", "mail")
_JOURNAL = "systemd-journal"


def notified(
    lines: Lines,
    manifest: Manifest,
    catalog: Catalog,
    *,
    failures_only: bool,
    also: Paths = (),
) -> None:
    """Make a unit report its end, and its start to those who ask for it.

    Two instances, because systemd tells a unit that could have been started by either outcome
    of another nothing about it (no MONITOR_* variables; systemd.exec(5), measured). With
    `failures_only` the unit is a part of another run, or looks after one: its success is of
    interest only to those who show a state.
    """
    if manifest.backup.mail is not None:
        _report(lines, "backup-notify", MAIL, also, None if failures_only else ())
    for module, one in catalog.of(Notifier):
        unit, at = f"backup-{one.name}", ("modules", module)
        success = one.is_state or (one.successes and not failures_only)
        told = () if one.is_state else behind(manifest, module, one, "successes")
        _report(lines, unit, at, also, told if success else None)
        if one.starts and not failures_only:
            instance = Expanded(f"{unit}@%N-start.service")
            reason = "tells that the run has begun, whether heard or not"
            lines.unit("Wants", instance, reason, at, also)
            lines.unit("After", instance, "the start is told before the end", at, also)


def _report(lines: Lines, unit: str, at: ManifestPath, also: Paths, success: Paths | None) -> None:
    """Tell the failures, and the successes too unless `success`, the options behind it, is None."""
    instance = f"{unit}@%N-%s.service"
    failure = Expanded(instance.replace("%s", "failure"))
    lines.unit("OnFailure", failure, "no failure is silent", at, also)
    if success is not None:
        told = Expanded(instance.replace("%s", "success"))
        lines.unit("OnSuccess", told, "no news is bad news", at, (*success, *also))


def notify(manifest: Manifest, catalog: Catalog) -> Iterator[Unit | Account | Script]:
    """The units that tell somebody, their one user and their programs; nothing without one."""
    notifiers = catalog.of(Notifier)
    if manifest.backup.mail is not None:
        yield _mail(manifest, manifest.backup.mail)
        origin = Lines("backup", MAIL).origin("mails the outcome of a run")
        yield Script("notify-mail", "backup/notify-mail.sh.j2", origin)
        yield Account(USER, "Backup notifications", "/", origin)
    elif notifiers:
        others = tuple(("modules", module) for module, _ in notifiers[1:])
        origin = _lines(notifiers[0][0]).origin("runs the notifiers", also=others)
        yield Account(USER, "Backup notifications", "/", origin)
    for module, one in notifiers:
        lines = _lines(module)
        yield _notifier(manifest, lines, one)
        yield from program(one.program, lines.origin(one.description))
        if one.publishes_to is not None:
            origin = lines.origin("renames what a program has printed when it is complete")
            yield from program("publish", origin)


def _lines(module: str) -> Lines:
    return Lines(module, ("modules", module))


def _mail(manifest: Manifest, recipient: str) -> Unit:
    lines = Lines("backup", MAIL)
    lines.unit("Description", Expanded("Mail the outcome of %i"), "what it does")
    groups = Words(("postdrop", _JOURNAL))
    _common(lines, groups, "hands mail to postfix without its setgid program, reads the journal")
    host = (manifest.host, (("host",),))
    script = installed(manifest, "notify-mail")
    words = command(script, host, (recipient, (MAIL,)), Expanded("%i"))
    lines.service("ExecStart", words, "mails the outcome")
    sandbox(lines, Access(write=((MAILDROP, MAIL),), mail=True, owns_ipc=True))
    return Unit(
        "backup-notify@.service",
        f"Mails the outcome of the backups of {manifest.host}.",
        tuple(lines.directives),
        lines.origin("mails the outcome of a run"),
    )


def _notifier(manifest: Manifest, lines: Lines, one: Notifier) -> Unit:
    lines.unit("Description", Expanded(f"{one.description} (%i)"), "what it does")
    if one.network:
        lines.unit("Wants", "network-online.target", "it talks to another host")
        lines.unit("After", "network-online.target", "it talks to another host")
    _common(lines, _JOURNAL, "reads the journal")
    for name, file, option in one.credentials:
        encrypted = lies_in(file, "/etc/credstore.encrypted")
        lines.service(
            "LoadCredentialEncrypted" if encrypted else "LoadCredential",
            f"{name}:{file}",
            "only this unit can read the secret",
            (*lines.path, option),
        )
    options = (*behind(manifest, lines.source, one, "command"), ("host",))
    script = installed(manifest, installed_name(one.program))
    words = command(script, *each(one.command, *options), Expanded("%i"))
    lines.service("ExecStart", words, one.description)
    if one.publishes_to is not None:
        _publish(lines, manifest, *one.publishes_to)
    sandbox(lines, Access(network=one.network, owns_ipc=True))
    return Unit(
        f"backup-{one.name}@.service",
        f"{one.description}, for the backups of {manifest.host}.",
        tuple(lines.directives),
        lines.origin(one.description),
    )


def _publish(lines: Lines, manifest: Manifest, folder: str, option: str) -> None:
    """Put what is printed into a folder that nobody may be given a part of.

    tmpfiles.d cannot: Debian has node_exporter's folder inside one of the user prometheus, and
    systemd-tmpfiles changes nothing behind such a step (measured: "unsafe path transition").
    """
    at = (*lines.path, option)
    file = Expanded(f"file:{STATE}/%i.prom")
    lines.service("StandardOutput", file, "systemd opens the file, so the program need not", at)
    script = installed(manifest, "publish")
    lines.service(
        "ExecStartPost",
        command(script, (folder, (at,)), Expanded("%i"), prefix="+"),
        "half a file is never read",
        at,
        comment="As root, to whom the folder belongs.",
    )


def _common(lines: Lines, groups: str | Words, reason: str) -> None:
    lines.service("Type", "oneshot", "is done when its commands are")
    lines.service("User", USER, "needs no privileges, and no access to backups")
    lines.service("Group", USER, "needs no privileges, and no access to backups")
    lines.service("SupplementaryGroups", groups, reason)
    lines.service("UMask", "0077", "what it writes is not for everybody")
    lines.service("TimeoutStartSec", "5min", "a report that hangs becomes a failure")
    lines.service("Environment", "LANG=C.UTF-8", "the journal is UTF-8")
    lines.service(
        "ExecStartPre",
        command("/bin/journalctl", "--sync", prefix="!"),
        "the run's last lines must be in the journal before it is read",
        comment="With root's credentials, which asking for a sync takes.",
    )
