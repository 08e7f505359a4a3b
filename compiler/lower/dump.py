"""Dump -> backup-NAME.service, its drop-in in backup.service, its folder and its scripts."""

from collections.abc import Iterator

from compiler.lower.archive import DUMPS
from compiler.lower.lines import Lines
from compiler.lower.notify import notified
from compiler.lower.programs import installed_name, program
from compiler.lower.repository import USER
from compiler.lower.sandbox import Access, sandbox
from schema.catalog import Catalog
from schema.diagnostics import ManifestPath
from schema.host import Manifest
from schema.layout import library
from schema.resources import Dump
from schema.units import Command, Directive, DropIn, Folder, Script, Unit


def dump(
    manifest: Manifest, catalog: Catalog, module: str, wanted: Dump
) -> Iterator[Unit | DropIn | Folder | Script]:
    """Everything that one dump takes on the host."""
    lines = Lines(module, ("modules", module, *wanted.path))
    name = f"backup-{wanted.name}.service"
    yield Unit(
        name,
        f"{wanted.description}, for the backup of {manifest.host}.",
        _directives(manifest, catalog, lines, wanted),
        lines.origin(wanted.description),
    )
    yield _dropin(lines, wanted, name)
    folder = lines.origin("the dump belongs to the user that makes it, and borg reads it")
    yield Folder(f"{DUMPS}/{wanted.name}", 0o700, wanted.user, USER, folder)
    safe = lines.origin("a failed dump never replaces a good one")
    yield Script("dump", "dump/dump.sh.j2", safe)
    yield from program("record", safe)
    if wanted.program and "/" in wanted.program:
        template = f"{wanted.program}.sh.j2"
        yield Script(_script(wanted.program), template, lines.origin(wanted.description))
    elif wanted.program:
        yield from program(wanted.program, lines.origin(wanted.description))


def _dropin(lines: Lines, wanted: Dump, name: str) -> DropIn:
    injection = Lines(lines.source, lines.path)
    injection.service(
        "ExecStartPre",
        Command(("/bin/systemctl", "start", name), "!" if wanted.required else "-!"),
        "a failed dump fails the backup"
        if wanted.required
        else "the backup goes on without this dump (required: false)",
    )
    return DropIn(
        "backup.service",
        f"50-{wanted.name}",
        f"Runs {name} before each backup.",
        tuple(injection.directives),
        injection.origin("joins the backup"),
    )


def _directives(
    manifest: Manifest, catalog: Catalog, lines: Lines, wanted: Dump
) -> tuple[Directive, ...]:
    chosen = wanted.path or hasattr(manifest.modules[lines.source], "user")
    at = (*lines.path, "user") if chosen else lines.path
    lines.unit("Description", wanted.description, "what it does")
    lines.unit("PartOf", "backup.service", "stopping the backup stops the dump")
    for unit in wanted.after:
        lines.unit("After", unit, "dumps what that unit serves")
    if not wanted.required:
        notified(lines, manifest, catalog, failures_only=True)
    lines.service("Type", "oneshot", "is done when its command is")
    lines.service("User", wanted.user, "the dump is made by the software's own user", at)
    lines.service("SupplementaryGroups", USER, "may enter /backup")
    lines.service("UMask", "0077", "a dump is for its owner and borg alone")
    lines.service("WorkingDirectory", f"{DUMPS}/{wanted.name}", "the dump goes there")
    lines.service(
        "TimeoutStartSec",
        wanted.timeout,
        "a dump that hangs becomes a failure",
        (*lines.path, "timeout"),
    )
    lines.service("Environment", "LANG=C.UTF-8", "names are UTF-8, and messages English")
    for variable, value in wanted.environment:
        lines.service("Environment", f"{variable}={value}", "the dump's command needs it")
    lines.service("ExecStart", Command(_command(manifest, wanted)), wanted.description)
    sandbox(lines, _access(wanted, lines.path))
    return tuple(lines.directives)


def _command(manifest: Manifest, wanted: Dump) -> tuple[str, ...]:
    scripts = f"{library(manifest.layout)}/hostwright"
    how = ("stdout", wanted.file) if wanted.output == "stdout" and wanted.file else ("folder",)
    limit = (f"--shrink-limit={wanted.shrink_limit}",) if wanted.shrink_limit else ()
    version = ("--version", *wanted.version, "--") if wanted.version else ()
    script = (f"{scripts}/{_script(wanted.program)}",) if wanted.program else ()
    return (f"{scripts}/dump", *limit, *version, *how, *script, *wanted.command)


def fed(manifest: Manifest, one: Dump, folder: str, command: tuple[str, ...]) -> tuple[str, ...]:
    """A command that takes a dump: what was a program's output becomes its standard input."""
    if one.output == "stdout" and one.file:
        return (f"{library(manifest.layout)}/hostwright/feed", f"{folder}/{one.file}", *command)
    return command


def _script(program: str) -> str:
    return installed_name(program.rpartition("/")[2])


def _access(wanted: Dump, path: ManifestPath) -> Access:
    needs = wanted.needs
    return Access(
        read=(*needs.read, *(() if wanted.program else wanted.command[:1])),
        write=(
            (f"{DUMPS}/{wanted.name}", path),
            *(
                (folder, (*path, "needs", "write") if wanted.path else path)
                for folder in needs.write
            ),
        ),
        network=needs.network,
        devices=needs.devices,
        just_in_time=needs.just_in_time,
    )
