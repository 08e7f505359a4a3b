"""What hostwright-preflight looks for on the host: whatever the units, as they are in the end, use.

It runs before they are switched, so it cannot ask systemd: preflight.toml says it, a fact a line.
"""

from collections.abc import Iterable, Iterator, Sequence

from compiler.escape import toml_string
from compiler.lower.archive import DUMPS, archived_words
from compiler.lower.causes import behind, is_job
from compiler.lower.dump import lines_of
from compiler.lower.lines import Lines
from compiler.lower.programs import program
from compiler.lower.words import LAYOUT
from schema.catalog import Catalog
from schema.diagnostics import ManifestPath
from schema.host import Manifest
from schema.layout import library
from schema.resources import Dump
from schema.tree import Origin
from schema.units import (
    Account,
    Command,
    Configured,
    Data,
    Directive,
    DropIn,
    Expanded,
    Script,
    Shortcut,
    Unit,
    Words,
)

_AT: ManifestPath = ("backup",)
_COMMAND = "/usr/sbin/hostwright-preflight"
_REASON = "hostwright-preflight looks for it"
_GROUPS = ("Group", "SupplementaryGroups")
_CREDENTIALS = ("LoadCredential", "LoadCredentialEncrypted")

_Line = tuple[str, Origin | None]
_Fact = tuple[str, Origin]
"""Something that must be on the host, and what asks for it."""


def preflight(
    manifest: Manifest, catalog: Catalog, units: Sequence[Unit], others: Sequence[Configured]
) -> Iterator[Script | Shortcut | Data]:
    """The program and what it has to know.

    Args:
        manifest: the host.
        catalog: what its modules declare.
        units: the units, overrides merged in.
        others: everything else that was lowered.
    """
    lines = Lines("backup", _AT)
    origin = lines.origin("looks whether the next backup would go well")
    yield from program("preflight", origin)
    if manifest.layout == "usr":
        reason = "a program that root calls by its name"
        yield Shortcut(_COMMAND, "preflight", lines.origin(reason, also=LAYOUT))
    told = (*_settings(manifest, catalog, units, others), *_dumps(manifest, catalog, units))
    yield Data("preflight.toml", told, origin, "what the next backup counts on")


def _settings(
    manifest: Manifest, catalog: Catalog, units: Sequence[Unit], others: Sequence[Configured]
) -> Iterator[_Line]:
    lines = Lines("backup", _AT)
    begun = lines.origin(_REASON)

    def told(text: str, path: ManifestPath) -> _Line:
        return text, lines.origin(_REASON, path)

    options = manifest.backup
    yield "", None
    yield told(f"home = {toml_string(options.home)}", ("backup", "home"))
    yield told(f"initialize = {_boolean(options.initialize)}", ("backup", "initialize"))
    system = f"{library(manifest.layout)}/systemd/system"
    yield told(f"system = {toml_string(system)}", *LAYOUT)
    directives = [one for unit in units for one in unit.directives]
    accounts = ((one.name, one.origin) for one in others if isinstance(one, Account))
    yield from _list("accounts", _sorted(accounts), begun)
    yield from _list("credentials", _sorted(_items(directives, _CREDENTIALS)), begun)
    yield from _list("users", _sorted(_items(directives, ("User",))), begun)
    yield from _list("groups", _sorted(_items(directives, _GROUPS)), begun)
    yield from _list("paths", _paths(manifest, catalog), begun)
    yield from _list("programs", _sorted(_called(directives)), begun)
    yield from _list("units", _sorted(_files(units, others)), begun)


def _items(directives: Iterable[Directive], names: tuple[str, ...]) -> Iterator[_Fact]:
    """What is written in directives of some names, but for what systemd is to expand or count."""
    for one in directives:
        if one.section != "Service" or one.name not in names or isinstance(one.value, Expanded):
            continue
        if isinstance(one.value, Words):
            yield from ((item, one.origin) for item in one.value.items)
        elif isinstance(one.value, str):
            # A credential's path may have blanks in it; without one, systemd looks for it itself.
            items = [one.value] if one.name in _CREDENTIALS else one.value.split()
            is_path = one.name in _CREDENTIALS
            yield from (
                (item, one.origin)
                for item in items
                if (":/" in item if is_path else not item.isdigit())
            )


