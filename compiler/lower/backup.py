"""The backup itself: backup.service and backup-check.service, each with its timer."""

from collections.abc import Iterator

import attrs

from compiler.lower.archive import LOCK_WAIT, archived_words, archiving, create, prune
from compiler.lower.lines import Lines, Paths
from compiler.lower.repository import REPOSITORY, reach_repository, written_by_borg
from compiler.lower.sandbox import Access, sandbox
from compiler.lower.timer import SCHEDULE, timed
from compiler.lower.words import command, installed
from schema.borg import SshRepository
from schema.catalog import Catalog
from schema.diagnostics import ManifestPath
from schema.host import Manifest
from schema.tree import Origin
from schema.units import Directive, Unit, Wants

STAMP = "/backup.last"
HOST: Paths = (("host",),)
_CHECK: ManifestPath = ("backup", "check")


def backup(manifest: Manifest, catalog: Catalog) -> Iterator[Unit | Wants]:
    """backup.service with its timer, and backup-check.service with its own."""
    yield Unit(
        "backup.service",
        f"Backs up {manifest.host} with borg, without root.",
        _run(manifest, catalog),
        _origin("backs up the host"),
    )
    yield from timed("backup", SCHEDULE, (*SCHEDULE, "at"), manifest.backup.schedule)
    yield Unit(
        "backup-check.service",
        f"Checks the backups of {manifest.host}.",
        _check(manifest, catalog),
        _origin("checks the repository", _CHECK),
    )
    schedule = attrs.evolve(manifest.backup.schedule, at=manifest.backup.check.at)
    yield from timed("backup-check", _CHECK, (*_CHECK, "at"), schedule)


def _origin(reason: str, path: ManifestPath = ("backup",)) -> Origin:
    return Lines("backup", path).origin(reason)


def _run(manifest: Manifest, catalog: Catalog) -> tuple[Directive, ...]:
    lines = Lines("backup", ("backup",))
    lines.unit("Description", f"Back up {manifest.host} with borg", "what it does", also=HOST)
    reach_repository(lines, manifest, catalog)
    _reach(lines, manifest)
    read = archived_words(manifest, catalog)
    for path, (at, *also) in read:
        reason = "an unmounted folder would be archived as empty"
        lines.unit("RequiresMountsFor", path, reason, at, tuple(also))
    borg = installed(manifest, "borg")
    words = command(borg, *create(manifest, catalog))
    lines.service("ExecStart", words, "archives the paths")
    lines.service(
        "ExecStart",
        command(installed(manifest, "paths"), *read),
        "a path that is missing is only a warning to borg",
    )
    if not manifest.backup.append_only:
        _clear_up(lines, manifest)
    lines.service(
        "ExecStartPost",
        command("/bin/touch", STAMP, prefix="+"),
        "shows monitoring the last complete success",
        comment="As root, because it is in /. Reached only if everything above succeeded.",
    )
    lines.service("TimeoutStartSec", "1d", "a run that hangs becomes a failure")
    sandbox(
        lines,
        Access(
            read=tuple((path, paths[0]) for path, paths in read),
            write=written_by_borg(manifest),
            capability="CAP_DAC_READ_SEARCH",
            network=isinstance(manifest.backup.repository, SshRepository),
            private_users=False,
            owns_ipc=True,
            options={"read": archiving(catalog), "network": (REPOSITORY,)},
        ),
    )
    return tuple(lines.directives)


def _clear_up(lines: Lines, manifest: Manifest) -> None:
    borg = installed(manifest, "borg")
    append_only = (("backup", "append_only"),)
    lines.service(
        "ExecStart",
        command(borg, *prune(manifest)),
        "removes this host's old archives, and no others",
        also=append_only,
    )
    lines.service(
        "ExecStart",
        command(borg, "compact", "--verbose", LOCK_WAIT),
        "gives the space of removed archives back",
        also=append_only,
    )


def _reach(lines: Lines, manifest: Manifest) -> None:
    """Before any dump is made: is there a repository, and does borg itself work?"""
    if manifest.backup.initialize:
        mode = (manifest.backup.encryption, (("backup", "encryption"),))
        first = command(installed(manifest, "initialize"), mode, LOCK_WAIT)
        reason = "creates the repository when there is none"
    else:
        first = command("/usr/bin/borg", "list", "--last=1", LOCK_WAIT)
        reason = "a repository that cannot be reached fails the run before any dump is made"
    lines.service("ExecStartPre", first, reason, ("backup", "initialize"))


def _check(manifest: Manifest, catalog: Catalog) -> tuple[Directive, ...]:
    lines = Lines("backup", _CHECK)
    lines.unit("Description", f"Check the backups of {manifest.host}", "what it does", also=HOST)
    reach_repository(lines, manifest, catalog)
    lines.unit("After", "backup.service", "a check that comes due during a backup waits for it")
    verify = ("--verify-data",) if manifest.backup.check.verify_data else ()
    lines.service(
        "ExecStart",
        command("/usr/bin/borg", "check", "--verbose", "--show-rc", LOCK_WAIT, *verify),
        "finds damage before a restore does",
        (*_CHECK, "verify_data"),
    )
    lines.service("TimeoutStartSec", "7d", "a check that hangs becomes a failure")
    sandbox(
        lines,
        Access(
            write=written_by_borg(manifest),
            network=isinstance(manifest.backup.repository, SshRepository),
            owns_ipc=True,
            options={"network": (REPOSITORY,)},
        ),
    )
    return tuple(lines.directives)
