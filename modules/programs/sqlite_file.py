"""An SQLite database that was dumped: copied, and compared with what was recorded."""

import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import quote_from_bytes

_SHOWN = 3


class SqliteError(Exception):
    """A database is damaged, or not what was recorded; the text says how."""


def copy(source: Path, target: Path) -> None:
    """Copy a file whole, and have it on the disk when this returns.

    Raises:
        OSError: the file system does not take it.
    """
    with source.open("rb") as old, target.open("wb") as new:
        shutil.copyfileobj(old, new)
        new.flush()
        os.fsync(new.fileno())


def check(file: Path, name: str, rows: Mapping[str, int] | None) -> str:
    """Check the whole of a database, which nobody else has open; gives what was compared, in words.

    Args:
        file: the database.
        name: what it is called when something is wrong with it.
        rows: the rows of each table, as recorded; None when they were not.

    Raises:
        SqliteError: it is damaged, or its rows are not those recorded.
    """
    # Immutable: nothing is left beside it, even when it is in WAL mode.
    address = f"file:{quote_from_bytes(os.fsencode(file.resolve()))}?immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            problems = [text for (text,) in database.execute("PRAGMA integrity_check(10)")]
            if problems != ["ok"]:
                raise SqliteError(f"{name} is damaged: {'; '.join(problems[:_SHOWN])}")
            found = {table: _count(database, table) for table in rows or ()}
    except sqlite3.Error as error:
        raise SqliteError(f"{name} is damaged: {error}") from None
    if rows is None:
        return "it is sound; its rows were not recorded, and so not compared"
    different = [
        f"{table} has {found[table]} rows instead of {number}"
        for table, number in rows.items()
        if found[table] != number
    ]
    if different:
        raise SqliteError(f"{name} is not as it was dumped: {', '.join(different[:_SHOWN])}")
    return f"{sum(found.values())} rows in {len(found)} tables, as recorded"


def _count(database: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    (number,) = database.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()  # noqa: S608 - quoted
    return int(number)
