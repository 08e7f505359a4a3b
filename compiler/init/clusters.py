"""PostgreSQL: the clusters of Debian's packages, as pg_lsclusters(1) finds them."""

import re
from collections.abc import Iterator

from attrs import frozen

from compiler.init.draft import Draft
from compiler.init.root import Root
from schema.targets import TARGETS

_CONFIGURED = "/etc/postgresql"
_DATA = "/var/lib/postgresql"
_PORT = 5432
_SOCKETS = ("/var/run/postgresql", "/run/postgresql")


@frozen
class Cluster:
    """A cluster: version and name, such as 15/main, its port, and where its socket lies."""

    version: str
    name: str
    port: int
    sockets: str
    disabled: bool

    @property
    def title(self) -> str:
        """How Debian's tools call it."""
        return f"{self.version}/{self.name}"


def clusters(root: Root, draft: Draft) -> bool:
    """Dump every cluster: the first by the module, others by a job; tells whether there is one."""
    found = list(_clusters(root))
    active = [one for one in found if not one.disabled]
    for one in found:
        if one.disabled:
            said = f"PostgreSQL {one.title} is switched off (start.conf), and so it is not dumped."
            draft.notes += ["", said]
    if not found:
        _without_configuration(root, draft)
    for number, one in enumerate(sorted(active, key=lambda one: one.port != _PORT)):
        (_job if number else _module)(draft, one)
    return bool(active)


def _module(draft: Draft, cluster: Cluster) -> None:
    said = f"PostgreSQL {cluster.title}: every database and the roles, dumped by postgres."
    draft.section(("modules", "postgresql"), (said, *_oddities(draft, cluster)))
    if cluster.port != _PORT:
        draft.put(("modules", "postgresql", "port"), cluster.port)


def _job(draft: Draft, cluster: Cluster) -> None:
    name = re.sub(r"[^a-z0-9]+", "-", f"postgresql-{cluster.title}".lower()).strip("-")[:60]
    at = ("modules", "dump", name)
    said = (
        f"PostgreSQL {cluster.title}, a second cluster: the module has one port, so this one is "
        "dumped in one piece, roles included. psql restores it."
    )
    draft.section(at, (said, *_oddities(draft, cluster)))
    draft.put((*at, "user"), "postgres")
    command = ("/usr/bin/pg_dumpall", f"--port={cluster.port}")
    draft.put((*at, "command"), command)
    draft.put((*at, "version"), ("/usr/bin/pg_dumpall", "--version"))


def _oddities(draft: Draft, cluster: Cluster) -> Iterator[str]:
    target = TARGETS[str(draft.values(("target",))[0])]
    if cluster.version != str(target.postgresql):
        yield (
            f"Debian's own PostgreSQL on {target.name} is {target.postgresql}; the drill would "
            f"need the programs of {cluster.version}."
        )
    if cluster.sockets and not any(one in cluster.sockets for one in _SOCKETS):
        yield (
            f"CHANGE: its socket lies in {cluster.sockets}, and the dump connects in "
            "/run/postgresql: add that to unix_socket_directories."
        )


def _clusters(root: Root) -> Iterator[Cluster]:
    for version in root.names(_CONFIGURED):
        for name in root.names(f"{_CONFIGURED}/{version}"):
            folder = f"{_CONFIGURED}/{version}/{name}"
            if re.fullmatch(r"[0-9.]{1,8}", version) and root.is_file(f"{folder}/postgresql.conf"):
                settings = _settings(root, folder, f"{_DATA}/{version}/{name}")
                yield Cluster(
                    version,
                    name,
                    _port(settings.get("port", "")),
                    settings.get("unix_socket_directories", ""),
                    _is_disabled(root.text(f"{folder}/start.conf") or ""),
                )


def _settings(root: Root, folder: str, data: str) -> dict[str, str]:
    """What counts at last: postgresql.conf, then conf.d, then ALTER SYSTEM's file."""
    main = root.text(f"{folder}/postgresql.conf") or ""
    texts = [main]
    if re.search(r"(?m)^\s*include_dir\b", main):
        names = (name for name in root.names(f"{folder}/conf.d") if name.endswith(".conf"))
        texts += [root.text(f"{folder}/conf.d/{name}") or "" for name in names]
    changed = f"{data}/postgresql.auto.conf"
    texts.append(root.text(changed) or "")
    # Closed to all but postgres as a rule, and rarely about ports: not worth a note.
    root.unseen.pop(changed, None)
    line = re.compile(r"(?mi)^\s*(port|unix_socket_directories)\s*(?:=|\s)\s*('[^']*'|[^\s#]+)")
    return {name.lower(): value.strip("'") for text in texts for name, value in line.findall(text)}


def _port(text: str) -> int:
    good = text.isascii() and text.isdecimal() and len(text) < 6 and 0 < int(text) < 65536
    return int(text) if good else _PORT


def _is_disabled(text: str) -> bool:
    return any(line.strip() == "disabled" for line in text.split("\n"))


def _without_configuration(root: Root, draft: Draft) -> None:
    left = [name for name in root.names(_DATA) if re.fullmatch(r"[0-9.]{1,8}", name)]
    if left:
        draft.notes += [
            "",
            f"{_DATA} holds {', '.join(left)}, but {_CONFIGURED} has no cluster: is one left over?",
        ]
