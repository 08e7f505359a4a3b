"""Directives that `units` must leave as they are: without them a unit is root, blind or refused."""

from collections.abc import Iterator, Mapping

from compiler.check.refusals import BACKUP
from compiler.lower.repository import USER
from schema.diagnostics import Diagnostic
from schema.directives import DirectiveRule, directive_rules
from schema.host import Manifest, Setting
from schema.units import Configuration, Directive, Unit

_EYES = (
    "borg runs with exactly CAP_DAC_READ_SEARCH: without it, it could read few files, and that is "
    "but a warning to borg"
)
_ONESHOT = ("oneshot", "only a oneshot runs several commands and waits for them")
_OF_BORG = {"User": (USER, "borg runs without root, and owns the repository")}
_RUN_BORG = (BACKUP, "backup-check.service", "backup-drill.service")
_OF_THE_BACKUP = {
    "AmbientCapabilities": ("CAP_DAC_READ_SEARCH", _EYES),
    "CapabilityBoundingSet": ("CAP_DAC_READ_SEARCH", _EYES),
}
"""Directive -> the value that the compiler gave it, and why it needs that one."""

_TIMES = (
    "OnActiveSec",
    "OnBootSec",
    "OnCalendar",
    "OnStartupSec",
    "OnUnitActiveSec",
    "OnUnitInactiveSec",
)


def kept(manifest: Manifest, configuration: Configuration) -> Iterator[Diagnostic]:
    """What replaces, empties or takes out a directive that a unit cannot do without."""
    for unit in configuration.units:
        if unit.name in manifest.units:
            if unit.name.endswith(".timer"):
                yield from _timer(manifest, unit)
            else:
                yield from _service(manifest, unit)


def needed_by(unit: str) -> Mapping[str, tuple[str, str]]:
    """The directives of a service that must stay: the value of each, and why."""
    return {
        "Type": _ONESHOT,
        **(_OF_BORG if unit in _RUN_BORG else {}),
        **(_OF_THE_BACKUP if unit == BACKUP else {}),
    }


def _service(manifest: Manifest, unit: Unit) -> Iterator[Diagnostic]:
    settings = manifest.units[unit.name].get("Service", {})
    needed = needed_by(unit.name)
    for name, setting in settings.items():
        if name == "User" and _is_default(setting):
            yield _broken(unit, "Service", name, setting, "it would run as root")
        elif name in needed and setting != (needed[name][0],):
            yield _broken(unit, "Service", name, setting, needed[name][1])
    if "ExecStart" in settings and not any(one.name == "ExecStart" for one in unit.directives):
        reason = "a service does nothing without it, and systemd refuses to load it"
        yield _broken(unit, "Service", "ExecStart", settings["ExecStart"], reason)


def _is_default(setting: Setting) -> bool:
    return setting is None or not any(setting)


def _timer(manifest: Manifest, unit: Unit) -> Iterator[Diagnostic]:
    settings = manifest.units[unit.name].get("Timer", {})
    service = f"{unit.name.removesuffix('.timer')}.service"
    if settings.get("Unit") not in (None, (service,)):
        reason = f"it would start that, and nothing would start {service}"
        yield _broken(unit, "Timer", "Unit", settings["Unit"], reason)
    changed = next((name for name in settings if name in _TIMES), None)
    if changed and not _times(unit, directive_rules(manifest.target.systemd)):
        reason = "no time is left to start at, and systemd refuses to load it"
        yield _broken(unit, "Timer", changed, settings[changed], reason)


def _times(unit: Unit, rules: Mapping[tuple[str, str], DirectiveRule]) -> list[Directive]:
    """What is left when systemd has read the timer: an empty value clears all times before it."""
    left: list[Directive] = []
    times = [one for one in unit.directives if one.name in _TIMES]
    for directive in sorted(times, key=lambda one: rules[one.section, one.name].order):
        if directive.value == "":
            left.clear()
        else:
            left.append(directive)
    return left


def _broken(unit: Unit, section: str, name: str, setting: Setting, reason: str) -> Diagnostic:
    said = f"{name}= cannot be taken out of {unit.name}"
    if setting is not None:
        said = f"{name}={' '.join(map(str, setting)).strip()} on {unit.name}"
    path = ("units", unit.name, section, name)
    return Diagnostic("HW055", f"{said}: {reason}", path, "leave it as it is")
