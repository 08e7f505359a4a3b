"""What restore-postgresql.service does to a cluster in use, whenever it is killed."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.boot.releases import tree_for
from tests.boot.software import create_database, sql

pytestmark = pytest.mark.boot

MANIFEST = """
host: web1
target: debian-12
backup: {repository: /mnt/vault/web1, passphrase: /etc/credstore/borg-passphrase, paths: [/etc]}
modules: {postgresql: {}}
"""
PLACE = "/var/cache/backup-restore/postgresql"
UNIT = "restore-postgresql.service"
LONG = "größe" * 9
ODD = "a b\"c'd%n$(x)\ny=z"
STATE = """
SELECT datname, rolname, pg_encoding_to_char(encoding), datcollate, datctype, datconnlimit, datacl,
    spcname, (SELECT description FROM pg_shdescription WHERE objoid = d.oid),
    (SELECT array_agg((setrole, setconfig) ORDER BY setrole) FROM pg_db_role_setting
     WHERE setdatabase = d.oid)
FROM pg_database AS d JOIN pg_roles AS r ON r.oid = datdba
    JOIN pg_tablespace AS t ON t.oid = dattablespace ORDER BY datname
"""
NAMES = "SELECT string_agg(datname, ', ' ORDER BY datname) FROM pg_database WHERE NOT datistemplate"
SETTINGS = """
ALTER DATABASE "{0}" OWNER TO clerk; ALTER DATABASE "{0}" CONNECTION LIMIT 7;
ALTER DATABASE "{0}" SET default_transaction_read_only = on;
ALTER ROLE clerk IN DATABASE "{0}" SET work_mem = '9MB';
REVOKE ALL ON DATABASE "{0}" FROM PUBLIC; GRANT CONNECT ON DATABASE "{0}" TO boss;
COMMENT ON DATABASE "{0}" IS E'semi;colon \\\\ and\\nDATABASE shop';
"""


@pytest.fixture(scope="module")
def host(root: Path, release: str) -> Iterator[Host]:
    """A host with databases of odd names and all kinds of properties, and their dump."""
    with booted(root, "web1") as init:
        host = Host(init)
        sql(
            host, "CREATE ROLE clerk LOGIN PASSWORD 'secret'; CREATE ROLE boss; GRANT boss TO clerk"
        )
        host.run("install", "-d", "-o", "postgres", "/srv/fast")
        sql(host, "CREATE TABLESPACE fast OWNER clerk LOCATION '/srv/fast'")
        for name in ("shop", LONG, ODD):
            create_database(host, name, "a row to keep")
        sql(host, SETTINGS.format(ODD.replace('"', '""')))
        sql(host, f'ALTER DATABASE "{LONG}" SET TABLESPACE fast')
        sql(host, "INSERT INTO kept SELECT i, i FROM generate_series(2, 20000) AS i", "shop")
        host.install(tree_for(release, MANIFEST))
        assert host.start("backup-postgresql.service") == 0
        host.run("cp", "--archive", "/backup/postgresql", PLACE)
        yield host


def restore(
    host: Host, part: str | None = None, *, new: str | None = None, replace: bool = False
) -> tuple[int, str]:
    """Restore as hostwright-restore does; gives the exit status and what was logged."""
    request(host, part, new, replace=replace)
    began = time.time()
    return host.start(UNIT), host.journal(UNIT, began)


def request(host: Host, part: str | None, new: str | None, *, replace: bool) -> None:
    host.write(f"{PLACE}.json", json.dumps({"part": part, "as": new, "replace": replace}))


def rows(host: Host, database: str = "shop") -> int:
    return int(sql(host, "SELECT count(*) FROM kept", database))


def test_every_database_comes_back_beside_the_one_that_is_there(host: Host) -> None:
    """Its name is cut where it would be too long, and everything of the old ones stays."""
    before = sql(host, STATE)
    status, said = restore(host)
    restored = (
        "postgres_restored",
        "shop_restored",
        f"{ODD}_restored",
        f"{'größe' * 7}grö_restored",
    )
    assert status == 0, said
    assert [rows(host, name) for name in restored[1:]] == [20000, 1, 1]
    for name in restored:
        sql(host, 'DROP DATABASE "{}"'.format(name.replace('"', '""')))
    assert sql(host, STATE) == before


def test_every_database_is_replaced_with_all_its_properties(host: Host) -> None:
    """Owner, privileges, settings, comment, limit, encoding, locale and tablespace are the same."""
    before = sql(host, STATE)
    old = set(sql(host, "SELECT oid FROM pg_database").splitlines())
    status, said = restore(host, replace=True)
    assert status == 0, said
    assert sql(host, STATE) == before
    new = set(sql(host, "SELECT oid FROM pg_database").splitlines())
    assert len(new - old) == 4


def test_roles_and_tablespaces_that_are_gone_come_back(host: Host) -> None:
    """With their passwords, memberships and owners, before the databases that need them."""
    host.run("sh", "-c", "cd /tmp && pg_dumpall --globals-only >roles", user="postgres")
    for name in (LONG, ODD.replace('"', '""')):
        sql(host, f'DROP DATABASE "{name}"')
    sql(host, "DROP TABLESPACE fast; DROP ROLE clerk; DROP ROLE boss;")
    status, said = restore(host, LONG)
    assert status == 0, said
    assert "roles: created: boss, clerk; the others are left as they are" in said
    assert restore(host, ODD)[0] == 0
    again = host.run("pg_dumpall", "--globals-only", user="postgres").stdout
    meant = [line for line in again.splitlines() if not line.startswith("\\")]
    before = host.path("/tmp/roles").read_text().splitlines()
    assert meant == [line for line in before if not line.startswith("\\")]


@pytest.mark.parametrize(("new", "can_login"), [("for_a_moment", "f"), (None, "t")])
def test_a_role_that_exists_is_altered_on_request_only(
    host: Host, new: str | None, can_login: str
) -> None:
    """Restoring a database leaves roles as they are, replacing it makes them as recorded."""
    sql(host, "ALTER ROLE clerk NOLOGIN")
    assert restore(host, "postgres", new=new, replace=new is None)[0] == 0
    sql(host, "DROP DATABASE IF EXISTS for_a_moment")
    assert sql(host, "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'clerk'") == can_login


def test_a_database_in_use_is_replaced(host: Host) -> None:
    """Whoever is connected to it, at the very end, has to connect again."""
    sql(host, "DELETE FROM kept WHERE id > 5", "shop")
    busy = "while psql --quiet shop --command='SELECT pg_sleep(0.1)'; [ -e /tmp/busy ]; do :; done"
    host.run("touch", "/tmp/busy")
    with host.running("sh", "-c", f"({busy}) >/dev/null 2>&1", user="postgres"):
        status, said = restore(host, "shop", replace=True)
        host.run("rm", "/tmp/busy")
    assert status == 0, said
    assert rows(host) == 20000


@pytest.mark.parametrize("moment", [1, 1.5, 2, 2.5, 3])
def test_a_restore_that_is_killed_leaves_a_whole_database(host: Host, moment: float) -> None:
    """The old one is there, or the new one; the next restore removes what was left."""
    sql(host, "DELETE FROM kept WHERE id > 5", "shop")
    request(host, "shop", None, replace=True)
    host.run("systemctl", "start", "--no-block", UNIT)
    time.sleep(moment)
    host.run("systemctl", "kill", "--signal=KILL", UNIT, check=False)
    host.wait_for("sh", "-c", f"! systemctl is-active {UNIT} | grep activating")
    assert rows(host) in {5, 20000}
    status, said = restore(host, "shop", replace=True)
    assert status == 0, said
    assert rows(host) == 20000
    assert "_re" not in sql(host, NAMES)


def test_a_dump_with_other_rows_replaces_nothing(host: Host) -> None:
    """What is not as it was recorded is dropped again, and the message says what differs."""
    record = f"{PLACE}/MANIFEST.json"
    host.run("sed", "--in-place=.good", 's/"public.kept": 20000/"public.kept": 20001/', record)
    host.run("mv", f"{record}.good", f"{PLACE}.good")
    before = sql(host, STATE)
    status, said = restore(host, "shop", replace=True)
    host.run("mv", f"{PLACE}.good", record)
    assert status != 0
    assert "shop: NOT RESTORED: it is not as it was dumped: public.kept has 20000 rows" in said
    assert sql(host, STATE) == before


@pytest.mark.parametrize(
    ("part", "new", "reason"),
    [
        ("shopp", None, "the dump has no database shopp; it has: "),
        ("shop", "postgres", "there is a database postgres already"),
        ("shop", "x" * 64, "a name has at most 63 bytes"),
        (None, "new", "only one database can be given a new name"),
    ],
)
def test_what_cannot_be_is_refused(host: Host, part: str | None, new: str, reason: str) -> None:
    """A request that makes no sense changes nothing, and the message says what does."""
    before = sql(host, STATE)
    status, said = restore(host, part, new=new)
    assert status != 0
    assert reason in said
    assert sql(host, STATE) == before
