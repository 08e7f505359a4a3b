"""Rules about the whole host: what no single option can know. Each rule has a code and a page."""

from collections.abc import Iterator

from compiler.check.coverage import coverage
from compiler.check.directives import directives
from compiler.check.ownership import ownership
from compiler.check.paths import paths
from compiler.check.places import places
from compiler.check.repository import repository
from schema.catalog import Catalog
from schema.diagnostics import Diagnostic
from schema.host import Manifest
from schema.resources import Dump
from schema.units import Configuration


def check(
    manifest: Manifest, catalog: Catalog, configuration: Configuration
) -> Iterator[Diagnostic]:
    """Everything that would go wrong at night, found now."""
    yield from repository(manifest)
    yield from places(manifest)
    yield from paths(manifest)
    yield from coverage(manifest, catalog)
    yield from ownership(manifest, catalog, configuration)
    yield from directives(manifest, configuration)
    yield from _written_by_hand(manifest, catalog, configuration)


def _written_by_hand(
    manifest: Manifest, catalog: Catalog, configuration: Configuration
) -> Iterator[Diagnostic]:
    """Rules for commands and directives of the manifest's own, which most hosts have none of."""
    if manifest.units or any(dump.program is None for _, dump in catalog.of(Dump)):
        from compiler.check.commands import commands
        from compiler.check.secrets import secrets

        yield from commands(catalog)
        yield from secrets(catalog, configuration)
    if manifest.units:
        from compiler.check.sandboxes import sandboxes

        yield from sandboxes(manifest, catalog, configuration)
