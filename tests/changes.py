"""Golden manifests with one option changed: which, and what the manifest then says."""

import copy
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from attrs import frozen

from compiler.load import load
from compiler.reference.plain import plain
from schema.diagnostics import ManifestPath
from schema.host_keys import HostKey
from tests.strategies import Plain, yaml_text
from tests.support import GOLDEN

_GONE = object()
_SSH = "ssh://borg@vault.example.org/./other"
_KEYS = ["vault.example.org" + HostKey.example.partition(" ")[1] + HostKey.example.split(" ", 1)[1]]

VALUES: Mapping[str, tuple[Plain, ...]] = {
    "host": ("elsewhere",),
    "target": ("debian-12", "debian-13"),
    "layout": ("usr", "etc"),
    "tags": (["staging"],),
    "backup.paths": (["/etc", "/opt/one"], ["/home/anna", "/etc"], ["/tmp/x", "/usr/lib"], ["/"]),
    "backup.repository": ("/mnt/other/place", "/home/vault/place", _SSH),
    "backup.exclude": (["*.bak"], []),
    "backup.encryption": ("keyfile-blake2", "repokey"),
    "backup.passphrase": ("/etc/credstore/another", "/etc/credstore.encrypted/another"),
    "backup.ssh_key": ("/etc/credstore/another-key", "/etc/credstore.encrypted/another-key"),
    "backup.known_hosts": ([*_KEYS, *_KEYS],),
    "backup.compression": ("lz4",),
    "backup.chunker_params": ("default",),
    "backup.schedule.at": ("*-*-* 03:33",),
    "backup.schedule.jitter": ("3min", "0"),
    "backup.schedule.persistent": (True, False),
    "backup.keep.within": ("3d", _GONE),
    "backup.keep.hourly": (5, 0),
    "backup.keep.daily": (6, 0),
    "backup.keep.weekly": (7, 0),
    "backup.keep.monthly": (8, 0),
    "backup.keep.yearly": (9, 0),
    "backup.check.at": ("*-*-03 04:44",),
    "backup.check.verify_data": (True, False),
    "backup.drill": ("*-*-04 05:55", _GONE),
    "backup.stale.at": ("*-*-* 10:10",),
    "backup.stale.grace": ("2d",),
    "backup.append_only": (True, False),
    "backup.initialize": (True, False),
    "backup.mail": ("somebody@example.org", _GONE),
    "package.maintainer": ("Night Watch <watch@example.org>",),
    "package.preflight": ("strict", "warn"),
    "package.depends": (["jq"], ["jq", "postfix"]),
    "backup.home": ("/var/lib/borgs", "/home/borgs"),
    "modules.postgresql.databases": (["shop"], "all"),
    "modules.postgresql.exclude": (["junk"], []),
    "modules.postgresql.port": (5434,),
    "modules.postgresql.globals": (True, False),
    "modules.postgresql.count_rows": (True, False),
    "modules.gitea.user": ("gitea",),
    "modules.gitea.data": ("/opt/gitea", "/home/gitea"),
    "modules.gitea.config": ("/opt/gitea.ini", "/etc/other.ini"),
    "modules.gitea.database": ("sqlite", "postgresql"),
    "modules.gitea.database_name": ("tea",),
    "modules.healthchecks.ping_key": ("/etc/credstore/other-ping",),
    "modules.healthchecks.url": ("https://ping.example.org",),
    "modules.healthchecks.log_lines": (3,),
    "modules.ntfy.server": ("https://push.example.org",),
    "modules.ntfy.topic": ("nights",),
    "modules.ntfy.topic_file": ("/etc/credstore/other-topic",),
    "modules.ntfy.token": ("/etc/credstore/other-token", _GONE),
    "modules.ntfy.success": (True, False),
    "modules.ntfy.log_lines": (4,),
    "modules.prometheus.folder": ("/var/lib/textfile",),
    "required": (True, False),
    "timeout": ("33min",),
    "shrink_limit": (33, "off"),
    "drill": (True, False),
    "user": ("www-data",),
    "command": (["/usr/bin/env", "-i", "/bin/date"], ["/home/tools/dump"]),
    "output": ("stdout", "folder"),
    "environment": ({"FIRST": "one"}, {}),
    "needs.read": (["/home/somebody"], []),
    "needs.write": (["/var/lib/dpkg"], ["/home"], []),
    "needs.network": (True, False),
    "needs.devices": (True, False),
    "needs.just_in_time": (True, False),
    "version": (["/usr/bin/env", "--version"], []),
    "packages": (["jq"], []),
    "restore": ({"command": ["/usr/bin/env", "true"]}, _GONE),
    "job drill": ({"command": ["/usr/bin/env", "true"]}, _GONE),
}
"""Other values of each option; of those that many modules have, by the option's name."""

_TOGETHER: tuple[Mapping[str, Plain], ...] = (
    {
        "backup.repository": _SSH,
        "backup.ssh_key": "/etc/credstore/key",
        "backup.trust_on_first_use": True,
        "backup.known_hosts": _GONE,
    },
    {
        "backup.repository": _SSH,
        "backup.ssh_key": "/etc/credstore/key",
        "backup.trust_on_first_use": _GONE,
        "backup.known_hosts": _KEYS,
    },
    {
        "backup.repository": "/mnt/other/place",
        "backup.ssh_key": _GONE,
        "backup.trust_on_first_use": _GONE,
        "backup.known_hosts": _GONE,
    },
    {"backup.encryption": "none", "backup.passphrase": _GONE},
    {"backup.encryption": "repokey", "backup.passphrase": "/etc/credstore/x"},
    {"modules.ntfy.topic": "nights", "modules.ntfy.topic_file": _GONE},
    {"modules.prometheus.folder": "/var/lib/textfile", "external.paths": ["/var/lib/textfile"]},
    {"modules.postgresql.databases": ["shop"], "modules.postgresql.exclude": _GONE},
)
"""Options that agree with one another only together."""

