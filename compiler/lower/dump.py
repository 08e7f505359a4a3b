"""Dump -> backup-NAME.service, its drop-in in backup.service, its folder and its scripts."""

from collections.abc import Iterator

from compiler.lower.archive import DUMPS
from compiler.lower.causes import behind, is_job
from compiler.lower.lines import Lines, Paths
from compiler.lower.notify import notified
from compiler.lower.programs import installed_name, program
from compiler.lower.repository import USER
from compiler.lower.sandbox import Access, sandbox
from compiler.lower.words import Word, command, each, installed, listed
from schema.catalog import Catalog
from schema.diagnostics import ManifestPath
from schema.host import Manifest
from schema.resources import Dump, Needs
from schema.units import Command, Directive, DropIn, Folder, Script, Unit


def dump(
    manifest: Manifest, catalog: Catalog, module: str, wanted: Dump
) -> Iterator[Unit | DropIn | Folder | Script]:
    """Everything that one dump takes on the host."""
    lines = lines_of(manifest, module, wanted)
    name = f"backup-{wanted.name}.service"
    yield Unit(
        name,
        f"{wanted.description}, for the backup of {manifest.host}.",
        _directives(manifest, catalog, lines, wanted),
        lines.origin(wanted.description),
    )
    yield _dropin(manifest, lines, wanted, name)
    user = behind(manifest, module, wanted, "user")
    reason = "the dump belongs to the user that makes it, and borg reads it"
    folder = lines.origin(reason, also=user)
    yield Folder(f"{DUMPS}/{wanted.name}", 0o700, wanted.user, USER, folder)
    safe = lines.origin("a failed dump never replaces a good one")
    yield Script("dump", "dump/dump.sh.j2", safe)
    yield from program("record", safe)
    if wanted.program and "/" in wanted.program:
        template = f"{wanted.program}.sh.j2"
        yield Script(_script(wanted.program), template, lines.origin(wanted.description))
    elif wanted.program:
        yield from program(wanted.program, lines.origin(wanted.description))


def lines_of(manifest: Manifest, module: str, wanted: Dump, *more: ManifestPath) -> Lines:
    """The lines of a unit that is there because of a dump."""
    also = (*behind(manifest, module, wanted, "name"), *more)
    return Lines(module, ("modules", module, *wanted.path), also)


def _dropin(manifest: Manifest, lines: Lines, wanted: Dump, name: str) -> DropIn:
    injection = Lines(lines.source, lines.path, lines.also)
    required = behind(manifest, lines.source, wanted, "required")
    injection.service(
        "ExecStartPre",
        Command(("/bin/systemctl", "start", name), "!" if wanted.required else "-!"),
        "a failed dump fails the backup"
        if wanted.required
        else "the backup goes on without this dump (required: false)",
        also=required,
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
    def of(*fields: str) -> Paths:
        return behind(manifest, lines.source, wanted, *fields)

    lines.unit("Description", wanted.description, "what it does")
    lines.unit("PartOf", "backup.service", "stopping the backup stops the dump")
    for unit in wanted.after:
        lines.unit("After", unit, "dumps what that unit serves")
    if not wanted.required:
        notified(lines, manifest, catalog, failures_only=True, also=of("required"))
    lines.service("Type", "oneshot", "is done when its command is")
    user = (*of("user"), lines.path)[0]
    lines.service("User", wanted.user, "the dump is made by the software's own user", user)
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
    variables(manifest, lines, wanted, "the dump's command needs it")
    words = command(*_command(manifest, lines, wanted))
    lines.service("ExecStart", words, wanted.description)
    sandbox(lines, _access(manifest, lines, wanted))
    return tuple(lines.directives)


def variables(manifest: Manifest, lines: Lines, one: Dump, reason: str) -> None:
    """Add the environment of the software that is dumped."""
    options = behind(manifest, lines.source, one, "environment")
    for variable, value in one.environment:
        paths = ((*options[0], variable),) if is_job(one, options) else options
        at = paths[0] if paths else None
        lines.service("Environment", f"{variable}={value}", reason, at, paths[1:])


def _command(manifest: Manifest, lines: Lines, wanted: Dump) -> Iterator[str | Word]:
    def of(field: str) -> Paths:
        return behind(manifest, lines.source, wanted, field)

    yield installed(manifest, "dump")
    if wanted.shrink_limit:
        yield f"--shrink-limit={wanted.shrink_limit}", of("shrink_limit")
    if wanted.version:
        paths = (lines.path, *of("version"))
        yield "--version", paths
        yield from listed(wanted.version, (*lines.path, "version"))
        yield "--", paths
    to_file = wanted.output == "stdout" and wanted.file is not None
    yield from each(("stdout", str(wanted.file)) if to_file else ("folder",), *of("output"))
    if wanted.program:
        yield installed(manifest, _script(wanted.program))
    if is_job(wanted, of("command")):
        yield from listed(wanted.command, (*lines.path, "command"))
    else:
        yield from each(wanted.command, lines.path, *of("command"))


def fed(
    manifest: Manifest, lines: Lines, one: Dump, folder: str, words: tuple[Word, ...]
) -> Iterator[str | Word]:
    """A command that takes a dump: what was a program's output becomes its standard input."""
    if one.output == "stdout" and one.file:
        output = behind(manifest, lines.source, one, "output")
        script, layout = installed(manifest, "feed")
        yield script, (*output, *layout)
        yield f"{folder}/{one.file}", output
    yield from words


def _script(program: str) -> str:
    return installed_name(program.rpartition("/")[2])


def _access(manifest: Manifest, lines: Lines, wanted: Dump) -> Access:
    needs = behind(manifest, lines.source, wanted, "needs")
    folder = (f"{DUMPS}/{wanted.name}", lines.path)
    run = () if wanted.program else wanted.command[:1]
    below = is_job(wanted, needs)
    return access_of(wanted.needs, needs, run, lines.path, (folder,), has_options=below)


def access_of(  # noqa: PLR0913 - what is needed, and where each of it comes from
    needs: Needs,
    options: Paths,
    run: tuple[str, ...],
    at: ManifestPath,
    write: tuple[tuple[str, ManifestPath], ...] = (),
    *,
    has_options: bool,
) -> Access:
    """What a command of a module must reach; `at` has an option `command`."""

    def of(name: str) -> Paths:
        return ((*options[0], name),) if has_options else options

    def items(name: str, folders: tuple[str, ...]) -> Iterator[tuple[str, ManifestPath]]:
        for index, folder in enumerate(folders):
            yield folder, (*options[0], name, index) if has_options else (*options, at)[0]

    program = (*at, "command", 0)
    return Access(
        read=(*items("read", needs.read), *((path, program) for path in run)),
        write=(*write, *items("write", needs.write)),
        network=needs.network,
        devices=needs.devices,
        just_in_time=needs.just_in_time,
        options={
            "read": (*of("read"), program) if run else of("read"),
            "write": of("write"),
            "network": of("network"),
            "devices": of("devices"),
            "just_in_time": of("just_in_time"),
        },
    )
