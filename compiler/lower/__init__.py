"""Catalog -> Configuration: what was asked for becomes units, folders, accounts and scripts."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from compiler.lower.backup import backup
from compiler.lower.drill import drill
from compiler.lower.dump import dump
from compiler.lower.notify import notify
from compiler.lower.overrides import override
from compiler.lower.package import package
from compiler.lower.preflight import preflight
from compiler.lower.programs import shared
from compiler.lower.restore import restore
from compiler.lower.stale import stale
from compiler.lower.state import account, files, folders, leftovers
from schema.catalog import Catalog
from schema.diagnostics import Diagnostic
from schema.host import Manifest
from schema.resources import Dump
from schema.units import (
    Account,
    Configuration,
    Configured,
    Data,
    DropIn,
    EmptyFile,
    Folder,
    Leftover,
    Script,
    Shortcut,
    Unit,
    Wants,
)

C = TypeVar("C", bound=Configured)


def lower(manifest: Manifest, catalog: Catalog) -> tuple[Configuration, list[Diagnostic]]:
    """Give everything that systemd is to read, overrides merged in.

    Returns:
        The configuration, and what is wrong with the manifest's `units`.
    """
    resources = list(_resources(manifest, catalog))
    units, problems = override(manifest, tuple(_of(Unit, resources)))
    resources += preflight(manifest, catalog, units, resources)
    scripts = shared(_of(Script, resources))
    configuration = Configuration(
        units=units,
        dropins=tuple(_of(DropIn, resources)),
        wants=tuple(_of(Wants, resources)),
        folders=tuple(_of(Folder, resources)),
        files=tuple(_of(EmptyFile, resources)),
        leftovers=tuple(_of(Leftover, resources)),
        accounts=tuple(_of(Account, resources)),
        scripts=scripts,
        shortcuts=tuple(_of(Shortcut, resources)),
        data=tuple(_of(Data, resources)),
    )
    return configuration, problems


def _resources(manifest: Manifest, catalog: Catalog) -> Iterator[Configured]:
    yield from backup(manifest, catalog)
    yield from folders(manifest)
    yield from leftovers(manifest)
    yield account(manifest)
    yield from files(manifest)
    yield from stale(manifest, catalog)
    yield from notify(manifest, catalog)
    for module, wanted in catalog.of(Dump):
        yield from dump(manifest, catalog, module, wanted)
    yield from restore(manifest, catalog)
    yield from drill(manifest, catalog)
    yield from package(manifest, catalog)


def _of(kind: type[C], resources: Iterable[Configured]) -> Iterator[C]:
    return (resource for resource in resources if isinstance(resource, kind))
