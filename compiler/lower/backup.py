"""The backup itself: backup.service and backup-check.service, each with its timer."""

from collections.abc import Iterator

import attrs

from compiler.lower.archive import LOCK_WAIT, archived, create, prune
from compiler.lower.lines import Lines
from compiler.lower.repository import reach_repository, written_by_borg
from compiler.lower.sandbox import Access, sandbox
from compiler.lower.timer import timed
from schema.borg import SshRepository
from schema.catalog import Catalog
from schema.diagnostics import ManifestPath
from schema.host import Manifest
from schema.layout import library
from schema.tree import Origin
from schema.units import Command, Directive, Unit, Wants

STAMP = "/backup.last"


def backup(manifest: Manifest, catalog: Catalog) -> Iterator[Unit | Wants]:
    """backup.service with its timer, and backup-check.service with its own."""
    yield Unit(
        "backup.service",
        f"Backs up {manifest.host} with borg, without root.",
        _run(manifest, catalog),
        _origin("backs up the host"),
    )
    yield from timed("backup", ("backup", "schedule"), manifest.backup.schedule)
    yield Unit(
        "backup-check.service",
        f"Checks the backups of {manifest.host}.",
        _check(manifest, catalog),
        _origin("checks the repository", ("backup", "check")),
    )
    schedule = attrs.evolve(manifest.backup.schedule, at=manifest.backup.check.at)
    yield from timed("backup-check", ("backup", "check", "at"), schedule)


def _origin(reason: str, path: ManifestPath = ("backup",)) -> Origin:
    return Lines("backup", path).origin(reason)


def _run(manifest: Manifest, catalog: Catalog) -> tuple[Directive, ...]:
    lines = Lines("backup", ("backup",))
    options = manifest.backup
    lines.unit("Description", f"Back up {manifest.host} with borg", "what it does")
    reach_repository(lines, manifest, catalog)
    scripts = f"{library(manifest.layout)}/hostwright"
    borg = f"{scripts}/borg"
    _reach(lines, manifest)
    read = archived(manifest, catalog)
    at = ("backup", "paths")
    for path in read:
        lines.unit("RequiresMountsFor", path, "an unmounted folder would be archived as empty", at)
    lines.service(
        "ExecStart", Command((borg, *create(manifest, catalog))), "archives the paths", at
    )
    lines.service(
        "ExecStart",
        Command((f"{scripts}/paths", *read)),
        "a path that is missing is only a warning to borg",
        at,
    )
    if not options.append_only:
        _clear_up(lines, manifest, borg)
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
            read=read,
            write=written_by_borg(manifest),
            capability="CAP_DAC_READ_SEARCH",
            network=isinstance(options.repository, SshRepository),
            private_users=False,
            owns_ipc=True,
        ),
    )
    return tuple(lines.directives)


def _clear_up(lines: Lines, manifest: Manifest, borg: str) -> None:
    lines.service(
        "ExecStart",
        Command((borg, *prune(manifest))),
        "removes this host's old archives, and no others",
        ("backup", "keep"),
    )
    lines.service(
        "ExecStart",
        Command((borg, "compact", "--verbose", LOCK_WAIT)),
        "gives the space of removed archives back",
    )


def _reach(lines: Lines, manifest: Manifest) -> None:
    """Before any dump is made: is there a repository, and does borg itself work?"""
    if manifest.backup.initialize:
        script = f"{library(manifest.layout)}/hostwright/initialize"
        command = Command((script, manifest.backup.encryption, LOCK_WAIT))
        reason = "creates the repository when there is none"
    else:
        command = Command(("/usr/bin/borg", "list", "--last=1", LOCK_WAIT))
        reason = "a repository that cannot be reached fails the run before any dump is made"
    lines.service("ExecStartPre", command, reason, ("backup", "initialize"))


def _check(manifest: Manifest, catalog: Catalog) -> tuple[Directive, ...]:
    lines = Lines("backup", ("backup", "check"))
    lines.unit("Description", f"Check the backups of {manifest.host}", "what it does")
    reach_repository(lines, manifest, catalog)
    lines.unit("After", "backup.service", "a check that comes due during a backup waits for it")
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
            write=written_by_borg(manifest),
            network=isinstance(manifest.backup.repository, SshRepository),
            owns_ipc=True,
        ),
    )
    return tuple(lines.directives)
