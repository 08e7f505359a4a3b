"""How the host is brought back: the program hostwright-restore, and a unit per dump for it."""

from collections.abc import Iterator

from compiler.escape import toml_string
from compiler.lower.archive import DUMPS, archived, archives_of
from compiler.lower.dump import fed
from compiler.lower.lines import Lines
from compiler.lower.programs import installed_name, program
from compiler.lower.repository import environment, ssh
from compiler.lower.sandbox import Access, sandbox
from schema.borg import LocalRepository, SshRepository
from schema.catalog import Catalog
from schema.diagnostics import ManifestPath
from schema.host import Manifest
from schema.layout import library
from schema.resources import Dump, Recovery
from schema.units import (
    Command,
    Data,
    Directive,
    Folder,
    Script,
    Shortcut,
    Unit,
)

PLACE = "/var/cache/backup-restore"
_COMMAND = "/usr/sbin/hostwright-restore"


def restore(
    manifest: Manifest, catalog: Catalog
) -> Iterator[Unit | Folder | Script | Shortcut | Data]:
    """The program and what it has to know, and what each dump's restore takes."""
    lines = Lines("backup", ("backup",))
    origin = lines.origin("brings files and dumps back")
    yield from program("restore", origin)
    if manifest.layout == "usr":
        yield Shortcut(_COMMAND, "restore", origin)
    yield Data("restore.toml", tuple(_settings(manifest, catalog)), origin)
    yield Folder(PLACE, 0o711, "root", "root", lines.origin("dumps lie there while they restore"))
    for module, one in catalog.of(Dump):
        if one.restore is not None:
            yield from _dump(manifest, module, one, one.restore)


def _settings(manifest: Manifest, catalog: Catalog) -> Iterator[str]:
    """What the program reads, as TOML."""
    options = manifest.backup
    yield ""
    yield f"host = {toml_string(manifest.host)}"
    yield f"archives = {toml_string(archives_of(manifest))}"
    yield f"home = {toml_string(options.home)}"
    yield f"local = {_boolean(isinstance(options.repository, LocalRepository))}"
    if isinstance(options.repository, SshRepository):
        yield f"ssh = {toml_string(' '.join(ssh(manifest)))}"
    yield f"paths = {_list(archived(manifest, catalog))}"
    yield ""
    yield "[environment]"
    for name, value, _, _ in environment(manifest):
        yield f"{name} = {toml_string(value)}"
    yield ""
    yield "[credentials]"
    for name, file in (("passphrase", options.passphrase), ("ssh_key", options.ssh_key)):
        if file is not None:
            yield f"{name} = {toml_string(file)}"
    for _, one in catalog.of(Dump):
        yield from _dump_settings(one)


def _dump_settings(one: Dump) -> Iterator[str]:
    yield ""
    yield f"[dumps.{one.name}]"
    yield f"description = {toml_string(one.description)}"
    yield f"user = {toml_string(one.user)}"
    yield f"folder = {toml_string(f'{DUMPS}/{one.name}')}"
    if one.restore is not None:
        yield f"unit = {toml_string(f'restore-{one.name}.service')}"
        yield f"parts = {_boolean(one.restore.parts)}"
        yield f"replaces = {_list(one.restore.replaces)}"


def _boolean(value: bool) -> str:  # noqa: FBT001 - it is the value that is written
    return "true" if value else "false"


def _list(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(map(toml_string, texts))}]"


def _dump(
    manifest: Manifest, module: str, one: Dump, recovery: Recovery
) -> Iterator[Unit | Script]:
    lines = Lines(module, ("modules", module, *one.path))
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
        yield Script("feed", "dump/feed.sh.j2", origin)


def _directives(
    manifest: Manifest, lines: Lines, one: Dump, recovery: Recovery
) -> tuple[Directive, ...]:
    scripts = f"{library(manifest.layout)}/hostwright"
    folder = f"{PLACE}/{one.name}"
    lines.unit("Description", f"Restore the dump of {one.name}", "what it does")
    for unit in one.after:
        lines.unit("After", unit, "restores into what that unit serves")
    lines.service("Type", "oneshot", "is done when its commands are")
    lines.service("User", one.user, "what is restored belongs to the software's own user")
    lines.service("UMask", "0077", "what is restored is not for everybody")
    lines.service("TimeoutStartSec", "infinity", "whoever restores watches, and can stop it")
    lines.service("Environment", "LANG=C.UTF-8", "names are UTF-8, and messages English")
    lines.service("Environment", f"DUMP={folder}", "where the dump is")
    for variable, value in one.environment:
        lines.service("Environment", f"{variable}={value}", "the dump was made so, too")
    verify = Command((f"{scripts}/verify", folder))
    lines.service("ExecStart", verify, "the dump is as it was when it was made")
    if recovery.program:
        script = f"{scripts}/{installed_name(recovery.program)}"
        words = (script, folder, f"{PLACE}/{one.name}.json", *recovery.command)
        lines.service("ExecStart", Command(words), "restores the dump")
    else:
        at = (*lines.path, "restore", "command")
        lines.service(
            "ExecStart",
            Command(fed(manifest, one, folder, recovery.command)),
            "restores the dump",
            at,
        )
    sandbox(lines, _access(recovery, lines.path))
    return tuple(lines.directives)


def _access(recovery: Recovery, path: ManifestPath) -> Access:
    needs = recovery.needs
    option = path if recovery.program else (*path, "restore", "needs", "write")
    return Access(
        read=(*needs.read, *(() if recovery.program else recovery.command[:1])),
        write=tuple((folder, option) for folder in needs.write),
        network=needs.network,
        devices=needs.devices,
        just_in_time=needs.just_in_time,
    )
