#!/usr/bin/python3 -EsB
"""restore-postgresql FOLDER REQUEST.json: restores databases from the dump in FOLDER.

Roles come before databases. A database is restored beside everything else, compared with what was
recorded, and only then takes its name: whenever this is killed, either the old database is there
under its name, or the new one is.
"""

import os
import sys
from pathlib import Path

import cluster
import contract
import request as requests
from database_dump import databases_of, shown
from databases import DatabaseError, query
from request import Request, RequestError
from signals import end_with_signals
from statements import StatementError

GLOBALS = "globals.sql"


def main(folder: Path, file: Path) -> int:
    """Restore what is asked for; gives the exit status."""
    try:
        request = requests.read(file)
        record = contract.read(folder)
        chosen = _chosen(databases_of(record), request)
        for name in cluster.drop_leftovers():
            say(name, "dropped, because a restore that was killed had left it")
        if GLOBALS in record.files:
            _restore_roles(folder / GLOBALS, request)
    except (RequestError, contract.ContractError, DatabaseError, StatementError) as error:
        print(f"restore-postgresql: {error}", file=sys.stderr)
        return 1
    failed = [name for name in chosen if not _restore(folder, record, name, request)]
    if failed:
        names = ", ".join(map(shown, failed))
        left = "" if len(failed) == len(chosen) else "; the others are restored"
        print(f"restore-postgresql: not restored: {names}{left}", file=sys.stderr)
    return 1 if failed else 0


def say(name: str, text: str) -> None:
    """Print one line about one database."""
    print(f"{shown(name)}: {text}", flush=True)


def _chosen(there: dict[str, str], request: Request) -> dict[str, str]:
    if request.part is not None:
        if request.part not in there:
            names = ", ".join(map(shown, there)) or "none"
            raise RequestError(f"the dump has no database {shown(request.part)}; it has: {names}")
        return {request.part: there[request.part]}
    if request.new_name is not None and len(there) != 1:
        raise RequestError("only one database can be given a new name: name the one as well")
    return there


def _restore_roles(file: Path, request: Request) -> None:
    created = cluster.restore_roles(file, replace=request.replace, tablespaces=True)
    others = "altered as recorded" if request.replace else "left as they are"
    names = ", ".join(map(shown, created)) or "none was missing"
    print(f"roles: created: {names}; the others are {others}", flush=True)


def _restore(folder: Path, record: contract.Record, name: str, request: Request) -> bool:
    """Restore one database, and say how that went; gives whether it is in place."""
    file = databases_of(record)[name]
    try:
        target, aside = _place(name, request, cluster.databases())
        with cluster.restored(folder / file, name, record.files[file].rows) as database:
            _analyze(name, database.name)
            cluster.put_in_place(database, target, aside)
    except cluster.LeftoverError as error:
        say(name, f"left out: {error}")
        return True
    except (DatabaseError, StatementError, RequestError, OSError) as error:
        print(f"{shown(name)}: NOT RESTORED: {error}", file=sys.stderr, flush=True)
        return False
    where, note = _where(name, target, aside)
    say(name, f"restored{where}: {database}{note}")
    return aside is None or _drop(target, aside)


def _place(name: str, request: Request, taken: set[str]) -> tuple[str, str | None]:
    """The name that a database gets, and the name for what has that name now."""
    wanted = request.new_name or name
    if len(os.fsencode(wanted)) > cluster.LONGEST_NAME:
        raise RequestError(f"a name has at most {cluster.LONGEST_NAME} bytes: choose a shorter one")
    if wanted not in taken:
        return wanted, None
    if request.replace:
        return wanted, cluster.free_name(wanted, "replaced", taken)
    if request.new_name is not None:
        raise RequestError(
            f"there is a database {shown(wanted)} already: choose another name, or add --replace"
        )
    return cluster.free_name(wanted, "restored", taken), None


def _where(name: str, target: str, aside: str | None) -> tuple[str, str]:
    """Where a database has gone, and what became of the one of its name."""
    if aside is not None:
        return f" in the place of {'the old one' if target == name else shown(target)}", ""
    if target == name:
        return "", ""
    return f" as {shown(target)}", f"; {shown(name)} itself was not touched"


def _analyze(name: str, database: str) -> None:
    """Have the planner know the new tables; without that a database works, but slowly."""
    try:
        query("ANALYZE;", database)
    except DatabaseError as error:
        say(name, f"could not be analyzed, run ANALYZE yourself: {error}")


def _drop(name: str, aside: str) -> bool:
    try:
        cluster.drop(aside)
    except DatabaseError as error:
        print(
            f"{shown(name)}: restored, but the old one is still there as {shown(aside)}; "
            f"drop it yourself: {error}",
            file=sys.stderr,
            flush=True,
        )
        return False
    return True


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: restore-postgresql FOLDER REQUEST.json")
    end_with_signals()
    cluster.prepare()
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
