"""The restore drill: the newest archive's dumps, restored into a scratch place and compared."""

from collections.abc import Iterator, Sequence

import attrs

from compiler.lower.archive import LOCK_WAIT, archives_of
from compiler.lower.backup import HOST
from compiler.lower.causes import behind, is_job, lone
from compiler.lower.dump import access_of, fed, lines_of
from compiler.lower.lines import Lines
from compiler.lower.programs import installed_name, program
from compiler.lower.repository import REPOSITORY, reach_repository, written_by_borg
from compiler.lower.repository import USER as BORG
from compiler.lower.sandbox import Access, sandbox
from compiler.lower.timer import timed
from compiler.lower.words import command, each, installed, listed
from schema.borg import SshRepository
from schema.catalog import Catalog
from schema.diagnostics import ManifestPath
from schema.host import Manifest
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
    lines = Lines("backup", _AT, lone(manifest, dumps, "drilled"))
    origin = lines.origin("tries out whether the dumps restore")
    yield Unit(
        "backup-drill.service",
        f"Restores the dumps of {manifest.host} into a scratch place, and compares.",
        _run(manifest, catalog, lines, dumps),
        origin,
    )
    schedule = attrs.evolve(manifest.backup.schedule, at=manifest.backup.drill)
    yield from timed("backup-drill", _AT, _AT, schedule, lines.also)
    yield Account(USER, "Backup restore drill", "/", origin)
    yield Folder(PLACE, 0o755, "root", "root", origin)
    yield Folder(_ARCHIVE, 0o2750, BORG, USER, lines.origin("borg extracts, the drill reads"))
    yield Folder(_SCRATCH, 0o700, USER, USER, lines.origin("what is restored, and thrown away"))
    yield from program("drill", origin)
    yield from program("verify", origin)
    for module, one in dumps:
        yield from _dump(manifest, module, one)


def _run(
    manifest: Manifest, catalog: Catalog, lines: Lines, dumps: Sequence[tuple[str, Dump]]
) -> tuple[Directive, ...]:
    script = installed(manifest, "drill")
    lines.unit("Description", f"Restore drill of {manifest.host}", "what it does", also=HOST)
    reach_repository(lines, manifest, catalog)
    lines.unit("After", "backup.service", "a drill that comes due during a backup waits for it")
    names = (
        (
            one.name,
            (
                ("modules", module, *one.path),
                *behind(manifest, module, one, "name", "drilled"),
            ),
        )
        for module, one in dumps
    )
    words = command(script, _ARCHIVE, (archives_of(manifest), HOST), LOCK_WAIT, *names)
    lines.service("ExecStart", words, "extracts the dumps of the newest archive")
    lines.service(
        "ExecStartPost",
        command("/bin/touch", STAMP, prefix="+"),
        "shows monitoring the last drill that succeeded",
        comment="As root, because it is in /. Reached only if everything above succeeded.",
    )
    clean = command(script, "--clean", _ARCHIVE)
    lines.service("ExecStopPost", clean, "leaves nothing behind, ever")
    lines.service("TimeoutStartSec", "1d", "a drill that hangs becomes a failure")
    sandbox(
        lines,
        Access(
            write=((_ARCHIVE, _AT), *written_by_borg(manifest)),
            network=isinstance(manifest.backup.repository, SshRepository),
            owns_ipc=True,
            options={"network": (REPOSITORY,)},
        ),
    )
    return tuple(lines.directives)


def _dump(manifest: Manifest, module: str, one: Dump) -> Iterator[Unit | DropIn | Script]:
    lines = lines_of(manifest, module, one, _AT, *behind(manifest, module, one, "drilled"))
    name = f"drill-{one.name}.service"
    yield Unit(
        name,
        f"Tries out the dump of {one.name} of {manifest.host}: nothing of the host is touched.",
        _directives(manifest, lines, one),
        lines.origin("tries out whether the dump restores"),
    )
    injection = Lines(lines.source, lines.path, lines.also)
    injection.service(
        "ExecStart",
        Command(("/bin/systemctl", "start", name), "!" if one.required else "-!"),
        "a dump that does not restore fails the drill"
        if one.required
        else "the drill goes on without this dump (required: false)",
        also=behind(manifest, module, one, "required"),
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
        also = behind(manifest, module, one, "drill", "output")
        reason = "hands the dump to the command that tries it out"
        yield Script("feed", "dump/feed.sh.j2", lines.origin(reason, also=also))


def _directives(manifest: Manifest, lines: Lines, one: Dump) -> tuple[Directive, ...]:
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
    verify = command(installed(manifest, "verify"), folder)
    lines.service("ExecStart", verify, "the dump is as it was when it was made")
    options = behind(manifest, lines.source, one, "drill")
    below = is_job(one, options)
    at = options[0] if below else lines.path
    if recovery.program:
        script = installed(manifest, installed_name(recovery.program))
        words = command(script, folder, _SCRATCH, *each(recovery.command, lines.path, *options))
        lines.service("ExecStart", words, "restores the dump, and compares")
    elif recovery.command:
        said = listed(recovery.command, (*at, "command"))
        words = command(*fed(manifest, lines, one, folder, said))
        lines.service("ExecStart", words, "tries out the dump", also=options)
    clean = command(installed(manifest, "drill"), "--clean", _SCRATCH)
    lines.service("ExecStopPost", clean, "leaves nothing behind, even when it is killed")
    lines.service("TemporaryFileSystem", f"{_ARCHIVE}:ro", "sees the dump of no other software")
    lines.service("BindReadOnlyPaths", f"-{folder}", "sees the dump of no other software")
    needs = tuple((*path, "needs") for path in options) if below else options
    run = () if recovery.program else recovery.command[:1]
    access = access_of(recovery.needs, needs, run, at, ((_SCRATCH, _AT),), has_options=below)
    # It touches nothing of the host: no command of a drill may have the network, or devices.
    sandbox(lines, attrs.evolve(access, network=False, devices=False, owns_ipc=True))
    return tuple(lines.directives)
