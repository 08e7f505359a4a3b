"""How the host is brought back: the program hostwright-restore, and a unit per dump for it."""

from collections.abc import Iterator

from compiler.escape import toml_string
from compiler.lower.archive import DUMPS, archived, archives_of, archiving
from compiler.lower.backup import HOST
from compiler.lower.causes import behind, is_job
from compiler.lower.dump import access_of, fed, lines_of, variables
from compiler.lower.lines import Lines
from compiler.lower.programs import installed_name, program
from compiler.lower.repository import REPOSITORY, environment, ssh, ssh_options
from compiler.lower.sandbox import sandbox
from compiler.lower.words import LAYOUT, command, each, installed, listed
from schema.borg import LocalRepository
from schema.catalog import Catalog
from schema.diagnostics import ManifestPath
from schema.host import Manifest
from schema.resources import Dump, Recovery
from schema.tree import Origin
from schema.units import (
    Data,
    Directive,
    Folder,
    Script,
    Shortcut,
    Unit,
)

PLACE = "/var/cache/backup-restore"
_Line = tuple[str, Origin | None]
_COMMAND = "/usr/sbin/hostwright-restore"


def restore(
    manifest: Manifest, catalog: Catalog
) -> Iterator[Unit | Folder | Script | Shortcut | Data]:
    """The program and what it has to know, and what each dump's restore takes."""
    lines = Lines("backup", ("backup",))
    origin = lines.origin("brings files and dumps back")
    yield from program("restore", origin)
    if manifest.layout == "usr":
        reason = "a program that root calls by its name"
        yield Shortcut(_COMMAND, "restore", lines.origin(reason, also=LAYOUT))
    yield Data("restore.toml", tuple(_settings(manifest, catalog, lines)), origin)
    yield Folder(PLACE, 0o711, "root", "root", lines.origin("dumps lie there while they restore"))
    for module, one in catalog.of(Dump):
        if one.restore is not None:
            yield from _dump(manifest, module, one, one.restore)


def _settings(
    manifest: Manifest, catalog: Catalog, lines: Lines
) -> Iterator[tuple[str, Origin | None]]:
    """What the program reads, as TOML."""

    def told(text: str, path: ManifestPath | None = None, *also: ManifestPath) -> _Line:
        return text, lines.origin("hostwright-restore reads it", path, also)

    options = manifest.backup
    yield "", None
    yield told(f"host = {toml_string(manifest.host)}", *HOST)
    yield told(f"archives = {toml_string(archives_of(manifest))}", *HOST)
    yield told(f"home = {toml_string(options.home)}", ("backup", "home"))
    local = isinstance(options.repository, LocalRepository)
    yield told(f"local = {_boolean(local)}", None, REPOSITORY)
    if not local:
        words = " ".join(ssh(manifest))
        yield told(f"ssh = {toml_string(words)}", REPOSITORY, *ssh_options(manifest))
    yield told(f"paths = {_list(archived(manifest, catalog))}", *archiving(catalog))
    yield "", None
    yield told("[environment]")
    for name, value, _, paths in environment(manifest):
        yield told(f"{name} = {toml_string(value)}", *paths)
    yield "", None
    yield told("[credentials]")
    for name, file in (("passphrase", options.passphrase), ("ssh_key", options.ssh_key)):
        if file is not None:
            yield told(f"{name} = {toml_string(file)}", ("backup", name))
    for module, one in catalog.of(Dump):
        yield from _dump_settings(manifest, lines_of(manifest, module, one), one)


def _dump_settings(manifest: Manifest, lines: Lines, one: Dump) -> Iterator[_Line]:
    def told(text: str, *fields: str) -> _Line:
        path, *also = (*behind(manifest, lines.source, one, *fields), lines.path)
        return text, lines.origin("hostwright-restore reads it", path, tuple(also))

    yield "", None
    yield told(f"[dumps.{one.name}]")
    yield told(f"description = {toml_string(one.description)}")
    yield told(f"user = {toml_string(one.user)}", "user")
    yield told(f"folder = {toml_string(f'{DUMPS}/{one.name}')}")
    if one.restore is not None:
        yield told(f"unit = {toml_string(f'restore-{one.name}.service')}", *_if_job(one))
        yield told(f"parts = {_boolean(one.restore.parts)}", *_if_job(one))
        yield told(f"replaces = {_list(one.restore.replaces)}", "restore")


def _boolean(value: bool) -> str:  # noqa: FBT001 - it is the value that is written
    return "true" if value else "false"


def _list(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(map(toml_string, texts))}]"


def _if_job(one: Dump) -> tuple[str, ...]:
    """The field that decides whether a dump can be restored; modules always say how."""
    return ("restore",) if one.path else ()


def _dump(
    manifest: Manifest, module: str, one: Dump, recovery: Recovery
) -> Iterator[Unit | Script]:
    lines = lines_of(manifest, module, one)
    made = behind(manifest, module, one, *_if_job(one))
    lines.also += made
    origin = lines.origin("restores the dump, for hostwright-restore")
    yield Unit(
        f"restore-{one.name}.service",
        f"Restores the dump of {one.name} of {manifest.host}: started by hostwright-restore.",
        _directives(manifest, lines, one, recovery),
        origin,
    )
    yield from program("verify", origin)
    if recovery.program:
        yield from program(recovery.program, origin)
    elif one.output == "stdout":
        reason = "hands the dump to the command that restores it"
        output = behind(manifest, module, one, "output")
        yield Script("feed", "dump/feed.sh.j2", lines.origin(reason, also=output))


def _directives(
    manifest: Manifest, lines: Lines, one: Dump, recovery: Recovery
) -> tuple[Directive, ...]:
    folder = f"{PLACE}/{one.name}"
    user = behind(manifest, lines.source, one, "user")
    options = behind(manifest, lines.source, one, "restore")
    lines.unit("Description", f"Restore the dump of {one.name}", "what it does")
    for unit in one.after:
        lines.unit("After", unit, "restores into what that unit serves")
    lines.service("Type", "oneshot", "is done when its commands are")
    reason = "what is restored belongs to the software's own user"
    lines.service("User", one.user, reason, (*user, lines.path)[0])
    lines.service("UMask", "0077", "what is restored is not for everybody")
    lines.service("TimeoutStartSec", "infinity", "whoever restores watches, and can stop it")
    lines.service("Environment", "LANG=C.UTF-8", "names are UTF-8, and messages English")
    lines.service("Environment", f"DUMP={folder}", "where the dump is")
    variables(manifest, lines, one, "the dump was made so, too")
    verify = command(installed(manifest, "verify"), folder)
    lines.service("ExecStart", verify, "the dump is as it was when it was made")
    below = is_job(one, options)
    at = options[0] if below else lines.path
    if recovery.program:
        script = installed(manifest, installed_name(recovery.program))
        given = each(recovery.command, lines.path, *options)
        words = command(script, folder, f"{PLACE}/{one.name}.json", *given)
        lines.service("ExecStart", words, "restores the dump")
    else:
        said = listed(recovery.command, (*at, "command"))
        words = command(*fed(manifest, lines, one, folder, said))
        lines.service("ExecStart", words, "restores the dump")
    needs = tuple((*path, "needs") for path in options) if below else options
    run = () if recovery.program else recovery.command[:1]
    sandbox(lines, access_of(recovery.needs, needs, run, at, has_options=below))
    return tuple(lines.directives)
