"""A PostgreSQL cluster that dumps are restored into: what a restore and the drill share.

A database is first restored beside everything else, under a name of its own, and compared with
what was recorded; only then may it take another's place. Both what is not complete yet and what
has been replaced carry a comment that says so, by which a later run finds what a killed one left.
"""

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import database_dump
import roles
from databases import DatabaseError, count_rows, query
from statements import Statement

# Any other database may be the one that is replaced.
MAINTENANCE = "template1"
LONGEST_NAME = 63
INCOMPLETE = "Hostwright is restoring this database: it is not complete"
REPLACED = "Hostwright has replaced this database: it is to be dropped"
_OPTIONS = (
    "-c default_transaction_read_only=off -c statement_timeout=0 -c lock_timeout=0 "
    "-c client_min_messages=warning"
)
_CLOSED = ("ALLOW_CONNECTIONS", "=", "false")
_BREATH_SECONDS = 0.1
_SHOWN = 3

# One that nobody can connect to was not even marked: CREATE DATABASE goes on when its client dies.
_LEFTOVERS = """
SELECT datname FROM pg_database LEFT JOIN pg_shdescription
    ON objoid = pg_database.oid AND classoid = 'pg_database'::regclass
WHERE description IN (:'incomplete', :'replaced')
   OR description IS NULL AND NOT datallowconn AND datname ~ '_restoring[0-9]*$' ORDER BY datname;
"""
_DROP = r"""
SELECT format('ALTER DATABASE %I IS_TEMPLATE false', datname) FROM pg_database
WHERE datname = :'name' AND datistemplate \gexec
DROP DATABASE IF EXISTS :"name" WITH (FORCE);
"""
_MARK = """
COMMENT ON DATABASE :"name" IS :'comment';
ALTER DATABASE :"name" ALLOW_CONNECTIONS true;
"""
_DISCONNECT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN (:'one', :'other');
"""
_SET_ASIDE = """
ALTER DATABASE :"name" RENAME TO :"aside";
COMMENT ON DATABASE :"aside" IS :'replaced';
"""
_TAKE_NAME = """
ALTER DATABASE :"restored" RENAME TO :"name";
COMMENT ON DATABASE :"name" IS NULL;
"""


class LeftoverError(Exception):
    """The dump is of a database that was not complete, or not needed any more."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A complete database, under a name for the meantime.

    Attributes:
        name: that name.
        comment: the comment that it is to have.
        tables: how many tables were compared; None when no rows were recorded.
        rows: how many rows they have.
    """

    name: str
    comment: tuple[Statement, ...]
    tables: int | None
    rows: int

    def __str__(self) -> str:
        if self.tables is None:
            return "its rows were not recorded, and so not compared"
        return f"{self.rows} rows in {self.tables} tables, as recorded"


def prepare() -> None:
    """Have every connection do its work, whatever a database or a role has as its settings."""
    os.environ["PGOPTIONS"] = _OPTIONS


def databases() -> set[str]:
    """The names of all databases.

    Raises:
        DatabaseError: the server cannot be reached.
    """
    return set(query("SELECT datname FROM pg_database;", MAINTENANCE))


def drop_leftovers() -> list[str]:
    """Drop what a killed run has left, and give the names.

    Raises:
        DatabaseError: it cannot be dropped.
    """
    names = query(_LEFTOVERS, MAINTENANCE, incomplete=INCOMPLETE, replaced=REPLACED)
    for name in names:
        drop(name)
    return names


def drop(name: str) -> None:
    """Drop a database, whoever is connected to it.

    Raises:
        DatabaseError: something else needs it, such as a replication slot.
    """
    query(_DROP, MAINTENANCE, name=name)


def free_name(name: str, suffix: str, taken: set[str]) -> str:
    """A name that no database has: this one with a suffix, cut so that PostgreSQL takes it."""
    number = 1
    while True:
        ending = f"_{suffix}" if number == 1 else f"_{suffix}{number}"
        found = _cut(name, LONGEST_NAME - len(ending)) + ending
        if found not in taken:
            return found
        number += 1


def restore_roles(file: Path, *, replace: bool, tablespaces: bool) -> tuple[str, ...]:
    """Run what is still to be done of globals.sql, and give the roles that were created.

    Raises:
        DatabaseError: a statement failed.
        StatementError: the file is no globals.sql.
    """
    wanted = roles.wanted(
        os.fsdecode(file.read_bytes()),
        roles=query("SELECT rolname FROM pg_roles;", MAINTENANCE),
        tablespaces=query("SELECT spcname FROM pg_tablespace;", MAINTENANCE),
        replace=replace,
    )
    settings = _script(wanted.settings)
    # In one transaction: a role without its attributes would be left alone by the next run.
    query(f"{settings}BEGIN;\n{_script(wanted.roles)}COMMIT;\n", MAINTENANCE)
    if tablespaces:
        query(settings + _script(wanted.tablespaces), MAINTENANCE)
    return wanted.created


@contextmanager
def restored(
    dump: Path,
    name: str,
    rows: Mapping[str, int] | None,
    *,
    owners: bool = True,
    tablespaces: bool = True,
) -> Iterator[Restored]:
    """Restore a dump beside everything else and compare its rows; in the end it is dropped again.

    Whoever wants to keep it gives it another name meanwhile: `put_in_place`.

    Args:
        dump: a file of pg_dump in its custom format.
        name: the database that was dumped.
        rows: the rows of each table, as recorded.
        owners: whether to restore owners and privileges, which takes the roles.
        tablespaces: whether to use the tablespaces that were used.

    Raises:
        DatabaseError: it cannot be restored, or its rows differ.
        LeftoverError: it is not to be restored.
        StatementError: the dump is none.
    """
    made = database_dump.definition(dump, name, owners=owners, tablespaces=tablespaces)
    if made.is_commented(INCOMPLETE, REPLACED):
        raise LeftoverError("a restore was still at it when it was dumped")
    beside = free_name(name, "restoring", databases())
    create, *properties = (one.renamed("DATABASE", beside) for one in made.statements)
    try:
        script = f"{create.extended(*_CLOSED)}{_MARK}{_script(properties)}"
        query(script, MAINTENANCE, name=beside, comment=INCOMPLETE)
        database_dump.load(dump, beside, owners=owners, tablespaces=tablespaces)
        found = count_rows(beside)
        # A table that changed while it was dumped is in the dump, but not in the record.
        if rows is not None and not rows.items() <= found.items():
            raise DatabaseError(_differences(rows, found))
        tables, compared = (None, found) if rows is None else (len(rows), rows)
        yield Restored(beside, made.comment, tables, sum(compared.values()))
    finally:
        with suppress(DatabaseError):  # it is marked, so that the next run drops it
            drop(beside)


def put_in_place(restored: Restored, name: str, aside: str | None = None) -> None:
    """Give a restored database its name, all at once with what has the name now being set aside.

    Raises:
        DatabaseError: nothing was renamed.
    """
    set_aside = "" if aside is None else _SET_ASIDE
    comment = _script(one.renamed("DATABASE", name) for one in restored.comment)
    variables = {"name": name, "restored": restored.name, "aside": aside or ""}
    # Renaming keeps new connections out and waits five seconds for the others to end.
    with ThreadPoolExecutor(1) as pool:
        renaming = pool.submit(
            query,
            f"BEGIN;\n{set_aside}{_TAKE_NAME}{comment}COMMIT;\n",
            MAINTENANCE,
            replaced=REPLACED,
            **variables,
        )
        while not renaming.done():
            query(_DISCONNECT, MAINTENANCE, one=name, other=restored.name)
            time.sleep(_BREATH_SECONDS)
        renaming.result()


def _cut(name: str, length: int) -> str:
    """At most so many bytes of a name, without half a character at the end."""
    data = os.fsencode(name)
    while length < len(data) and data[length] & 0xC0 == 0x80:
        length -= 1
    return os.fsdecode(data[:length])


def _differences(recorded: Mapping[str, int], found: Mapping[str, int]) -> str:
    different = [
        f"{table} has {found.get(table, 'no')} rows instead of {number}"
        for table, number in sorted(recorded.items())
        if number != found.get(table)
    ]
    more = f", and {len(different) - _SHOWN} more" if len(different) > _SHOWN else ""
    return f"it is not as it was dumped: {', '.join(different[:_SHOWN])}{more}"


def _script(some: Iterable[Statement]) -> str:
    return "".join(f"{one}\n" for one in some)
