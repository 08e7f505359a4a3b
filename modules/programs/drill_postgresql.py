#!/usr/bin/python3 -EsB
"""drill-postgresql FOLDER SCRATCH MAJOR: restores the dump in FOLDER into a throw-away cluster.

The cluster is made by PostgreSQL MAJOR in SCRATCH, listens on a socket in there and nowhere else,
and is gone in the end. What restores is what restores for real, and the rows are compared with
those that were recorded.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cluster
import contract
import roles
import scratch
from database_dump import databases_of, shown
from databases import DatabaseError
from signals import end_with_signals, ending
from statements import StatementError

GLOBALS = "globals.sql"
START_SECONDS = 120
LONGEST_SOCKET = 107
_PORT = "5432"
_AT_ONCE = signal.SIGQUIT
# Whoever may use the socket is the one user that may enter SCRATCH.
_INITDB = ("--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
_SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",
    "jit=off",
    "log_min_messages=fatal",
)


class DrillError(Exception):
    """The throw-away cluster does not run; the text says why."""


def main(folder: Path, place: Path, major: str) -> int:
    """Try out a dump; gives the exit status."""
    try:
        scratch.empty(place)
        record = contract.read(folder)
        file = folder / GLOBALS if GLOBALS in record.files else None
        superuser = roles.superuser(os.fsdecode(file.read_bytes())) if file else "postgres"
        with _cluster(place, f"/usr/lib/postgresql/{major}/bin", superuser):
            return _restore_all(folder, record, file)
    except (contract.ContractError, DatabaseError, DrillError, StatementError, OSError) as error:
        print(f"drill-postgresql: {error}", file=sys.stderr)
        return 1
    finally:
        scratch.empty(place)


def _restore_all(folder: Path, record: contract.Record, file: Path | None) -> int:
    if file is None:
        print("roles: not in this dump, so owners and privileges are not tried out", flush=True)
    else:
        created = cluster.restore_roles(file, replace=False, tablespaces=False)
        print(f"roles: {len(created)} restored", flush=True)
    there = databases_of(record)
    failed = [name for name in there if not _restore(folder, record, name, owners=file is not None)]
    if failed:
        names = ", ".join(map(shown, failed))
        print(f"drill-postgresql: these do not restore: {names}", file=sys.stderr)
    return 1 if failed else 0


def _restore(folder: Path, record: contract.Record, name: str, *, owners: bool) -> bool:
    """Restore one database, and say how that went."""
    file = databases_of(record)[name]
    rows = record.files[file].rows
    try:
        with cluster.restored(
            folder / file, name, rows, owners=owners, tablespaces=False
        ) as database:
            print(f"{shown(name)}: restored: {database}", flush=True)
    except cluster.LeftoverError as error:
        print(f"{shown(name)}: left out: {error}", flush=True)
    except (DatabaseError, StatementError, OSError) as error:
        print(f"{shown(name)}: DOES NOT RESTORE: {error}", file=sys.stderr, flush=True)
        return False
    return True


@contextmanager
def _cluster(place: Path, programs: str, superuser: str) -> Iterator[None]:
    """Run a cluster for as long as the context lasts, with everything here connecting to it."""
    socket = f"{place}/.s.PGSQL.{_PORT}"
    if len(os.fsencode(socket)) > LONGEST_SOCKET:
        raise DrillError(f"{place} is too long for the path of a socket; choose a shorter one")
    if not os.path.exists(f"{programs}/initdb"):
        raise DrillError(f"{programs} is missing; install that PostgreSQL, or drill: false")
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
    os.environ |= {
        "PATH": f"{programs}:{os.environ.get('PATH', os.defpath)}",
        "PGHOST": str(place),
        "PGPORT": _PORT,
        "PGUSER": superuser,
    }
    cluster.prepare()
    data = f"{place}/cluster"
    made = subprocess.Popen(
        [f"{programs}/initdb", *_INITDB, f"--username={superuser}", f"--pgdata={data}"],
        stdout=subprocess.DEVNULL,
    )
    with ending(made):
        if made.wait() != 0:
            raise DrillError("initdb failed; the reason is above")
    settings = (*_SETTINGS, f"unix_socket_directories={place}")
    words = [f"--{setting}" for setting in settings]
    server = subprocess.Popen([f"{programs}/postgres", "-D", data, *words])
    with ending(server, _AT_ONCE):
        _wait(server)
        yield


def _wait(server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while subprocess.run(["pg_isready", "--quiet"], check=False).returncode != 0:
        if server.poll() is not None:
            raise DrillError("the throw-away PostgreSQL ended at once; the reason is above")
        if time.monotonic() > deadline:
            raise DrillError(f"the throw-away PostgreSQL did not start in {START_SECONDS} s")
        time.sleep(0.1)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: drill-postgresql FOLDER SCRATCH MAJOR")
    end_with_signals()
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