_ADDED: Mapping[str, Plain] = {
    "postgresql": {},
    "gitea": {},
    "dump": {"other": {"user": "www-data", "command": ["/usr/bin/env"]}},
    "healthchecks": {"ping_key": "/etc/credstore/ping"},
    "ntfy": {"topic": "nights"},
    "prometheus": {},
}


@frozen(eq=False)
class Change:
    """Options that are changed, and the other values of a manifest that say so."""

    options: tuple[ManifestPath, ...]
    data: Plain
    values: Mapping[ManifestPath, Plain]

    @property
    def text(self) -> bytes:
        """The manifest with the change."""
        changed = copy.deepcopy(self.data)
        for path, value in self.values.items():
            _set(changed, path, value)
        return yaml_text(changed).encode()

    def __str__(self) -> str:
        return " and ".join(".".join(map(str, option)) for option in self.options)


@cache
def written(host: str) -> Plain:
    """A golden manifest as plain data, `modules` as a mapping and a lone schedule as a section."""
    found = plain(load("host.yaml", (GOLDEN / host / "host.yaml").read_bytes()).root)
    modules = found.get("modules") or {}
    if isinstance(modules, list):
        pairs = ({one: None} if isinstance(one, str) else one for one in modules)
        modules = {name: options for pair in pairs for name, options in pair.items()}
    found["modules"] = {name: options or {} for name, options in modules.items()}
    schedule = found["backup"].get("schedule")
    if isinstance(schedule, str):
        found["backup"]["schedule"] = {"at": schedule}
    return found


def changes(host: str) -> Iterator[Change]:
    """Every option of a golden host, set or not, with each other value that the tables have."""
    data = written(host)
    for path, values in _options(data):
        now = _at(data, path)
        for value in values:
            if value != now:
                yield _change(data, {path: value})
        if isinstance(now, list):
            yield from _items(data, path, now)
    for together in _TOGETHER:
        if any(_lacks(data, name) for name in together):
            continue
        yield _change(data, {tuple(name.split(".")): value for name, value in together.items()})
    for name, options in _ADDED.items():
        yield _change(data, {("modules", name): _GONE if name in data["modules"] else options})
    for job in data["modules"].get("dump", {}):
        yield _change(data, {("modules", "dump", job): _GONE})


def _lacks(data: Plain, name: str) -> bool:
    """Whether an option is one of a module that the host does not have."""
    first, second, *_ = name.split(".")
    return first == "modules" and second not in data["modules"]


def _options(data: Plain) -> Iterator[tuple[ManifestPath, tuple[Plain, ...]]]:
    for name, values in VALUES.items():
        path = tuple(name.split("."))
        is_there = path[0] in ("host", "target", "layout", "tags", "backup", "package")
        if is_there or (path[0] == "modules" and path[1] in data["modules"]):
            yield path, values
    for module in ("postgresql", "gitea"):
        for name in ("required", "timeout", "shrink_limit", "drill"):
            if module in data["modules"]:
                yield ("modules", module, name), VALUES[name]
    for job in data["modules"].get("dump", {}):
        yield from _of_job(data, ("modules", "dump", job))
    for unit, sections in data.get("units", {}).items():
        for section, settings in sections.items():
            yield from ((("units", unit, section, name), (_GONE,)) for name in settings)


def _of_job(data: Plain, job: ManifestPath) -> Iterator[tuple[ManifestPath, tuple[Plain, ...]]]:
    names = [name for name in VALUES if "." not in name or name.startswith("needs.")]
    own = ("host", "target", "layout", "tags", "drill", "restore", "job drill")
    for name in names:
        if name not in own:
            yield (*job, *name.split(".")), VALUES[name]
    for step, values in (("restore", VALUES["restore"]), ("drill", VALUES["job drill"])):
        yield (*job, step), values
        if _at(data, (*job, step)) is not None:
            for name in ("command", *(one for one in names if one.startswith("needs."))):
                yield (*job, step, *name.split(".")), VALUES[name]


def _items(data: Plain, path: ManifestPath, items: list[Plain]) -> Iterator[Change]:
    for index, item in enumerate(items):
        # Of a path that others lie in, these appear: that is a change of the whole list.
        is_around = any(str(other).startswith(f"{item}/") for other in items)
        about = path if is_around else (*path, index)
        yield _change(data, {path: [*items[:index], *items[index + 1 :]]}, about)
        if isinstance(item, str):
            other = [*items[:index], f"{item}x", *items[index + 1 :]]
            yield _change(data, {path: other}, about)


def _change(data: Plain, values: Mapping[ManifestPath, Plain], about: Any = None) -> Change:
    return Change((about,) if about else tuple(values), data, values)


def _set(data: Plain, path: ManifestPath, value: Plain) -> None:
    for step in path[:-1]:
        data = data.setdefault(step, {})
    data.pop(path[-1], None)
    if value is not _GONE:
        data[path[-1]] = value


def _at(data: Plain, path: ManifestPath) -> Plain:
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data
