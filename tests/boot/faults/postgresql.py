"""Faults of PostgreSQL: the server, its databases, their names and their number."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.boot.faults.fault import Archive, Fault, Group, Outcome
from tests.boot.faults.injections import changed, done
from tests.boot.faults.lab import Lab
from tests.boot.faults.moments import once
from tests.boot.laboratory import Host
from tests.boot.software import create_database, sql

KEPT = "the last good dump in /backup/postgresql is kept"
CLUSTER = "/var/lib/postgresql"
STOP = "systemctl stop 'postgresql@*'"
START = "systemctl start postgresql; until pg_isready --quiet; do sleep 0.1; done"
COPY_CLUSTER = f"{STOP}; cp -a {CLUSTER} {CLUSTER}.away; {START}"
PUT_BACK_CLUSTER = f"{STOP}; rm -rf {CLUSTER}; mv {CLUSTER}.away {CLUSTER}; {START}"
# A table that has rows in its partitions only: nobody counts them here, but pg_dump locks it.
PARTITIONED = "parts"
PARTITIONS = f"CREATE TABLE {PARTITIONED} (id integer) PARTITION BY RANGE (id)"
MANY = range(1, 101)
ODD_NAME = """a b"c'd%n$(x)"""
ODD_FILE = "a%20b%22c%27d%25n%24%28x%29.dump"
WAITING = """SELECT pid FROM pg_stat_activity
WHERE datname = 'doomed' AND wait_event_type = 'Lock' LIMIT 1"""


@contextmanager
def _database(lab: Lab, name: str) -> Iterator[None]:
    create_database(lab.host, name, "a row")
    try:
        yield
    finally:
        quoted = name.replace('"', '""')
        sql(lab.host, f'DROP DATABASE IF EXISTS "{quoted}" WITH (FORCE)')


@contextmanager
def _struck_while_dumping(lab: Lab, act: Callable[[Host, str], object]) -> Iterator[None]:
    """Act on the server's process that waits, for the dump, for a table that is locked."""
    host = lab.host
    with _database(lab, "doomed"), _locked(lab, "doomed", PARTITIONED):
        with once(lambda: sql(host, WAITING) != "", lambda: act(host, sql(host, WAITING))):
            yield
        host.run("sh", "-ec", START)


def _drop(host: Host, process: str) -> None:
    assert process
    sql(host, "DROP DATABASE doomed WITH (FORCE)")


def _stop(host: Host, process: str) -> None:
    assert process
    host.run("sh", "-ec", STOP)


@contextmanager
def _locked(lab: Lab, database: str, table: str = "kept") -> Iterator[None]:
    words = ("psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", database)
    with lab.host.running(*words, user="postgres") as session:
        assert session.stdin is not None
        assert session.stdout is not None
        session.stdin.write(f"{PARTITIONS}; BEGIN; LOCK TABLE {table}; SELECT 'locked';\n")
        session.stdin.flush()
        assert session.stdout.readline() == "locked\n"
        yield


@contextmanager
def _held(lab: Lab) -> Iterator[None]:
    with (
        changed(lab, "TimeoutStartSec=3s", unit="backup-postgresql"),
        _database(lab, "doomed"),
        _locked(lab, "doomed"),
    ):
        yield


def _many(lab: Lab) -> AbstractContextManager[None]:
    """100 databases; to drop them would take longer than to put a copy of the cluster back."""
    return done(
        lab,
        f"""{COPY_CLUSTER}
        for one in $(seq 100); do echo "CREATE DATABASE many$one;"; done |
        setpriv --reuid=postgres --regid=postgres --init-groups psql --quiet""",
        PUT_BACK_CLUSTER,
    )


@contextmanager
def _corrupt(lab: Lab) -> Iterator[None]:
    """A database with a broken page that PostgreSQL has not read yet."""
    with _database(lab, "sound"), _database(lab, "broken"):
        sql(
            lab.host,
            "DROP DATABASE broken; CREATE DATABASE broken TEMPLATE sound STRATEGY file_copy",
        )
        file = sql(lab.host, "SELECT pg_relation_filepath('kept')", "broken")
        data = sql(lab.host, "SHOW data_directory")
        with lab.host.path(f"{data}/{file}").open("r+b") as page:
            page.write(b"\xff" * 8192)
        yield


POSTGRESQL_FAULTS = Group(
    "PostgreSQL",
    (
        Fault(
            name="postgresql-is-down",
            what="PostgreSQL is down.",
            did="Ended the run before borg began, and kept the last good dumps.",
            inject=lambda lab: done(lab, STOP, START),
            said=KEPT,
        ),
        Fault(
            name="a-database-is-dropped-while-dumped",
            what="A database is dropped while it is dumped.",
            did="Left it out, and backed up all the rest.",
            inject=lambda lab: _struck_while_dumping(lab, _drop),
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="'doomed' was dropped before it could be dumped",
        ),
        Fault(
            name="postgresql-stops-while-dumping",
            what="PostgreSQL is stopped while a database is dumped.",
            did="Ended the run, and kept the last good dumps.",
            inject=lambda lab: _struck_while_dumping(lab, _stop),
            said=KEPT,
        ),
        Fault(
            name="a-database-has-an-odd-name",
            what=f"A database is called `{ODD_NAME}`.",
            did=f"Dumped it to `{ODD_FILE}`.",
            inject=lambda lab: _database(lab, ODD_NAME),
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="backup-postgresql.service: Deactivated successfully",
            proof=lambda lab: lab.has(f"/backup/postgresql/{ODD_FILE}"),
        ),
        Fault(
            name="there-are-100-databases",
            what="There are 100 databases.",
            did="Dumped each of them.",
            inject=_many,
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="backup-postgresql.service: Deactivated successfully",
            proof=lambda lab: all(lab.has(f"/backup/postgresql/many{one}.dump") for one in MANY),
        ),
        Fault(
            name="a-table-is-locked",
            what="Somebody keeps a table locked for longer than the dump may take.",
            did="Ended the dump when its `timeout` was over, and kept the last good dumps.",
            inject=_held,
            said="backup-postgresql.service: start operation timed out",
        ),
        Fault(
            name="a-table-is-corrupt",
            what="A page of a table is destroyed.",
            did="Ended the run, because `pg_dump` could not read the table.",
            inject=_corrupt,
            said="invalid page in block 0 of relation",
        ),
    ),
)
