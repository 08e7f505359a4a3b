"""MariaDB, and MySQL: a dump of everything over the local socket."""

from compiler.init.draft import Draft, Source
from compiler.init.root import Root

_SERVERS = ("/usr/sbin/mariadbd", "/usr/sbin/mysqld", "/usr/libexec/mysqld")
_CLIENTS = ("/usr/bin/mariadb-dump", "/usr/bin/mysqldump")
JOB = ("modules", "dump", "mariadb")
_WHOLE = ("--single-transaction", "--routines", "--events")


def mariadb(root: Root, draft: Draft) -> None:
    """Dump the server, if one is installed."""
    if not any(root.is_file(path) for path in _SERVERS):
        if root.is_file("/var/lib/mysql/ibdata1"):
            said = "/var/lib/mysql has databases, but no server is installed: nothing dumps them."
            draft.notes += ["", said]
        return
    client = next((path for path in _CLIENTS if root.is_file(path)), _CLIENTS[0])
    dump(draft, client, ("--all-databases",))


def dump(draft: Draft, client: str, what: tuple[str, ...], source: Source | None = None) -> None:
    """Add the job that dumps some databases, or all, as Debian's user mysql."""
    said = (
        "MariaDB: one dump, as Debian's own account mysql@localhost, which needs no password over "
        "the socket. What is not InnoDB is dumped while others may write to it."
    )
    restores = client.replace("mysqldump", "mysql").removesuffix("-dump")
    draft.section(JOB, (said, f"Restore: {restores} < mariadb.dump"), source)
    draft.put((*JOB, "user"), "mysql")
    draft.put((*JOB, "command"), (client, *_WHOLE, *what))
    draft.put((*JOB, "version"), (client, "--version"))
