"""Values of directives that must not be: of which units, and why (data for `sandboxes`)."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from attrs import frozen

from compiler.lower.sandbox import HOMES, KERNEL_MODULES, TEMPORARY
from schema.layout import overlap
from schema.units import Directive, Unit

BACKUP = "backup.service"
_TRUE = ("yes", "true", "on", "1", "y", "t")


@frozen(eq=False, repr=False)
class Refusal:
    """A directive of some units (`unit` is a name, or a glob) that must not have these values."""

    unit: str
    name: str
    values: tuple[str, ...]
    reason: str
    fix: str = "take it out"

    def applies_to(self, unit: Unit, directive: Directive) -> bool:
        """Whether a directive of a unit has one of the values, alone or among others."""
        if self.name != directive.name or not fnmatchcase(unit.name, self.unit):
            return False
        value = directive.value
        return isinstance(value, str) and not {*value.lower().split()}.isdisjoint(self.values)


FIXED = (
    Refusal(
        BACKUP,
        "PrivateUsers",
        (*_TRUE, "self", "identity"),
        "every owner but borg's would be archived as nobody",
    ),
    Refusal(
        BACKUP,
        "DynamicUser",
        _TRUE,
        "its user would not own the repository, and /tmp and the homes would be empty to borg",
    ),
    Refusal(
        "backup-notify@.service",
        "LockPersonality",
        _TRUE,
        "it keeps postfix's programs from taking the mail",
    ),
    Refusal(
        BACKUP,
        "SuccessExitStatus",
        ("1",),
        "systemd applies it to ExecStartPre= too, so a dump that failed would count as success",
        "take it out: a warning of borg is a success already",
    ),
    Refusal(
        "*.service",
        "Restart",
        ("always", "on-success"),
        "a oneshot that succeeded would never be done, and systemd refuses to load it",
        "on-failure is possible",
    ),
)


def by_path(paths: tuple[str, ...]) -> Iterator[Refusal]:
    """What would hide one of the paths from borg."""

    def read(*folders: str) -> str | None:
        return next((path for path in paths for folder in folders if overlap(path, folder)), None)

    if path := read(*HOMES):
        yield Refusal(
            BACKUP,
            "ProtectHome",
            (*_TRUE, "tmpfs"),
            f'the homes would be empty to borg, and "{path}" is to be archived',
            "leave it at read-only",
        )
    if path := read(*TEMPORARY):
        yield Refusal(
            BACKUP,
            "PrivateTmp",
            (*_TRUE, "disconnected"),
            f'/tmp and /var/tmp would be empty to borg, and "{path}" is to be archived',
            "leave it at no",
        )
    if path := read(*KERNEL_MODULES):
        yield Refusal(
            BACKUP,
            "ProtectKernelModules",
            _TRUE,
            f'/usr/lib/modules would be empty to borg, and "{path}" is to be archived',
            "leave it at no",
        )


def shared_memory(unit: str) -> Refusal:
    """A dump, or its restore, runs as the user of the server that it is of."""
    return Refusal(
        unit,
        "RemoveIPC",
        _TRUE,
        "its end would remove the shared memory of the running server, which has the same user",
    )
