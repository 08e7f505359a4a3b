"""The alarm: somebody is told when the last success is too long ago, whatever the reason."""

from collections.abc import Iterator

import attrs

from compiler.lower.backup import HOST, STAMP
from compiler.lower.lines import Lines
from compiler.lower.notify import STATE, notified
from compiler.lower.programs import program
from compiler.lower.sandbox import Access, sandbox
from compiler.lower.timer import SCHEDULE, timed
from compiler.lower.words import command, installed
from schema.catalog import Catalog
from schema.diagnostics import ManifestPath
from schema.host import Manifest
from schema.timespan import timespan_seconds
from schema.units import EmptyFile, Folder, Script, Unit, Wants

INSTALLED = f"{STATE}/installed"
_AT: ManifestPath = ("backup", "stale")


def stale(
    manifest: Manifest, catalog: Catalog
) -> Iterator[Unit | Wants | Folder | EmptyFile | Script]:
    """backup-stale.service with its timer, and the file that says since when there are backups."""
    options = manifest.backup
    lines = Lines("backup", _AT)
    description = f"Is the last backup of {manifest.host} too old?"
    lines.unit("Description", description, "what it does", also=HOST)
    notified(lines, manifest, catalog, failures_only=True)
    lines.service("Type", "oneshot", "is done when its command is")
    lines.service("DynamicUser", "yes", "looks at one file, and notes when it did not mind")
    lines.service("StateDirectory", "backup-stale", "a machine is excused once for being off")
    jitter, grace = map(timespan_seconds, (options.schedule.jitter, options.stale.grace))
    words = command(
        installed(manifest, "stale"),
        (options.schedule.at, ((*SCHEDULE, "at"),)),
        (f"{jitter:.0f}", ((*SCHEDULE, "jitter"),)),
        (f"{grace:.0f}", ((*_AT, "grace"),)),
    )
    lines.service("ExecStart", words, f"compares the age of {STAMP} with the schedule")
    lines.service("TimeoutStartSec", "5min", "a look that hangs becomes a failure")
    lines.service("Environment", "LANG=C.UTF-8", "messages in English")
    sandbox(lines, Access(owns_ipc=True))
    origin = lines.origin("no silence is taken for a success")
    yield Unit(
        "backup-stale.service",
        f"Fails when the last successful backup of {manifest.host} is too long ago.",
        tuple(lines.directives),
        origin,
    )
    # Not at boot: a backup that was missed is made up for then, and is not late yet.
    schedule = attrs.evolve(options.schedule, at=options.stale.at, persistent=False)
    yield from timed("backup-stale", _AT, (*_AT, "at"), schedule)
    yield from program("stale", origin)
    since = lines.origin("a host that never had a backup is late, too, counted from here")
    yield Folder(STATE, 0o755, "root", "root", since)
    yield EmptyFile(INSTALLED, 0o644, "root", "root", since)
