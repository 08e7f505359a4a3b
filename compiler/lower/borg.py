"""The backup itself: backup.service, backup.timer, backup-check.service and its timer."""

from collections.abc import Iterator

import attrs

from compiler.lower.lines import Lines
from compiler.lower.notify import notified
from compiler.lower.sandbox import Access, sandbox
from schema.borg import LocalRepository, SshRepository
from schema.catalog import Catalog
from schema.diagnostics import ManifestPath
from schema.host import Manifest, Schedule
from schema.layout import library, lies_in
from schema.resources import Archive, Dump
from schema.tree import Origin
from schema.units import (
    Account,
    Command,
    Data,
    Directive,
    Expanded,
    Folder,
    Script,
    Unit,
    Wants,
)

STAMP = "/backup.last"
DUMPS = "/backup"
USER = "borg"
LOCK_WAIT = "--lock-wait=7200"
"""Seconds to wait while a check, or an administrator, holds the repository's lock."""

_PARTIAL = f"--exclude=sh:{DUMPS}/*/.partial"
_STATE = (".cache/borg", ".config/borg")


def backup(manifest: Manifest, catalog: Catalog) -> Iterator[Unit | Wants]:
    """backup.service with its timer, and backup-check.service with its own."""
    yield Unit(
        "backup.service",
        f"Backs up {manifest.host} with borg, without root.",
        _run(manifest, catalog),
        _origin("backs up"),
    )
    yield from _timed(manifest, "backup", ("backup", "schedule"), manifest.backup.schedule)
    yield Unit(
        "backup-check.service",
        f"Checks the backups of {manifest.host}.",
        _check(manifest),
        _origin("checks", ("backup", "check")),
    )
    schedule = attrs.evolve(manifest.backup.schedule, at=manifest.backup.check.at)
    yield from _timed(manifest, "backup-check", ("backup", "check", "at"), schedule)


def archived(manifest: Manifest, catalog: Catalog) -> tuple[str, ...]:
    """What borg reads: the manifest's paths, then the modules', then /backup; none of them twice."""
    wanted = (*manifest.backup.paths, *(one.path for _, one in catalog.of(Archive)), DUMPS)
    chosen = dict.fromkeys(wanted)
    return tuple(
        path
        for path in chosen
        if not any(lies_in(path, other) for other in chosen if other != path)
    )


def excluded(manifest: Manifest, catalog: Catalog) -> tuple[str, ...]:
    """The patterns of what borg leaves out: the manifest's, the modules', and borg's own cache."""
    modules = (f"pp:{path}" for _, one in catalog.of(Archive) for path in one.exclude)
    cache = f"{manifest.backup.home}/.cache"
    covered = any(lies_in(cache, path) for path in archived(manifest, catalog))
    partial = (_PARTIAL.removeprefix("--exclude="),) if catalog.of(Dump) else ()
    own = (f"pp:{cache}",) if covered else ()
    return tuple(dict.fromkeys((*manifest.backup.exclude, *modules, *partial, *own)))


def folders(manifest: Manifest) -> Iterator[Folder]:
    """/backup, borg's home with what borg keeps in it, and a local repository."""
    lines = Lines("backup", ("backup",))
    shared = lines.origin("software may put dumps there (group borg); nobody changes another's")
    yield Folder(DUMPS, 0o1770, USER, USER, shared)
    home = lines.origin("borg keeps its cache and its keys there", ("backup", "home"))
    for part in ("", "/.cache", "/.cache/borg", "/.config", "/.config/borg"):
        yield Folder(f"{manifest.backup.home}{part}", 0o700, USER, USER, home)
    if isinstance(manifest.backup.repository, LocalRepository):
        origin = lines.origin("the repository belongs to borg", ("backup", "repository"))
        yield Folder(manifest.backup.repository.path, 0o700, USER, USER, origin)


def account(manifest: Manifest) -> Account:
    """The user that borg runs as."""
    lines = Lines("backup", ("backup", "home"))
    return Account(
        USER, "Borg backup", manifest.backup.home, lines.origin("borg runs without root")
    )


def files(manifest: Manifest) -> Iterator[Script | Data]:
    """The scripts of backup.service, and the pinned host keys."""
    lines = Lines("backup", ("backup",))
    yield Script("borg", "backup/borg.sh.j2", lines.origin("a warning of borg is no failure"))
    if manifest.backup.initialize:
        origin = lines.origin("creates the repository", ("backup", "initialize"))
        yield Script("initialize", "backup/initialize.sh.j2", origin)
    if manifest.backup.known_hosts:
        origin = lines.origin("the server's keys are pinned", ("backup", "known_hosts"))
        yield Data("known_hosts", manifest.backup.known_hosts, origin)


