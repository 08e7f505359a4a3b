#!/usr/bin/python3 -EsB
"""restore-sqlite FOLDER REQUEST.json DATABASE: brings back DATABASE from the dump in FOLDER.

A database that is there stays, and the restored one is put beside it as DATABASE.restored, unless
the request is to replace it. Nobody may have it open meanwhile: hostwright-restore sees to that.
"""

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import contract
import request as requests
import sqlite_file
from request import Request, RequestError
from signals import end_with_signals
from sqlite_file import SqliteError

SIDE_FILES = ("-wal", "-shm", "-journal")


def main(folder: Path, file: Path, database: Path) -> int:
    """Restore a database; gives the exit status."""
    try:
        said = _restore(folder, requests.read(file), database)
    except (contract.ContractError, RequestError, SqliteError, OSError) as error:
        print(f"restore-sqlite: {error}; nothing was replaced", file=sys.stderr)
        return 1
    print(f"{database}: {said}")
    return 0


def _restore(folder: Path, request: Request, database: Path) -> str:
    """Restore beside the database, compare, and only then rename; gives what was done."""
    if request.part is not None or request.new_name is not None:
        raise RequestError("this dump is one database: leave out PART and --as")
    record = contract.read(folder)
    if database.name not in record.files:
        names = ", ".join(sorted(record.files))
        raise RequestError(f"the dump has no {database.name}; it has: {names}")
    # A killed run may have left this one; it is overwritten.
    copy = database.with_name(f"{database.name}.restoring")
    try:
        sqlite_file.copy(folder / database.name, copy)
        compared = sqlite_file.check(copy, database.name, record.files[database.name].rows)
        done = _put(copy, database, replace=request.replace)
    finally:
        copy.unlink(missing_ok=True)
    return f"{done}: {compared}"


def _put(copy: Path, database: Path, *, replace: bool) -> str:
    """Give the restored database its name; gives what was done."""
    if not os.path.lexists(database):
        _rename(copy, database)
        return "restored"
    copy.chmod(database.stat().st_mode & 0o777)
    if replace:
        _settle(database)
        _rename(copy, database)
        return "restored in the place of the old one"
    beside = _free(database)
    _rename(copy, beside)
    return f"not touched; restored beside it as {beside.name}"


def _settle(database: Path) -> None:
    """Leave the old database without a journal: in the next one, it would be taken for its own."""
    try:
        with closing(sqlite3.connect(database, timeout=1)) as old:
            old.execute("PRAGMA locking_mode=EXCLUSIVE")
            old.execute("PRAGMA journal_mode=DELETE").fetchone()
            old.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise SqliteError(f"{database} is in use; stop what uses it, and try again") from None
    except sqlite3.Error:
        pass  # it is damaged, which may be why it is replaced
    for ending in SIDE_FILES:
        Path(f"{database}{ending}").unlink(missing_ok=True)


def _free(database: Path) -> Path:
    """A name beside the database that no file has."""
    number = 1
    while True:
        ending = ".restored" if number == 1 else f".restored{number}"
        found = database.with_name(database.name + ending)
        if not os.path.lexists(found):
            return found
        number += 1


def _rename(old: Path, new: Path) -> None:
    """Rename in a way that a power cut cannot undo."""
    old.rename(new)
    descriptor = os.open(new.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: restore-sqlite FOLDER REQUEST.json DATABASE")
    end_with_signals()
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])))
