"""Whether everything has one owner, and whatever a unit needs to start is there when it does."""

from collections import defaultdict
from collections.abc import Iterator

from schema.catalog import Catalog
from schema.diagnostics import Diagnostic, ManifestPath, Related
from schema.host import Manifest
from schema.resources import Brought, Dump, Notifier
from schema.tree import Origin
from schema.units import Command, Configuration, Directive, Unit, Words

_BACKUP = "backup.service"
_WRITABLE = ("ReadWritePaths", "WorkingDirectory")
_ACCOUNTS = {"User": "user", "Group": "group", "SupplementaryGroups": "group"}


def ownership(
    manifest: Manifest, catalog: Catalog, configuration: Configuration
) -> Iterator[Diagnostic]:
    """One owner per path and unit; no unit that fails with 226/NAMESPACE, 216/GROUP or 217/USER."""
    yield from _owners(configuration)
    users, groups, folders = _created(manifest, catalog, configuration)
    for unit in configuration.units:
        for directive in unit.directives:
            if directive.name in _ACCOUNTS:
                kind = _ACCOUNTS[directive.name]
                yield from _accounts(unit, directive, kind, users if kind == "user" else groups)
            elif directive.name in _WRITABLE:
                yield from _folders(unit, directive, folders, catalog)
    yield from _published(catalog, folders)
    yield from _orders(configuration)


def _owners(configuration: Configuration) -> Iterator[Diagnostic]:
    owned: dict[str, list[Origin]] = defaultdict(list)
    for unit in configuration.units:
        owned[f"the unit {unit.name}"].append(unit.origin)
    for dropin in configuration.dropins:
        owned[f"the drop-in {dropin.unit}.d/{dropin.name}.conf"].append(dropin.origin)
    for folder in configuration.folders:
        owned[f"the folder {folder.path}"].append(folder.origin)
    reported: set[tuple[ManifestPath, ...]] = set()
    for what, origins in owned.items():
        places = tuple(origin.path for origin in origins)
        if len(origins) > 1 and places not in reported:
            reported.add(places)
            yield Diagnostic(
                "HW050",
                f"{what} is wanted twice, by {' and by '.join(_named(one) for one in origins)}",
                origins[-1].path,
                _renamed(origins),
                at="key",
                related=(Related("wanted here first", path=origins[0].path),),
            )


def _renamed(origins: list[Origin]) -> str:
    """A module has the one name; a job can be called anything."""
    jobs = [origin.path[2] for origin in origins if origin.path[:2] == ("modules", "dump")]
    return f'give the job "{jobs[0]}" another name' if jobs else "give one of them another name"


def _named(origin: Origin) -> str:
    return ".".join(str(step) for step in origin.path)


def _created(
    manifest: Manifest, catalog: Catalog, configuration: Configuration
) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Users, groups and folders that will be there when a unit starts."""
    accounts = {account.name for account in configuration.accounts}
    brought = [one for _, one in catalog.of(Brought)]
    users = {user for one in brought for user in one.users} | accounts | {*manifest.external.users}
    folders = {folder.path for folder in configuration.folders} | {*manifest.external.paths}
    folders |= {folder for one in brought for folder in one.folders}
    target = manifest.target
    return (
        target.users | users,
        target.groups | users | {*manifest.external.groups},
        target.folders | folders,
    )


def _items(directive: Directive) -> tuple[str, ...]:
    if isinstance(directive.value, Command):
        return ()
    return directive.value.items if isinstance(directive.value, Words) else (directive.value,)


def _accounts(
    unit: Unit, directive: Directive, kind: str, known: frozenset[str]
) -> Iterator[Diagnostic]:
    code = "217/USER" if kind == "user" else "216/GROUP"
    words = (word for item in _items(directive) for word in item.split())
    for word in words:
        if word not in known and not word.isdigit():
            yield Diagnostic(
                "HW052",
                f'nothing here creates the {kind} "{word}" of {unit.name}, nor does a package of '
                f"the target: the unit would fail with {code}",
                directive.origin.path,
                f"if something else creates it, say so: external: {{{kind}s: [{word}]}}",
            )


def _folders(
    unit: Unit, directive: Directive, known: frozenset[str], catalog: Catalog
) -> Iterator[Diagnostic]:
    code = "226/NAMESPACE" if directive.name == "ReadWritePaths" else "200/CHDIR"
    for item in _items(directive):
        if item.startswith("-") or item == "" or item.lstrip("+") in known:
            continue
        yield Diagnostic(
            "HW051",
            f'nothing here creates the folder "{item}" of {unit.name} ({directive.name}=), nor '
            f"does a package of the target: the unit would fail with {code}",
            _asked(item, catalog) or directive.origin.path,
            f"if something else creates it, say so: external: {{paths: [{item}]}}",
        )


def _published(catalog: Catalog, known: frozenset[str]) -> Iterator[Diagnostic]:
    for module, notifier in catalog.of(Notifier):
        folder, option = notifier.publishes_to or (None, "")
        if folder is not None and folder not in known:
            yield Diagnostic(
                "HW051",
                f'nothing here creates the folder "{folder}", nor does a package of the target: '
                f"what {notifier.name} writes would go nowhere",
                ("modules", module, option),
                f"if something else creates it, say so: external: {{paths: [{folder}]}}",
            )


def _asked(folder: str, catalog: Catalog) -> ManifestPath | None:
    """The place in the manifest that wants a dump to write to a folder."""
    for module, dump in catalog.of(Dump):
        if dump.path and folder in dump.needs.write:
            index = dump.needs.write.index(folder)
            return ("modules", module, *dump.path, "needs", "write", index)
    return None


def _orders(configuration: Configuration) -> Iterator[Diagnostic]:
    """What starts a unit and waits for it must not be waited for in turn."""
    started = {
        starter: started_by(configuration, starter)
        for starter in {dropin.unit for dropin in configuration.dropins}
    }
    for unit in configuration.units:
        written = [one for one in unit.directives if one.origin.source == "units"]
        for directive in written:
            for name in (word for item in _items(directive) for word in item.split()):
                if directive.name == "After" and unit.name in started.get(name, ()):
                    yield _deadlock(directive, name, unit.name, name)
                if directive.name == "Before" and name in started.get(unit.name, ()):
                    yield _deadlock(directive, name, name, unit.name)


def dumping_units(configuration: Configuration) -> frozenset[str]:
    """The units that backup.service starts, and waits for, before it archives anything."""
    return started_by(configuration, _BACKUP)


def started_by(configuration: Configuration, starter: str) -> frozenset[str]:
    """The units that another starts by its drop-ins, and waits for."""
    return frozenset(
        word
        for dropin in configuration.dropins
        if dropin.unit == starter
        for directive in dropin.directives
        if isinstance(directive.value, Command)
        for word in directive.value.words[2:]
    )


def _deadlock(directive: Directive, name: str, waiting: str, starter: str) -> Diagnostic:
    return Diagnostic(
        "HW053",
        f"{waiting} would wait for {starter}, which starts it and waits for it: neither would "
        "ever go on",
        directive.origin.path,
        f"take {directive.name}={name} out: {starter} runs it at the right time",
    )