def _origin(reason: str, path: ManifestPath = ("backup",)) -> Origin:
    return Lines("backup", path).origin(reason)


def _run(manifest: Manifest, catalog: Catalog) -> tuple[Directive, ...]:
    lines = Lines("backup", ("backup",))
    options = manifest.backup
    lines.unit("Description", f"Back up {manifest.host} with borg", "what it does")
    _common(lines, manifest)
    borg = f"{library(manifest.layout)}/hostwright/borg"
    if options.initialize:
        initialize = f"{library(manifest.layout)}/hostwright/initialize"
        lines.service(
            "ExecStartPre",
            Command((initialize, options.encryption, LOCK_WAIT)),
            "creates the repository when there is none",
            ("backup", "initialize"),
        )
    lines.service(
        "ExecStart",
        Command((borg, *_create(manifest, catalog))),
        "archives the paths",
        ("backup", "paths"),
    )
    lines.service(
        "ExecStart",
        Command((borg, *_prune(manifest))),
        "removes this host's old archives, and no others",
        ("backup", "keep"),
    )
    lines.service(
        "ExecStart",
        Command((borg, "compact", "--verbose", LOCK_WAIT)),
        "gives the space of removed archives back",
    )
    lines.service(
        "ExecStartPost",
        Command(("/bin/touch", STAMP), "+"),
        "shows monitoring the last complete success",
        comment="As root, because it is in /. Reached only if everything above succeeded.",
    )
    lines.service("TimeoutStartSec", "1d", "a run that hangs becomes a failure")
    sandbox(
        lines,
        Access(
            read=archived(manifest, catalog),
            write=_written(manifest),
            capability="CAP_DAC_READ_SEARCH",
            network=isinstance(options.repository, SshRepository),
            private_users=False,
            owns_ipc=True,
        ),
    )
    return tuple(lines.directives)


def _check(manifest: Manifest) -> tuple[Directive, ...]:
    lines = Lines("backup", ("backup", "check"))
    lines.unit("Description", f"Check the backups of {manifest.host}", "what it does")
    _common(lines, manifest)
    verify = ("--verify-data",) if manifest.backup.check.verify_data else ()
    lines.service(
        "ExecStart",
        Command(("/usr/bin/borg", "check", "--verbose", "--show-rc", LOCK_WAIT, *verify)),
        "finds damage before a restore does",
    )
    lines.service("TimeoutStartSec", "7d", "a check that hangs becomes a failure")
    sandbox(
        lines,
        Access(
            write=_written(manifest),
            network=isinstance(manifest.backup.repository, SshRepository),
            owns_ipc=True,
        ),
    )
    return tuple(lines.directives)


def _common(lines: Lines, manifest: Manifest) -> None:
    """What every unit that talks to the repository has."""
    repository = manifest.backup.repository
    at = ("backup", "repository")
    lines.unit("Documentation", "man:borg(1)", "where to read on")
    if isinstance(repository, LocalRepository):
        lines.unit(
            "RequiresMountsFor", repository.path, "the repository's disk must be mounted", at
        )
    else:
        lines.unit("Wants", "network-online.target", "the repository is on another host", at)
        lines.unit("After", "network-online.target", "the repository is on another host", at)
    notified(lines, manifest)
    lines.service("Type", "oneshot", "is done when its commands are")
    lines.service("User", USER, "borg runs without root")
    lines.service("Group", USER, "borg runs without root")
    lines.service("UMask", "0077", "what borg writes is for borg alone")
    lines.service("Nice", "10", "leaves the processor to the host's real work")
    lines.service("IOSchedulingClass", "best-effort", "leaves the disk to the host's real work")
    lines.service("IOSchedulingPriority", "7", "leaves the disk to the host's real work")
    for name, value, reason, path in _environment(manifest):
        kind = Expanded if isinstance(value, Expanded) else str
        lines.service("Environment", kind(f"{name}={value}"), reason, path)
    for credential, path in (
        ("passphrase", manifest.backup.passphrase),
        ("ssh_key", manifest.backup.ssh_key),
    ):
        if path is not None:
            encrypted = lies_in(path, "/etc/credstore.encrypted")
            lines.service(
                "LoadCredentialEncrypted" if encrypted else "LoadCredential",
                f"{credential}:{path}",
                "only this unit can read the secret",
                ("backup", credential),
            )


