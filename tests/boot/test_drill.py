"""The restore drill: the newest archive's dumps, restored into a scratch place and thrown away."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import frozen

from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.boot.releases import tree_for
from tests.boot.software import (
    Mail,
    create_database,
    create_gitea,
    empty_mailbox,
    keep_all_mail,
    mails,
    sql,
)

pytestmark = pytest.mark.boot

MANIFEST = Path(__file__).parent / "hosts" / "drill.yaml"
STAMP = "/backup.drill"
PLACES = ("/var/cache/backup-drill/archive", "/var/cache/backup-drill/scratch")
UNITS = ("backup-drill", "drill-gitea", "drill-motd", "drill-postgresql")
ODD = "a b\"c'd%n$(x)\ny=z"
LIVE = """
SELECT oid, datname, datfrozenxid FROM pg_database ORDER BY oid;
SELECT oid, rolname FROM pg_authid ORDER BY oid;
"""
# The record of a dump that somebody has changed on purpose, so that its checksums are right.
RECORD_AGAIN = """
import sys
sys.path.insert(0, "/usr/lib/hostwright")
import contract, dataclasses, pathlib
folder = pathlib.Path(sys.argv[1])
old = contract.read(folder)
files = {
    name: dataclasses.replace(file, rows=old.files[name].rows)
    for name, file in contract.measured(folder).items()
}
contract.write(folder, dataclasses.replace(old, files=files))
"""


@frozen
class Drill:
    """What one `systemctl start backup-drill.service` did."""

    status: int
    stamp: int | None
    mail: Mail
    journal: str


def _stamp(host: Host) -> int | None:
    file = host.path(STAMP)
    return file.stat().st_mtime_ns if file.exists() else None


def _drill(host: Host) -> Drill:
    empty_mailbox(host)
    began = time.time()
    status = host.start("backup-drill.service")
    (mail,) = (mail for mail in mails(host, "backup-drill") if ": backup-drill " in mail.subject)
    return Drill(status, _stamp(host), mail, host.journal("*drill*", began))


def _left(host: Host) -> str:
    return host.run("find", *PLACES, "-mindepth", "1").stdout


@contextmanager
def _archived(host: Host, dump: str, *damage: str) -> Iterator[None]:
    """Archive a dump that is damaged by a command in its folder; in the end it is good again."""
    host.run("env", f"--chdir=/backup/{dump}", *damage)
    with host.dropin("backup.service", "ExecStartPre="):
        assert host.start("backup.service") == 0
    try:
        yield
    finally:
        assert host.start(f"backup-{dump}.service") == 0


@pytest.fixture(scope="module")
def host(root: Path, release: str) -> Iterator[Host]:
    """A host with databases of all kinds, and one backup."""
    with booted(root, "web1") as init:
        host = Host(init)
        keep_all_mail(host)
        create_gitea(host)
        host.run("sqlite3", "/var/lib/gitea/data/gitea.db", "INSERT INTO issue VALUES ('a bug')")
        create_database(host, "shop", "a row to keep")
        create_database(host, ODD, "in an odd place")
        sql(host, "CREATE ROLE clerk; CREATE ROLE boss; GRANT boss TO clerk WITH ADMIN OPTION;")
        sql(host, "ALTER DATABASE shop OWNER TO clerk; ALTER TABLE kept OWNER TO clerk;", "shop")
        host.write("/etc/motd", "hello\n")
        host.write("/etc/credstore/borg-passphrase", "correct horse\n", mode=0o600)
        host.install(tree_for(release, MANIFEST.read_text()))
        assert host.start("backup.service") == 0
        yield host


@pytest.fixture(scope="module")
def live(host: Host) -> str:
    """What the live cluster was like before the first drill."""
    return sql(host, LIVE)


@pytest.fixture(scope="module")
def drill(host: Host, live: str) -> Drill:
    """The first drill."""
    assert live
    assert _stamp(host) is None
    return _drill(host)


def test_a_drill_that_succeeds_says_so(drill: Drill) -> None:
    """It touches /backup.drill and mails its success."""
    assert drill.status == 0, drill.journal
    assert drill.stamp is not None
    assert drill.mail.subject == "web1: backup-drill success"


def test_every_dump_is_tried_out(drill: Drill) -> None:
    """Each database is restored, whatever its name is, and its rows are compared."""
    lines = drill.journal.splitlines()
    assert "shop: restored: 1 rows in 1 tables, as recorded" in lines
    assert f"{ODD!a}: restored: 1 rows in 1 tables, as recorded" in lines
    assert "postgres: restored: 0 rows in 0 tables, as recorded" in lines
    assert "gitea.db: 1 rows in 1 tables, as recorded" in lines
    assert "hello" in lines


@pytest.mark.usefixtures("drill")
def test_nothing_is_left(host: Host) -> None:
    """Neither what was extracted nor the throw-away cluster stays behind."""
    assert _left(host) == ""
    assert not host.succeeds("pgrep", "--euid", "backup-drill")


@pytest.mark.usefixtures("drill")
def test_the_live_cluster_is_untouched(host: Host, live: str) -> None:
    """Its databases and roles are the very ones that were there before."""
    assert sql(host, LIVE) == live


@pytest.mark.usefixtures("drill")
@pytest.mark.parametrize("place", PLACES)
def test_no_other_user_reads_what_is_tried_out(host: Host, place: str) -> None:
    """The users that make dumps, who have the group borg, cannot look into the scratch place."""
    others = ("--reuid=postgres", "--regid=postgres", "--groups=borg")
    assert not host.succeeds("setpriv", *others, "ls", place)


@pytest.mark.parametrize("unit", UNITS)
def test_no_unit_is_more_exposed_than_its_ceiling(host: Host, unit: str) -> None:
    """What `systemd-analyze security` says stays below the ceiling of the backup's own units."""
    assert host.exposure(f"{unit}.service") <= 0.5


