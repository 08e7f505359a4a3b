"""Sandbox options that look harmless and break the backup: refused, with the reason (row S11)."""

from collections.abc import Iterator

from attrs import frozen

from compiler.check.ownership import dumping_units
from compiler.lower.archive import archived
from compiler.lower.sandbox import HOMES, KERNEL_MODULES, TEMPORARY
from schema.catalog import Catalog
from schema.diagnostics import Diagnostic
from schema.host import Manifest
from schema.layout import overlap
from schema.units import Configuration, Directive, Unit

_TRUE = ("yes", "true", "on", "1", "y", "t")
_BACKUP = "backup.service"
_HIDING = ("BindPaths", "BindReadOnlyPaths", "InaccessiblePaths", "TemporaryFileSystem")
_OTHER_ROOTS = ("RootDirectory", "RootImage")
_NEEDED = {
    "AmbientCapabilities": "borg could read few files, and that is but a warning to borg",
    "ExecStart": "a service does nothing without it, and systemd refuses to load it",
    "User": "it would run as root",
}


@frozen(eq=False, repr=False)
class Refusal:
    """A directive of one unit that must not have one of these values."""

    unit: str
    name: str
    values: tuple[str, ...]
    reason: str
    fix: str


def sandboxes(
    manifest: Manifest, catalog: Catalog, configuration: Configuration
) -> Iterator[Diagnostic]:
    """What `units` may not set, because the unit would fail or, worse, archive less."""
    if not manifest.units:
        return
    paths = archived(manifest, catalog)
    refusals = [*_FIXED, *_by_path(paths)]
    refusals += [_shared_memory(unit) for unit in sorted(dumping_units(configuration))]
    for unit in configuration.units:
        yield from _removed(manifest, unit)
        for directive in unit.directives:
            if directive.origin.source == "units":
                yield from _set(unit, directive, refusals)
                yield from _hidden(unit, directive, paths)


def _set(unit: Unit, directive: Directive, refusals: list[Refusal]) -> Iterator[Diagnostic]:
    for refusal in refusals:
        if refusal.unit == unit.name and _is_refused(refusal, directive):
            yield _refused(unit, directive, refusal.reason, refusal.fix)


def _hidden(unit: Unit, directive: Directive, paths: tuple[str, ...]) -> Iterator[Diagnostic]:
    """What the sandbox hides from borg is missing in the archive, and nothing would say so."""
    if unit.name != _BACKUP or not isinstance(directive.value, str) or not directive.value:
        return
    if directive.name in _OTHER_ROOTS:
        yield _refused(unit, directive, "borg would not see this host's files", "take it out")
    if directive.name in _HIDING:
        source, _, rest = directive.value.lstrip("-+").partition(":")
        bound = rest.partition(":")[0] if directive.name.startswith("Bind") else ""
        hidden = bound or source
        if found := next((path for path in paths if overlap(path, hidden)), None):
            reason = f'it would be empty to borg, and "{found}" is to be archived'
            yield _refused(unit, directive, reason, "exclude it in backup.exclude instead")


def _removed(manifest: Manifest, unit: Unit) -> Iterator[Diagnostic]:
    """What null must not take out: the user (systemd's default is root) and borg's eyes."""
    left = {directive.name for directive in unit.directives}
    for name, reason in _NEEDED.items():
        removed = manifest.units.get(unit.name, {}).get("Service", {}).get(name, ()) is None
        if removed and name not in left and (name != "AmbientCapabilities" or unit.name == _BACKUP):
            yield Diagnostic(
                "HW055",
                f"{name}= cannot be taken out of {unit.name}: {reason}",
                ("units", unit.name, "Service", name),
                "leave it as it is",
            )


def _refused(unit: Unit, directive: Directive, reason: str, fix: str) -> Diagnostic:
    said = f"{directive.name}={directive.value} on {unit.name}: {reason}"
    return Diagnostic("HW055", said, directive.origin.path, fix)


def _is_refused(refusal: Refusal, directive: Directive) -> bool:
    if refusal.name != directive.name or not isinstance(directive.value, str):
        return False
    return bool(set(directive.value.lower().split()) & set(refusal.values))


_FIXED = (
    Refusal(
        _BACKUP,
        "PrivateUsers",
        (*_TRUE, "self", "identity"),
        "every owner but borg's would be archived as nobody",
        "take it out",
    ),
    Refusal(
        _BACKUP,
        "DynamicUser",
        _TRUE,
        "its user would not own the repository, and /tmp and the homes would be empty to borg",
        "take it out",
    ),
    Refusal(
        "backup-notify@.service",
        "LockPersonality",
        _TRUE,
        "it keeps postfix's programs from taking the mail",
        "take it out",
    ),
    Refusal(
        _BACKUP,
        "SuccessExitStatus",
        ("1",),
        "systemd applies it to ExecStartPre= too, so a dump that failed would count as success",
        "take it out: a warning of borg is a success already",
    ),
    Refusal(_BACKUP, "User", ("root", "0"), "borg runs without root", "take it out"),
    Refusal(
        _BACKUP,
        "Type",
        ("simple", "exec", "forking", "notify", "idle", "dbus"),
        "only a oneshot runs several commands and waits for them",
        "take it out",
    ),
)


def _by_path(paths: tuple[str, ...]) -> Iterator[Refusal]:
    def read(*folders: str) -> str | None:
        return next((path for path in paths for folder in folders if overlap(path, folder)), None)

    if path := read(*HOMES):
        yield Refusal(
            _BACKUP,
            "ProtectHome",
            (*_TRUE, "tmpfs"),
            f'the homes would be empty to borg, and "{path}" is to be archived',
            "leave it at read-only",
        )
    if path := read(*TEMPORARY):
        yield Refusal(
            _BACKUP,
            "PrivateTmp",
            (*_TRUE, "disconnected"),
            f'/tmp and /var/tmp would be empty to borg, and "{path}" is to be archived',
            "leave it at no",
        )
    if path := read(*KERNEL_MODULES):
        yield Refusal(
            _BACKUP,
            "ProtectKernelModules",
            _TRUE,
            f'/usr/lib/modules would be empty to borg, and "{path}" is to be archived',
            "leave it at no",
        )


def _shared_memory(unit: str) -> Refusal:
    return Refusal(
        unit,
        "RemoveIPC",
        _TRUE,
        "the end of the dump would remove the shared memory of the running server, "
        "which has the same user",
        "take it out",
    )