def _environment(manifest: Manifest) -> Iterator[tuple[str, str, str, ManifestPath]]:
    options = manifest.backup
    yield "LANG", "C.UTF-8", "file names are bytes of UTF-8 to borg", ("backup",)
    yield "BORG_REPO", options.repository.location, "where to", ("backup", "repository")
    yield "BORG_BASE_DIR", options.home, "where borg keeps cache and keys", ("backup", "home")
    yield (
        "BORG_HOST_ID",
        manifest.host,
        "lets borg know its own stale locks although the network is hidden",
        ("host",),
    )
    if options.encryption == "none":
        yield (
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK",
            "yes",
            "nobody is there to answer borg's question",
            ("backup", "encryption"),
        )
    elif options.passphrase is not None:
        yield (
            "BORG_PASSCOMMAND",
            Expanded("/bin/cat %d/passphrase"),
            "the passphrase is a credential",
            ("backup", "passphrase"),
        )
    if isinstance(options.repository, SshRepository):
        yield "BORG_RSH", _ssh(manifest), "how borg reaches the server", ("backup", "repository")


def _ssh(manifest: Manifest) -> Expanded:
    """The ssh command line: no configuration of the host's takes part in it."""
    options = manifest.backup
    key = ("-i", "%d/ssh_key", "-o", "IdentitiesOnly=yes") if options.ssh_key else ()
    if options.known_hosts:
        hosts, checking = f"{library(manifest.layout)}/hostwright/known_hosts", "yes"
    else:
        home = options.home.replace("%", "%%")
        hosts, checking = f"{home}/.config/borg/known_hosts", "accept-new"
    words = (
        "ssh",
        "-F",
        "none",
        *key,
        "-o",
        f"UserKnownHostsFile={hosts}",
        "-o",
        "GlobalKnownHostsFile=none",
        "-o",
        f"StrictHostKeyChecking={checking}",
        "-o",
        "BatchMode=yes",
        "-o",
        "ServerAliveInterval=30",
        "-o",
        "ServerAliveCountMax=10",
    )
    return Expanded(" ".join(words))


def _create(manifest: Manifest, catalog: Catalog) -> tuple[str, ...]:
    excludes = (f"--exclude={pattern}" for pattern in excluded(manifest, catalog))
    archive = f"::{manifest.host}-{{now:%Y-%m-%dT%H:%M:%S}}"
    return (
        "create",
        "--verbose",
        "--stats",
        LOCK_WAIT,
        f"--compression={manifest.backup.compression}",
        *excludes,
        archive,
        *archived(manifest, catalog),
    )


def _prune(manifest: Manifest) -> tuple[str, ...]:
    """A glob anchored at the date: `web-*` would remove the archives of web-db as well."""
    digits = "[0-9]"
    date = "-".join((digits * 4, digits * 2, digits * 2))
    keep = manifest.backup.keep
    rules = [f"--keep-within={keep.within}"] if keep.within else []
    for name in ("hourly", "daily", "weekly", "monthly", "yearly"):
        if number := getattr(keep, name):
            rules.append(f"--keep-{name}={int(number)}")
    return (
        "prune",
        "--verbose",
        "--list",
        LOCK_WAIT,
        f"--glob-archives={manifest.host}-{date}T*",
        *rules,
    )


def _written(manifest: Manifest) -> tuple[str, ...]:
    repository = manifest.backup.repository
    local = (repository.path,) if isinstance(repository, LocalRepository) else ()
    return (*local, *(f"{manifest.backup.home}/{name}" for name in _STATE))


def _timed(
    manifest: Manifest, name: str, path: ManifestPath, schedule: Schedule
) -> Iterator[Unit | Wants]:
    lines = Lines("backup", path)
    lines.unit("Description", f"Start {name}.service", "what it does")
    persistent = "yes" if schedule.persistent else "no"
    lines.add("Timer", "OnCalendar", schedule.at, "when to start")
    lines.add("Timer", "RandomizedDelaySec", schedule.jitter, "hosts do not all start at once")
    lines.add("Timer", "FixedRandomDelay", "yes", "each host keeps its own delay")
    lines.add("Timer", "Persistent", persistent, "a run that was missed is made up for")
    origin = lines.origin("started by the clock")
    unit = Unit(f"{name}.timer", f"When {name}.service starts.", tuple(lines.directives), origin)
    yield unit
    yield Wants("timers.target", unit.name, origin)
