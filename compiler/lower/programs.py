"""The Python programs that run on the host: each with the libraries that it imports."""

from collections.abc import Iterable, Iterator

from schema.diagnostics import ManifestPath
from schema.tree import Origin
from schema.units import Script

_LIBRARIES = {
    "borg": (),
    "drill": ("scratch", "signals"),
    "drill_postgresql": (
        "cluster",
        "contract",
        "database_dump",
        "databases",
        "roles",
        "scratch",
        "signals",
        "statements",
    ),
    "drill_sqlite": ("contract", "scratch", "signals", "sqlite_file"),
    "healthchecks": ("notice", "web"),
    "ntfy": ("notice", "web"),
    "postgresql": ("databases",),
    "preflight": (
        "archives",
        "as_user",
        "contract",
        "credentials",
        "databases",
        "findings",
        "preflight_credentials",
        "preflight_dumps",
        "preflight_files",
        "preflight_folder",
        "preflight_host",
        "preflight_repository",
        "preflight_settings",
        "preflight_systemd",
        "preflight_units",
        "processes",
        "settings",
    ),
    "prometheus": ("notice",),
    "publish": (),
    "record": ("contract",),
    "restore": ("accounts", "archives", "credentials", "dumps", "processes", "settings"),
    "restore_postgresql": (
        "cluster",
        "contract",
        "database_dump",
        "databases",
        "request",
        "roles",
        "signals",
        "statements",
    ),
    "restore_sqlite": ("contract", "request", "signals", "sqlite_file"),
    "stale": (),
    "verify": ("contract",),
}


def program(name: str, origin: Origin) -> Iterator[Script]:
    """A program of `modules/programs` by the name of its file, and what it imports from there."""
    yield Script(installed_name(name), f"{name}.py", origin)
    for library in _LIBRARIES[name]:
        yield Script(f"{library}.py", f"{library}.py", origin)


def shared(scripts: Iterable[Script]) -> tuple[Script, ...]:
    """Each script once, with all the options that ask for it."""
    found: dict[str, Script] = {}
    for script in scripts:
        first = found.setdefault(script.name, script)
        if first is not script and first.origin is not script.origin:
            others = (script.origin.path, *script.origin.also)
            found[script.name] = Script(script.name, first.template, _with(first.origin, others))
    return tuple(found.values())


def _with(origin: Origin, others: tuple[ManifestPath, ...]) -> Origin:
    also = tuple(path for path in others if path != origin.path and path not in origin.also)
    return Origin(origin.source, origin.path, origin.reason, origin.also + also)


def installed_name(name: str) -> str:
    """What a program is called on the host."""
    return name.replace("_", "-")