@pytest.mark.usefixtures("drill")
def test_a_drill_that_is_stopped_leaves_nothing(host: Host) -> None:
    """Whoever stops it in the middle stops the throw-away cluster, and has it removed."""
    with host.running("systemctl", "start", "backup-drill.service", user="root") as stopped:
        host.wait_for("test", "-e", f"{PLACES[1]}/cluster/postmaster.pid")
        host.run("systemctl", "stop", "backup-drill.service")
    assert stopped.returncode != 0
    host.wait_for("sh", "-c", "! pgrep --euid backup-drill")
    assert _left(host) == ""


@pytest.mark.usefixtures("drill")
def test_a_drill_that_is_killed_does_not_stand_in_the_next_ones_way(host: Host) -> None:
    """A drill that follows one that was killed in the middle succeeds, and leaves nothing."""
    with host.running("systemctl", "start", "backup-drill.service", user="root"):
        host.wait_for("test", "-e", f"{PLACES[1]}/cluster/postmaster.pid")
        host.run("systemctl", "kill", "--signal=KILL", "drill-postgresql.service")
    host.wait_for("sh", "-c", "! pgrep --euid backup-drill")
    assert _drill(host).status == 0
    assert _left(host) == ""


DAMAGES = {
    "a byte of a dump is another": (
        "postgresql",
        ("sed", "--in-place", "s/a row to keep/a row to kept/", "shop.dump"),
        "has other content than was recorded",
    ),
    "the record is missing": ("gitea", ("rm", "MANIFEST.json"), "has no MANIFEST.json"),
    "the whole dump is missing": (
        "motd",
        ("rm", "MANIFEST.json", "motd.dump"),
        "has no MANIFEST.json",
    ),
    "a row of SQLite is missing": (
        "gitea",
        ("sed", "--in-place", 's/"issue": 1/"issue": 2/', "MANIFEST.json"),
        "issue has 1 rows instead of 2",
    ),
    "a row of PostgreSQL is missing": (
        "postgresql",
        ("sed", "--in-place", 's/"public.kept": 1/"public.kept": 2/', "MANIFEST.json"),
        "public.kept has 1 rows instead of 2",
    ),
}


@pytest.mark.usefixtures("drill")
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_dump_fails_the_drill(host: Host, damage: str) -> None:
    """The failure is mailed with its reason, the stamp stays as it was, and nothing is left."""
    dump, command, reason = DAMAGES[damage]
    before = _stamp(host)
    with _archived(host, dump, *command):
        failed = _drill(host)
        assert failed.status != 0
        assert failed.mail.subject == "web1: backup-drill FAILED"
        assert reason in failed.mail.text
        assert failed.stamp == before
        assert _left(host) == ""


WRONG = {
    "a role that nobody dumped": (
        "postgresql",
        "sed --in-place s/clerk/cleaner/ globals.sql",
        'role "clerk" does not exist',
    ),
    "a damaged database": (
        "gitea",
        "printf '\\377%.0s' $(seq 200) | dd of=gitea.db bs=1 seek=4096 conv=notrunc status=none",
        "gitea.db is damaged",
    ),
}


@pytest.mark.usefixtures("drill")
@pytest.mark.parametrize("wrong", WRONG)
def test_a_dump_that_was_made_wrong_fails_the_drill(host: Host, wrong: str) -> None:
    """Every checksum is right, but the dump does not restore: that is what a drill is for."""
    dump, command, reason = WRONG[wrong]
    before = _stamp(host)
    again = f"{command}; exec python3 -c '{RECORD_AGAIN}' /backup/{dump}"
    with _archived(host, dump, "sh", "-euc", again):
        failed = _drill(host)
    assert failed.status != 0
    assert failed.mail.subject == "web1: backup-drill FAILED"
    assert reason in failed.mail.text
    assert failed.stamp == before