def _paths(manifest: Manifest, catalog: Catalog) -> Iterator[_Fact]:
    lines = Lines("backup", _AT)
    for path, (first, *also) in archived_words(manifest, catalog):
        yield path, lines.origin("it is archived", first, tuple(also))


def _called(directives: Iterable[Directive]) -> Iterator[_Fact]:
    """Programs that the manifest has units call, beside what Hostwright runs in them."""
    for one in directives:
        value = one.value if one.origin.source == "units" else None
        if isinstance(value, Command) and "-" not in value.prefix:
            yield value.words[0], one.origin


def _files(units: Iterable[Unit], others: Iterable[Configured]) -> Iterator[_Fact]:
    yield from ((unit.name, unit.origin) for unit in units)
    for one in others:
        if isinstance(one, DropIn):
            yield f"{one.unit}.d/{one.name}.conf", one.origin


def _dumps(manifest: Manifest, catalog: Catalog, units: Sequence[Unit]) -> Iterator[_Line]:
    """A table for each dump, in the order in which backup.service makes them."""
    for module, one in sorted(catalog.of(Dump), key=lambda pair: pair[1].name):
        unit = next(unit for unit in units if unit.name == f"backup-{one.name}.service")
        yield from _dump(manifest, lines_of(manifest, module, one), one, unit)


def _dump(manifest: Manifest, lines: Lines, one: Dump, unit: Unit) -> Iterator[_Line]:
    def told(text: str, *paths: ManifestPath) -> _Line:
        path, *also = (*paths, lines.path)
        return text, lines.origin(_REASON, path, tuple(also))

    def of(*fields: str) -> tuple[ManifestPath, ...]:
        return behind(manifest, lines.source, one, *fields)

    yield "", None
    yield told(f"[dumps.{one.name}]")
    users = _items(unit.directives, ("User",))
    yield from ((f"user = {toml_string(name)}", origin) for name, origin in list(users)[-1:])
    yield told(f"folder = {toml_string(f'{DUMPS}/{one.name}')}")
    yield told(f"required = {_boolean(one.required)}", *of("required"))
    programs = list(_commands(lines, one, of("command")))
    names = dict.fromkeys(name for name, _ in programs)
    yield told(f"programs = {_texts(names)}", *(path for _, paths in programs for path in paths))
    if one.program:
        yield told(f"program = {toml_string(one.program)}")
        yield told(f"command = {_texts(one.command)}", *of("command"))
        yield told(f"[dumps.{one.name}.environment]")
        yield from _environment(unit)


def _commands(
    lines: Lines, one: Dump, options: tuple[ManifestPath, ...]
) -> Iterator[tuple[str, tuple[ManifestPath, ...]]]:
    """The programs of a dump's commands with their options; a job's stand in the manifest."""
    for below, words in one.commands:
        if words and not (below == ("command",) and one.program):
            is_told = is_job(one, ((),))
            yield words[0], ((*lines.path, *below, 0),) if is_told else options


def _environment(unit: Unit) -> Iterator[_Line]:
    """The variables of a unit; of one that is set twice the last counts."""
    found: dict[str, _Fact] = {}
    for one in unit.directives:
        if one.name == "Environment" and isinstance(one.value, str):
            name, is_set, value = one.value.partition("=")
            if is_set and not isinstance(one.value, Expanded):
                found[name] = value, one.origin
    for name, (value, origin) in found.items():
        yield f"{toml_string(name)} = {toml_string(value)}", origin


def _sorted(facts: Iterable[_Fact]) -> Iterator[_Fact]:
    """Each fact once, with all the options that ask for it."""
    found: dict[str, Origin] = {}
    for name, origin in facts:
        first = found.setdefault(name, origin)
        if first is not origin:
            paths = (origin.path, *origin.also)
            also = tuple(path for path in paths if path not in (first.path, *first.also))
            found[name] = Origin(first.source, first.path, first.reason, (*first.also, *also))
    return iter(sorted(found.items(), key=lambda pair: pair[0]))


def _list(name: str, facts: Iterable[_Fact], origin: Origin) -> Iterator[_Line]:
    """An array, an item a line, so that each says where it comes from."""
    yield f"{name} = [", origin
    yield from ((f"    {toml_string(item)},", whence) for item, whence in facts)
    yield "]", origin


def _texts(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(toml_string, texts))}]"


def _boolean(value: bool) -> str:  # noqa: FBT001 - it is the value that is written
    return "true" if value else "false"
