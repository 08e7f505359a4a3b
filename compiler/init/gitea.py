"""Gitea: what its app.ini says of where everything is."""

import re

from attrs import frozen

from compiler.init.database_files import dump_file
from compiler.init.draft import Draft
from compiler.init.root import Root
from schema.postgresql import DatabaseName
from schema.scalars import AbsolutePath, UserName

_FILES = ("/etc/gitea/app.ini", "/etc/gitea/conf/app.ini", "/var/lib/gitea/custom/conf/app.ini")
_DATA = "/var/lib/gitea"
_USER = "git"
_LOCAL = ("", "localhost", "127.0.0.1", "::1", "[::1]")
_AT = ("modules", "gitea")
Settings = dict[tuple[str, str], str]


@frozen
class _Gitea:
    """What matters of one installation."""

    config: str
    user: str
    data: str
    settings: Settings

    def of_database(self, name: str) -> str:
        return self.settings.get(("database", name), "")


def gitea(root: Root, draft: Draft, *, has_postgresql: bool) -> tuple[str, ...]:
    """Back Gitea up by its module, or by parts where the module does not fit.

    Returns:
        The folders that are covered by this.
    """
    config = next((path for path in _FILES if root.status(path) is not None), None)
    if config is None:
        return ()
    text = root.text(config)
    if text is None:
        said = f"CHANGE: {config} could not be read, so that the defaults of the module stand."
        draft.section(_AT, (said,))
        if config != _FILES[0]:
            draft.put((*_AT, "config"), config)
        return (_DATA,)
    found = _read(config, text)
    kind = found.of_database("DB_TYPE").lower() or "sqlite3"
    if kind == "sqlite3":
        return (found.data, _on_sqlite(root, draft, found))
    if kind == "postgres" and has_postgresql and _is_local(found):
        said = f"Gitea, as {config} has it; the module postgresql dumps its database."
        _module(draft, found, said)
        draft.put((*_AT, "database"), "postgresql")
        name = found.of_database("NAME") or "gitea"
        if name != "gitea" and DatabaseName.problem(name) is None:
            draft.put((*_AT, "database_name"), name)
    else:
        where = f"{kind} at {found.of_database('HOST') or 'an address that is not given'}"
        said = f"CHANGE: Gitea keeps its database in {where}, and nothing here dumps that."
        local = kind in {"mysql", "mariadb"} and _is_local(found)
        _files(
            draft, found, "Gitea's files; the job mariadb dumps its database." if local else said
        )
    return (found.data,)


def _on_sqlite(root: Root, draft: Draft, found: _Gitea) -> str:
    """Back up an installation with a database file, whose path is given back."""
    expected = f"{found.data}/data/gitea.db"
    path = found.of_database("PATH") or expected
    path = path if path.startswith("/") else f"{found.data}/{path}"
    if path == expected:
        _module(draft, found, f"Gitea, as {found.config} has it; its database is an SQLite file.")
        return path
    _files(draft, found, "Gitea's files; the module expects its database elsewhere.")
    dump_file(root, draft, path, user=found.user)
    for ending in ("", "-journal", "-shm", "-wal"):
        draft.append(("backup", "exclude"), f"pf:{path}{ending}")
    return path


def _module(draft: Draft, found: _Gitea, said: str) -> None:
    draft.section(_AT, (said,))
    for name, value, default in (
        ("user", found.user, _USER),
        ("data", found.data, _DATA),
        ("config", found.config, _FILES[0]),
    ):
        if value != default:
            draft.put((*_AT, name), value)


def _files(draft: Draft, found: _Gitea, said: str) -> None:
    draft.append(("backup", "paths"), found.data, (said,))


def _is_local(found: _Gitea) -> bool:
    host = found.of_database("HOST")
    return host.startswith("/") or host.removesuffix(":5432").removesuffix(":3306") in _LOCAL


def _read(config: str, text: str) -> _Gitea:
    settings = _settings(text)
    user = settings.get(("", "RUN_USER"), _USER)
    data = settings.get(("", "WORK_PATH"), "")
    content = settings.get(("server", "APP_DATA_PATH"), "")
    if not data and content.endswith("/data"):
        data = content.removesuffix("/data")
    return _Gitea(
        config,
        user if UserName.problem(user) is None else _USER,
        AbsolutePath(data) if data and AbsolutePath.problem(data) is None else _DATA,
        settings,
    )


def _settings(text: str) -> Settings:
    """Section and key to value, as Gitea's own reader takes them: backquotes and quotes go."""
    section, found = "", {}
    for line in map(str.strip, text.split("\n")):
        if match := re.fullmatch(r"\[(.*)\]", line):
            section = match[1].strip().lower()
        elif line and line[0] not in "#;" and "=" in line:
            key, _, value = line.partition("=")
            found[section, key.strip()] = value.strip().strip('`"')
    return found
