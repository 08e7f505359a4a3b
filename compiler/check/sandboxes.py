"""Sandbox options that look harmless and break the backup: refused, with the reason (row S11)."""

from collections.abc import Iterator

from compiler.check.kept import kept
from compiler.check.ownership import dumping_units
from compiler.check.refusals import BACKUP, FIXED, Refusal, by_path, shared_memory
from compiler.lower.archive import archived
from schema.catalog import Catalog
from schema.diagnostics import Diagnostic
from schema.host import Manifest
from schema.layout import overlap
from schema.units import Configuration, Directive, Unit

_HIDING = ("BindPaths", "BindReadOnlyPaths", "InaccessiblePaths", "TemporaryFileSystem")
_OTHER_ROOTS = ("RootDirectory", "RootImage")


def sandboxes(
    manifest: Manifest, catalog: Catalog, configuration: Configuration
) -> Iterator[Diagnostic]:
    """What `units` may not set, because the unit would fail or, worse, archive less."""
    if not manifest.units:
        return
    paths = archived(manifest, catalog)
    refusals = refusals_of(paths, configuration)
    yield from kept(manifest, configuration)
    for unit in configuration.units:
        for directive in unit.directives:
            if directive.origin.source == "units":
                yield from _set(unit, directive, refusals)
                yield from _hidden(unit, directive, paths)


def refusals_of(paths: tuple[str, ...], configuration: Configuration) -> tuple[Refusal, ...]:
    """What is refused on a host that archives some paths."""
    restoring = (unit.name for unit in configuration.units if unit.name.startswith("restore-"))
    memory = map(shared_memory, sorted({*dumping_units(configuration), *restoring}))
    return (*FIXED, *by_path(paths), *memory)


def _set(unit: Unit, directive: Directive, refusals: tuple[Refusal, ...]) -> Iterator[Diagnostic]:
    for refusal in refusals:
        if refusal.applies_to(unit, directive):
            yield _refused(unit, directive, refusal.reason, refusal.fix)


def _hidden(unit: Unit, directive: Directive, paths: tuple[str, ...]) -> Iterator[Diagnostic]:
    """What the sandbox hides from borg is missing in the archive, and nothing would say so."""
    if unit.name != BACKUP or not isinstance(directive.value, str) or not directive.value:
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


def _refused(unit: Unit, directive: Directive, reason: str, fix: str) -> Diagnostic:
    said = f"{directive.name}={directive.value} on {unit.name}: {reason}"
    return Diagnostic("HW055", said, directive.origin.path, fix)
