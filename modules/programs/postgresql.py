#!/usr/bin/python3 -EsB
"""postgresql [--globals] (--all [--exclude=NAME]... | --database=NAME...) [--no-rows].

Dumps into the working folder: globals.sql (roles and tablespaces), and for each database a dump
that is not compressed, so that borg can deduplicate between nights. Its rows are counted in the
very snapshot that is dumped, and written to the file $DUMP_NOTES, unless --no-rows is given.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

from databases import (
    COUNT_ROWS,
    COUNT_TABLES,
    PSQL,
    SAFE,
    DatabaseError,
    counted,
    environment,
    file_name,
    psql_environment,
    query,
    rows_of,
    words_of,
)

GLOBALS = "globals.sql"
# A snapshot that another program has taken is older, and so misses more tables that were dropped.
COUNTING_ATTEMPTS = 3
ATTEMPTS = 5

# Without those that an interrupted DROP DATABASE has left: nobody can connect to them any more.
_LIST = """
SELECT datname FROM pg_database
WHERE datallowconn AND NOT datistemplate AND datconnlimit <> -2 ORDER BY datname;
"""
_EXISTS = "SELECT datname FROM pg_database WHERE datname = :'name';"

# It locks no table: pg_dump would wait for its own lock behind whoever waits for that one, forever.
_BEGIN = """
BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SELECT pg_export_snapshot();
"""
# A table that was dropped since, or is locked for too long, is not counted.
_COUNT = rf"""
\set ON_ERROR_STOP off
SET LOCAL lock_timeout = '10s';
{COUNT_TABLES}{COUNT_ROWS}
COMMIT;
"""


class Session:
    """A session of psql that holds a snapshot of a database, for as long as it is not closed."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        """Take the snapshot.

        Raises:
            DatabaseError: psql failed.
        """
        self._process = process
        with suppress(BrokenPipeError):
            cast(IO[bytes], process.stdin).write(f"{SAFE}{_BEGIN}".encode())
        said = b""
        while not said.endswith(b"\0"):
            said += (more := cast(IO[bytes], process.stdout).read(1024))
            if not more:
                self._ask("")
                raise DatabaseError("psql ended before it was asked to")
        self.snapshot = rows_of(said)[0]

    def rows(self) -> tuple[int, dict[str, int]]:
        """Count the tables in the snapshot and the rows of each, and end the session.

        Raises:
            DatabaseError: psql failed, or somebody ended the session.
        """
        tables, *rows = rows_of(self._ask(_COUNT))
        return int(tables), counted(rows)

    def _ask(self, sql: str) -> bytes:
        output, errors = self._process.communicate(sql.encode())
        if (status := self._process.returncode) != 0:
            raise DatabaseError(words_of(errors) or f"psql ended with status {status}")
        return output


@contextmanager
def session(database: str) -> Iterator[Session]:
    """Hold a snapshot of a database.

    Raises:
        DatabaseError: psql failed.
    """
    pipe = subprocess.PIPE
    environment = psql_environment(database)
    with subprocess.Popen(
        PSQL, bufsize=0, stdin=pipe, stdout=pipe, stderr=pipe, env=environment
    ) as process:
        yield Session(process)


def dump(database: str, *, rows: bool) -> None:
    """Dump a database, and note its rows.

    Raises:
        DatabaseError: no connection, or pg_dump failed.
    """
    file = Path(file_name(database))
    attempts = [_dump_with_rows] * (COUNTING_ATTEMPTS if rows else 0) + [_pg_dump] * ATTEMPTS
    for number, attempt in enumerate(attempts, 1):
        try:
            attempt(database)
        except DatabaseError:
            # A table was dropped between the snapshot and its lock: no byte had been written yet.
            if number == len(attempts) or not file.exists() or file.stat().st_size > 0:
                raise
        else:
            if rows and attempt is _pg_dump:
                print(f"postgresql: tables of {database!r} come and go: its rows are not recorded")
            return


def _dump_with_rows(database: str) -> None:
    with session(database) as held:
        _pg_dump(database, f"--snapshot={held.snapshot}")
        try:
            tables, rows = held.rows()
        except DatabaseError as error:
            # Whoever ends sessions that look idle has not harmed the dump, which is complete.
            print(f"postgresql: the rows of {database!r} are not known: {error}", file=sys.stderr)
            return
    if changed := tables - len(rows):
        say = f"postgresql: {changed} tables of {database!r} were changed while it was dumped: "
        print(f"{say}their rows are not recorded", flush=True)
    note({"file": file_name(database), "rows": rows})


def _pg_dump(database: str, *options: str) -> None:
    how = ("--no-password", "--format=custom", "--compress=0", f"--file={file_name(database)}")
    _run("pg_dump", *how, *options, env=environment(database))


def dump_all(excluded: set[str], *, rows: bool) -> None:
    """Dump every database that is not excluded.

    The second look finds what was renamed during the first, or was created.

    Raises:
        DatabaseError: a database that still exists cannot be dumped.
    """
    seen = set(excluded)
    for _ in range(2):
        for database in [name for name in query(_LIST) if name not in seen]:
            seen.add(database)
            try:
                dump(database, rows=rows)
            except DatabaseError:
                if _exists(database):
                    raise
                Path(file_name(database)).unlink(missing_ok=True)
                print(f"postgresql: {database!r} was dropped before it could be dumped", flush=True)


def note(facts: Mapping[str, object]) -> None:
    """Leave a note for the record of the dump, when somebody makes one."""
    with open(os.environ.get("DUMP_NOTES", os.devnull), "a", encoding="ascii") as notes:
        print(json.dumps(facts), file=notes)


def _exists(database: str) -> bool:
    try:
        return bool(query(_EXISTS, name=database))
    except DatabaseError:
        return True


def _run(*words: str, env: Mapping[bytes, bytes] | None = None) -> str:
    answer = subprocess.run(words, check=False, capture_output=True, env=env)
    said = words_of(answer.stderr)
    if answer.returncode != 0:
        raise DatabaseError(said or f"{words[0]} ended with status {answer.returncode}")
    if said:
        print(said, file=sys.stderr)
    return words_of(answer.stdout)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="postgresql", allow_abbrev=False)
    parser.add_argument("--globals", action="store_true", help="dump the roles and tablespaces")
    parser.add_argument("--all", action="store_true", help="dump every database")
    parser.add_argument("--exclude", action="append", default=[], metavar="NAME", help="but this")
    parser.add_argument("--database", action="append", default=[], metavar="NAME", help="dump this")
    parser.add_argument("--no-rows", action="store_true", help="do not count the rows")
    return parser.parse_args()


def main() -> int:
    """Read the command line."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    given = _arguments()
    try:
        note({"tool": _run("pg_dump", "--version")})
        if given.globals:
            _run("pg_dumpall", "--no-password", "--globals-only", f"--file={GLOBALS}")
        if given.all:
            dump_all(set(given.exclude), rows=not given.no_rows)
        for database in given.database:
            dump(database, rows=not given.no_rows)
    except (DatabaseError, OSError) as error:
        print(f"postgresql: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
