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
ATTEMPTS = 5
_ERROR_IN_SCRIPT = 3

# Without those that an interrupted DROP DATABASE has left: nobody can connect to them any more.
_LIST = """
SELECT datname FROM pg_database
WHERE datallowconn AND NOT datistemplate AND datconnlimit <> -2 ORDER BY datname;
"""
_EXISTS = "SELECT datname FROM pg_database WHERE datname = :'name';"

# The locks keep every table as it is until it has been dumped and counted: TRUNCATE and ALTER TABLE
# heed no snapshot.  They are what pg_dump would take a moment later.
_BEGIN = r"""
BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SELECT 'LOCK TABLE ' || string_agg(format('ONLY %I.%I', space.nspname, relation.relname), ', ')
       || ' IN ACCESS SHARE MODE'
FROM pg_class AS relation JOIN pg_namespace AS space ON space.oid = relation.relnamespace
WHERE relation.relkind IN ('r', 'p') AND space.nspname NOT LIKE 'pg\_%'
  AND space.nspname <> 'information_schema' \gexec
SELECT pg_export_snapshot();
"""


class ChangedError(DatabaseError):
    """A table was dropped or renamed just when it was to be locked; another attempt may work."""


class Session:
    """A session of psql that holds a snapshot of a database, for as long as it is not closed."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        """Take the snapshot.

        Raises:
            ChangedError: the tables were changed meanwhile.
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

    def rows(self) -> dict[str, int]:
        """Count the rows of every table in the snapshot, and end the session.

        Raises:
            DatabaseError: psql failed, or somebody ended the session.
        """
        return counted(rows_of(self._ask(f"{COUNT_ROWS}COMMIT;\n")))

    def _ask(self, sql: str) -> bytes:
        output, errors = self._process.communicate(sql.encode())
        if (status := self._process.returncode) != 0:
            said = words_of(errors) or f"psql ended with status {status}"
            raise ChangedError(said) if status == _ERROR_IN_SCRIPT else DatabaseError(said)
        return output


@contextmanager
def session(database: str) -> Iterator[Session]:
    """Hold a snapshot of a database.

    Raises:
        DatabaseError: psql failed.
    """
    pipe = subprocess.PIPE
    for attempt in range(1, ATTEMPTS + 1):
        with subprocess.Popen(
            PSQL,
            bufsize=0,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env=psql_environment(database),
        ) as process:
            try:
                opened = Session(process)
            except ChangedError:
                if attempt == ATTEMPTS:
                    raise
                continue
            yield opened
            return


def dump(database: str, *, rows: bool) -> None:
    """Dump a database, and note its rows.

    Raises:
        DatabaseError: no connection, or pg_dump failed.
    """
    if not rows:
        _run("pg_dump", *_format(database), env=environment(database))
        return
    with session(database) as held:
        options = (*_format(database), f"--snapshot={held.snapshot}")
        _run("pg_dump", *options, env=environment(database))
        try:
            note({"file": file_name(database), "rows": held.rows()})
        except DatabaseError as error:
            # Whoever ends sessions that look idle has not harmed the dump, which is complete.
            print(f"postgresql: the rows of {database!r} are not known: {error}", file=sys.stderr)


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


def _format(database: str) -> tuple[str, ...]:
    return ("--no-password", "--format=custom", "--compress=0", f"--file={file_name(database)}")


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
