"""The restore drill: the newest archive's dumps, restored into a scratch place and compared."""

from collections.abc import Iterator

import attrs

from compiler.lower.archive import LOCK_WAIT, archives_of
from compiler.lower.dump import fed
from compiler.lower.lines import Lines
from compiler.lower.programs import installed_name, program
from compiler.lower.repository import USER as BORG
from compiler.lower.repository import reach_repository, written_by_borg
from compiler.lower.sandbox import Access, sandbox
from compiler.lower.timer import timed
from schema.borg import SshRepository
from schema.catalog import Catalog
from schema.diagnostics import ManifestPath
from schema.host import Manifest
from schema.layout import library
from schema.resources import Dump, Recovery
from schema.units import (
    Account,
    Command,
    Directive,
    DropIn,
    Folder,
    Script,
    Unit,
    Wants,
)

USER = "backup-drill"
STAMP = "/backup.drill"
PLACE = "/var/cache/backup-drill"
_ARCHIVE = f"{PLACE}/archive"
_SCRATCH = f"{PLACE}/scratch"
_AT: ManifestPath = ("backup", "drill")


def drill(
    manifest: Manifest, catalog: Catalog
) -> Iterator[Unit | Wants | DropIn | Folder | Account | Script]:
    """Everything that the drill takes on the host; nothing without `backup.drill` or dumps."""
    dumps = [(module, one) for module, one in catalog.of(Dump) if one.drilled]
    if manifest.backup.drill is None or not dumps:
        return
    lines = Lines("backup", _AT)
    origin = lines.origin("tries out whether the dumps restore")
    yield Unit(
        "backup-drill.service",
        f"Restores the dumps of {manifest.host} into a scratch place, and compares.",
        _run(manifest, catalog, lines, tuple(one.name for _, one in dumps)),
        origin,
    )
    yield from timed(
        "backup-drill", _AT, attrs.evolve(manifest.backup.schedule, at=manifest.backup.drill)
    )
    yield Account(USER, "Backup restore drill", "/", origin)
    yield Folder(PLACE, 0o755, "root", "root", origin)
    yield Folder(_ARCHIVE, 0o2750, BORG, USER, lines.origin("borg extracts, the drill reads"))
    yield Folder(_SCRATCH, 0o700, USER, USER, lines.origin("what is restored, and thrown away"))
    yield from program("drill", origin)
    yield from program("verify", origin)
    for module, one in dumps:
        yield from _dump(manifest, module, one)


def _run(
    manifest: Manifest, catalog: Catalog, lines: Lines, names: tuple[str, ...]
) -> tuple[Directive, ...]:
    script = f"{library(manifest.layout)}/hostwright/drill"
    lines.unit("Description", f"Restore drill of {manifest.host}", "what it does")
    reach_repository(lines, manifest, catalog)
    lines.unit("After", "backup.service", "a drill that comes due during a backup waits for it")
    lines.service(
        "ExecStart",
        Command((script, _ARCHIVE, archives_of(manifest), LOCK_WAIT, *names)),
        "extracts the dumps of the newest archive",
    )
    lines.service(
        "ExecStartPost",
        Command(("/bin/touch", STAMP), "+"),
        "shows monitoring the last drill that succeeded",
        comment="As root, because it is in /. Reached only if everything above succeeded.",
    )
    lines.service(
        "ExecStopPost", Command((script, "--clean", _ARCHIVE)), "leaves nothing behind, ever"
    )
    lines.service("TimeoutStartSec", "1d", "a drill that hangs becomes a failure")
    sandbox(
        lines,
        Access(
            write=((_ARCHIVE, _AT), *written_by_borg(manifest)),
            network=isinstance(manifest.backup.repository, SshRepository),
            owns_ipc=True,
        ),
    )
    return tuple(lines.directives)


def _dump(manifest: Manifest, module: str, one: Dump) -> Iterator[Unit | DropIn | Script]:
    lines = Lines(module, ("modules", module, *one.path))
    name = f"drill-{one.name}.service"
    yield Unit(
        name,
        f"Tries out the dump of {one.name} of {manifest.host}: nothing of the host is touched.",
        _directives(manifest, lines, one),
        lines.origin("tries out whether the dump restores"),
    )
    injection = Lines(lines.source, lines.path)
    injection.service(
        "ExecStart",
        Command(("/bin/systemctl", "start", name), "!" if one.required else "-!"),
        "a dump that does not restore fails the drill"
        if one.required
        else "the drill goes on without this dump (required: false)",
    )
    yield DropIn(
        "backup-drill.service",
        f"50-{one.name}",
        f"Runs {name} in each drill.",
        tuple(injection.directives),
        injection.origin("joins the drill"),
    )
    origin = lines.origin("tries out whether the dump restores")
    if one.drill is not None and one.drill.program:
        yield from program(one.drill.program, origin)
    elif one.drill is not None and one.output == "stdout":
        yield Script("feed", "dump/feed.sh.j2", origin)


def _directives(manifest: Manifest, lines: Lines, one: Dump) -> tuple[Directive, ...]:
    scripts = f"{library(manifest.layout)}/hostwright"
    folder = f"{_ARCHIVE}/{one.name}"
    recovery = one.drill or Recovery()
    lines.unit("Description", f"Restore drill of {one.name}", "what it does")
    lines.unit("PartOf", "backup-drill.service", "stopping the drill stops its parts")
    lines.service("Type", "oneshot", "is done when its commands are")
    lines.service("User", USER, "what is restored runs as nobody that owns anything")
    lines.service("Group", USER, "what is restored runs as nobody that owns anything")
    lines.service("UMask", "0077", "what is restored is for the drill alone")
    lines.service("WorkingDirectory", _SCRATCH, "what is restored goes there")
    lines.service("TimeoutStartSec", "12h", "a drill that hangs becomes a failure")
    lines.service("Environment", "LANG=C.UTF-8", "names are UTF-8, and messages English")
    lines.service("Environment", f"DUMP={folder}", "where the dump is")
    verify = Command((f"{scripts}/verify", folder))
    lines.service("ExecStart", verify, "the dump is as it was when it was made")
    if recovery.program:
        script = f"{scripts}/{installed_name(recovery.program)}"
        words = (script, folder, _SCRATCH, *recovery.command)
        lines.service("ExecStart", Command(words), "restores the dump, and compares")
    elif recovery.command:
        at = (*lines.path, "drill", "command")
        lines.service(
            "ExecStart",
            Command(fed(manifest, one, folder, recovery.command)),
            "tries out the dump",
            at,
        )
    clean = Command((f"{scripts}/drill", "--clean", _SCRATCH))
    lines.service("ExecStopPost", clean, "leaves nothing behind, even when it is killed")
    lines.service("TemporaryFileSystem", f"{_ARCHIVE}:ro", "sees the dump of no other software")
    lines.service("BindReadOnlyPaths", f"-{folder}", "sees the dump of no other software")
    sandbox(
        lines,
        Access(
            read=(*recovery.needs.read, *(() if recovery.program else recovery.command[:1])),
            write=((_SCRATCH, _AT),),
            just_in_time=recovery.needs.just_in_time,
            owns_ipc=True,
        ),
    )
    return tuple(lines.directives)
