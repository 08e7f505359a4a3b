"""PostgreSQL by its own programs: names of any bytes, statements, and the rows of tables.

Names are bytes to PostgreSQL. Here they are texts in which each byte that is not UTF-8 is a lone
surrogate, and SQL_ASCII keeps the server from converting them, whatever a database's encoding is.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from urllib.parse import unquote_to_bytes

SUFFIX = ".dump"
PSQL = (
    *("psql", "--no-psqlrc", "--no-password", "--quiet", "--no-align", "--tuples-only"),
    *("--record-separator-zero", "--field-separator=|", "--set=ON_ERROR_STOP=1", "--file=-"),
)

# Sent first in each session.  Whoever owns a database could put functions of his own before those
# of the system; and limits that a server has for applications are none for a backup.  Only since
# PostgreSQL 17 is there a limit for transactions.
SAFE = r"""
SET search_path = pg_catalog, pg_temp;
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SELECT 'SET transaction_timeout = 0'
WHERE current_setting('transaction_timeout', true) IS NOT NULL \gexec
"""

# Without the tables of extensions, which come with the extension, and partitioned tables, whose
# rows are their partitions'.  A standby cannot read unlogged tables, and pg_dump leaves them out.
_COUNTED = r"""
FROM pg_class AS relation JOIN pg_namespace AS space ON space.oid = relation.relnamespace
WHERE relation.relkind = 'r' AND space.nspname NOT LIKE 'pg\_%'
  AND space.nspname <> 'information_schema'
  AND (relation.relpersistence = 'p'
       OR relation.relpersistence = 'u' AND NOT pg_is_in_recovery())
  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass
                  AND objid = relation.oid AND deptype = 'e')
"""
COUNT_TABLES = f"SELECT count(*) {_COUNTED};\n"


def _label(column: str) -> str:
    return rf"""CASE WHEN {column} ~ '^[a-z_][a-z0-9_$]*$' THEN {column}::text
            ELSE '"' || replace({column}, '"', '""') || '"' END"""


# One statement for each table, because one for all could become too long to be planned.  The names
# are quoted here, because quote_ident() quotes the keywords of its release, and those grow.  To be
# run in a transaction.  TRUNCATE empties a table for older snapshots too: those that have another
# file since are left out.  No lock is held while the next one is waited for.
COUNT_ROWS = rf"""
SELECT 'SAVEPOINT one',
       format('SELECT count(*), %L FROM ONLY %I.%I HAVING pg_relation_filenode(%L) = %s',
              {_label("space.nspname")} || '.' || {_label("relation.relname")},
              space.nspname, relation.relname, relation.oid, relation.relfilenode),
       'ROLLBACK TO SAVEPOINT one', 'RELEASE SAVEPOINT one'
{_COUNTED} ORDER BY space.nspname, relation.relname \gexec
"""  # noqa: S608 - of constants


class DatabaseError(Exception):
    """PostgreSQL refused; the text is what its program said."""


def file_name(database: str) -> str:
    """The file that a database is dumped to, such as a%2Fb.dump for a/b."""
    kept = re.sub(rb"^\.|[^A-Za-z0-9._-]", _escaped, os.fsencode(database))
    return f"{kept.decode('ascii')}{SUFFIX}"


def database_name(file: str) -> str:
    """The database that was dumped to a file: the inverse of `file_name`.

    Raises:
        ValueError: no database is dumped to a file of that name.
    """
    name = os.fsdecode(unquote_to_bytes(file.removesuffix(SUFFIX)))
    if not name or "\0" in name or file_name(name) != file:
        raise ValueError(f"{file!r} is not the dump of a database")
    return name


def environment(database: str) -> Mapping[bytes, bytes]:
    """The environment in which libpq connects to a database.

    A name never goes to --dbname, which reads "a=b" as a connection string.
    """
    return dict(os.environb) | {b"PGDATABASE": os.fsencode(database)}


def psql_environment(database: str) -> Mapping[bytes, bytes]:
    """The same for psql, which is to pass on bytes as they are; a dump keeps its own encoding."""
    return dict(environment(database)) | {b"PGCLIENTENCODING": b"SQL_ASCII"}


def query(sql: str, database: str = "postgres", **variables: str) -> list[str]:
    """Run statements in one session of psql; gives the rows, their columns joined by `|`.

    Args:
        sql: statements of SQL and psql, each of them ended. The first error ends the session; what
            is to happen in whole or not at all stands between BEGIN and COMMIT.
        database: where, by its name.
        variables: values of any content, which `sql` quotes by :'name' or :"name".

    Raises:
        DatabaseError: no connection, or an error in a statement.
    """
    words = (f"--set={name}={value}" for name, value in variables.items())
    answer = subprocess.run(
        [*PSQL, *map(os.fsencode, words)],
        check=False,
        input=os.fsencode(SAFE + sql),
        capture_output=True,
        env=psql_environment(database),
    )
    said = words_of(answer.stderr)
    if answer.returncode != 0:
        raise DatabaseError(said or f"psql ended with status {answer.returncode}")
    if said:
        print(said, file=sys.stderr)
    return rows_of(answer.stdout)


def count_rows(database: str) -> dict[str, int]:
    """The number of rows of each ordinary table of a database, by names like public."a b".

    Raises:
        DatabaseError: no connection, or a table that cannot be read.
    """
    return counted(query(f"BEGIN;{COUNT_ROWS}COMMIT;", database))


def counted(rows: Iterable[str]) -> dict[str, int]:
    """What COUNT_ROWS printed, by table."""
    pairs = (row.split("|", 1) for row in rows)
    return {table: int(number) for number, table in pairs}


def rows_of(output: bytes) -> list[str]:
    """The rows that psql printed; each ends with a NUL, which is in no value."""
    return [os.fsdecode(row) for row in output.split(b"\0")[:-1]]


def words_of(errors: bytes) -> str:
    """What a program said, to be printed whatever it is."""
    return errors.decode("utf-8", "backslashreplace").strip()


def _escaped(byte: re.Match[bytes]) -> bytes:
    return b"%%%02X" % byte[0][0]
