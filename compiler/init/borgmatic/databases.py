"""The databases that borgmatic dumps."""

from compiler.init.borgmatic.reader import Given, Reader
from compiler.init.database_files import dump_file
from compiler.init.mariadb import JOB, dump
from compiler.init.root import Root
from schema.postgresql import DatabaseName

_LOCAL = ("localhost", "127.0.0.1", "::1")
_REMOTE = "a server elsewhere: a job of modules.dump can reach it over the network"
_COMMANDS = ("pg_dump_command", "psql_command", "mariadb_dump_command", "mysql_dump_command")
_AT = ("modules", "postgresql")
_SOCKET = "the dump is made over the local socket by the software's own account"


def databases(reader: Reader, root: Root) -> None:
    """Give the module postgresql, and jobs for MariaDB and SQLite."""
    _postgresql(reader)
    _mariadb(reader, root)
    given = reader.option("sqlite_databases")
    for one in given.items() if given is not None else ():
        _sqlite(reader, root, one)


def _postgresql(reader: Reader) -> None:
    given = reader.option("postgresql_databases")
    names: list[tuple[str, Given]] = []
    ports: set[str] = set()
    for one in given.items() if given is not None else ():
        if not _is_local(reader, one):
            continue
        port = one.key("port")
        number = reader.text(port) or "5432"
        if (ports and number not in ports) or not _is_port(number):
            reader.leave_out(
                one, "the module has one port: a job of modules.dump can dump this one"
            )
            continue
        found = _named(reader, one)
        if found is not None:
            ports.add(number)
            names.append(found)
            _usual(reader, one, {"format": "custom", "username": None, "compression": "0"})
    if given is None or not names:
        return
    said = "Dumped by the user postgres over the local socket, without a password; roles, too."
    reader.draft.section(_AT, (said,), given.source)
    if all(name != "all" for name, _ in names):
        for name, one in names:
            reader.draft.append((*_AT, "databases"), name, source=one.source)
    if (port_number := int(next(iter(ports)))) != 5432:
        reader.draft.put((*_AT, "port"), port_number)


def _mariadb(reader: Reader, root: Root) -> None:
    names: list[tuple[str, Given]] = []
    for option in ("mariadb_databases", "mysql_databases"):
        given = reader.option(option)
        for one in given.items() if given is not None else ():
            port = reader.text(one.key("port"))
            if _is_local(reader, one) and port not in (None, "3306"):
                reader.leave_out(one, "another port than the local socket's server")
            elif _is_local(reader, one) and (found := _named(reader, one)) is not None:
                names.append(found)
                _usual(
                    reader, one, {"format": "sql", "add_drop_database": "true", "username": None}
                )
    if not names:
        return
    client = "/usr/bin/mariadb-dump"
    if not root.is_file(client) and root.is_file("/usr/bin/mysqldump"):
        client = "/usr/bin/mysqldump"
    chosen = [name for name, _ in names]
    what = ("--all-databases",) if "all" in chosen else ("--databases", *chosen)
    dump(reader.draft, client, what, names[0][1].source)
    for _, one in names[1:]:
        reader.take(one)
    reader.draft.section(JOB)


def _sqlite(reader: Reader, root: Root, given: Given) -> None:
    path = given.key("path")
    text = reader.text(path)
    name = given.key("name")
    if path is None or text is None:
        return
    if not dump_file(root, reader.draft, text, source=path.source):
        reader.leave_out(
            path, "the user that owns it could not be seen: write a job of modules.dump"
        )
    elif name is not None:
        reader.take(name)


def _is_local(reader: Reader, given: Given) -> bool:
    """Whether the server is on this host; one that is not is listed as a whole."""
    if any(given.key(name) is not None for name in _COMMANDS):
        reader.leave_out(given, "a command of its own makes the dump: a job of modules.dump can")
        return False
    host = given.key("hostname")
    text = reader.text(host)
    if host is None or text in _LOCAL or (text or "").startswith("/"):
        return True
    reader.leave_out(given, _REMOTE)
    return False


def _named(reader: Reader, given: Given) -> tuple[str, Given] | None:
    name = given.key("name")
    text = reader.text(name)
    if name is None or text is None:
        return None
    if DatabaseName.problem(text) is not None or text.startswith("-"):
        reader.leave_out(name, "no name that a database can have")
        return None
    return text, name


def _usual(reader: Reader, given: Given, values: dict[str, str | None]) -> None:
    """Take what comes to the same here; None: what the local socket makes needless."""
    for name, usual in values.items():
        one = given.key(name)
        if one is None:
            continue
        if usual is None:
            reader.leave_out(one, _SOCKET)
        elif getattr(one.node, "text", None) == usual:
            reader.take(one)


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 6 and 0 < int(text) < 65536
