"""What restores and tries out dumps on a host, as far as it takes no PostgreSQL that runs."""

import json
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

from tests.programs import installed, library

Run = Callable[..., subprocess.CompletedProcess[str]]
BORG_SECONDS = 60


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs, as they are installed."""
    return installed(tmp_path_factory.mktemp("hostwright"))


@pytest.fixture(scope="module")
def contract(programs: Path) -> Iterator[ModuleType]:
    """The library that writes records."""
    with library(programs, "contract") as module:
        yield module


@pytest.fixture(scope="module")
def run(programs: Path) -> Run:
    """Run one of the programs."""

    def run(name: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
        command = [programs / name, *words]
        return subprocess.run(command, check=False, capture_output=True, text=True)

    return run


def table_of(file: Path) -> list[str]:
    """What is in the table `issue` of a database."""
    with closing(sqlite3.connect(file)) as database:
        return [title for (title,) in database.execute("SELECT title FROM issue")]


def create(file: Path, *titles: str) -> None:
    """Make a database with the table `issue`."""
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE issue (title TEXT)")
        database.executemany("INSERT INTO issue VALUES (?)", [(title,) for title in titles])


def record(contract: ModuleType, folder: Path, rows: dict[str, int] | None = None) -> None:
    """Record whatever is in a folder as a complete dump, with these rows in each file."""
    files = {
        name: contract.FileRecord(file.sha256, file.bytes, rows)
        for name, file in contract.measured(folder).items()
    }
    size = sum(file.bytes for file in files.values())
    made = "2026-11-23T02:00:00Z"
    contract.write(folder, contract.Record(folder.name, made, 0.1, None, size, files))


@pytest.fixture
def dump(contract: ModuleType, tmp_path: Path) -> Path:
    """The dump of an SQLite database with two rows."""
    folder = tmp_path / "gitea"
    folder.mkdir()
    create(folder / "gitea.db", "one", "two")
    record(contract, folder, {"issue": 2})
    return folder


@pytest.fixture
def live(tmp_path: Path) -> Path:
    """The database of a Gitea that is in use."""
    (tmp_path / "live").mkdir()
    file = tmp_path / "live" / "gitea.db"
    create(file, "old")
    file.chmod(0o640)
    return file


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A scratch folder in which a killed drill has left something."""
    (tmp_path / "scratch" / "left").mkdir(parents=True)
    (tmp_path / "scratch" / "left" / "file").touch()
    (tmp_path / "scratch" / "left").chmod(0o500)
    return tmp_path / "scratch"


def request(dump: Path, *, replace: bool, part: str | None = None) -> Path:
    """What hostwright-restore asks for."""
    file = dump.with_suffix(".json")
    file.write_text(json.dumps({"part": part, "as": None, "replace": replace}))
    return file


def test_a_dump_that_is_as_recorded_is_verified(run: Run, dump: Path) -> None:
    """The verification says which dump it is, and when it was made."""
    said = run("verify", dump)
    assert said.returncode == 0
    assert said.stdout.startswith("gitea: 1 files with ")
    assert "2026-11-23T02:00:00Z" in said.stdout


DAMAGES = {
    "a byte is another": "printf x | dd of=gitea.db bs=1 seek=3000 conv=notrunc status=none",
    "a byte is missing": "truncate --size=-1 gitea.db",
    "the file is missing": "rm gitea.db",
    "the record is missing": "rm MANIFEST.json",
    "the record is broken": "truncate --size=-9 MANIFEST.json",
    "a file is too much": "echo more >more",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_dump_that_is_not_as_recorded_is_refused(run: Run, dump: Path, damage: str) -> None:
    """Whatever has changed, the verification fails in one line and says what to do."""
    subprocess.run(["sh", "-euc", DAMAGES[damage]], cwd=dump, check=True)
    said = run("verify", dump)
    assert said.returncode == 1
    assert said.stderr.endswith("; try an older archive\n")
    assert said.stderr.count("\n") == 1


def test_a_database_that_is_gone_is_restored(run: Run, dump: Path, live: Path) -> None:
    """Without a database of that name, the restored one gets the name."""
    live.unlink()
    assert run("restore-sqlite", dump, request(dump, replace=False), live).returncode == 0
    assert table_of(live) == ["one", "two"]


def test_a_database_that_is_there_stays(run: Run, dump: Path, live: Path) -> None:
    """The restored one is put beside it, each time under another name, and that is said."""
    said = [run("restore-sqlite", dump, request(dump, replace=False), live) for _ in "12"]
    assert table_of(live) == ["old"]
    assert table_of(live.with_name("gitea.db.restored")) == ["one", "two"]
    assert table_of(live.with_name("gitea.db.restored2")) == ["one", "two"]
    assert "not touched; restored beside it as gitea.db.restored2" in said[1].stdout


def test_a_database_is_replaced_on_request(run: Run, dump: Path, live: Path) -> None:
    """The new one has the mode of the old one, and is all that there is in the end."""
    live.with_name("gitea.db.restoring").write_text("left by a run that was killed")
    said = run("restore-sqlite", dump, request(dump, replace=True), live)
    assert said.returncode == 0
    assert table_of(live) == ["one", "two"]
    assert live.stat().st_mode & 0o777 == 0o640
    assert [file.name for file in live.parent.iterdir()] == ["gitea.db"]


def test_no_journal_of_the_old_database_gets_into_the_new_one(
    run: Run, dump: Path, live: Path
) -> None:
    """What a Gitea that was killed has left beside its database is gone with that database."""
    for ending in ("-wal", "-shm", "-journal"):
        live.with_name(f"gitea.db{ending}").write_bytes(b"left by a crash")
    live.write_bytes(b"damaged" * 999)
    assert run("restore-sqlite", dump, request(dump, replace=True), live).returncode == 0
    assert [file.name for file in live.parent.iterdir()] == ["gitea.db"]
    assert table_of(live) == ["one", "two"]


def test_a_database_in_use_is_not_replaced(run: Run, dump: Path, live: Path) -> None:
    """A program that has it open in WAL mode keeps it, and the message says to stop that."""
    with closing(sqlite3.connect(live)) as user:
        user.execute("PRAGMA journal_mode=WAL")
        user.execute("BEGIN IMMEDIATE")
        said = run("restore-sqlite", dump, request(dump, replace=True), live)
    assert said.returncode == 1
    assert "is in use; stop what uses it, and try again" in said.stderr
    assert table_of(live) == ["old"]


def test_an_sqlite_dump_has_no_parts(run: Run, dump: Path, live: Path) -> None:
    """A request for a part of it is refused, and nothing is touched."""
    said = run("restore-sqlite", dump, request(dump, replace=True, part="issue"), live)
    assert said.returncode == 1
    assert table_of(live) == ["old"]


def damage(file: Path) -> None:
    """Break a page in the middle of a database."""
    content = bytearray(file.read_bytes())
    content[4096:4296] = b"\xff" * 200
    file.write_bytes(content)


@pytest.mark.parametrize("rows", [{"issue": 3}, {"comment": 0}, None])
def test_a_dump_that_was_made_wrong_is_not_restored(
    run: Run, contract: ModuleType, dump: Path, live: Path, rows: dict[str, int] | None
) -> None:
    """Rows that differ, a table that is missing, a damaged page: the old database stays."""
    if rows is None:
        damage(dump / "gitea.db")
    record(contract, dump, rows)
    said = run("restore-sqlite", dump, request(dump, replace=True), live)
    assert said.returncode == 1
    assert said.stderr.startswith("restore-sqlite: gitea.db is ")
    assert said.stderr.endswith("; nothing was replaced\n")
    assert table_of(live) == ["old"]
    assert [file.name for file in live.parent.iterdir()] == ["gitea.db"]


def test_a_drill_compares_the_rows_of_sqlite(run: Run, dump: Path, scratch: Path) -> None:
    """It says what it has compared, and leaves the scratch place empty."""
    said = run("drill-sqlite", dump, scratch)
    assert said.stdout == "gitea.db: 2 rows in 1 tables, as recorded\n"
    assert said.returncode == 0
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("rows", [{"issue": 3}, {"comment": 0}, None])
def test_a_drill_fails_for_an_sqlite_dump_that_was_made_wrong(
    run: Run, contract: ModuleType, dump: Path, scratch: Path, rows: dict[str, int] | None
) -> None:
    """Rows that differ, a table that is missing, a damaged page."""
    if rows is None:
        damage(dump / "gitea.db")
    record(contract, dump, rows)
    said = run("drill-sqlite", dump, scratch)
    assert said.returncode == 1
    assert said.stderr.startswith("drill-sqlite: gitea.db is ")
    assert list(scratch.iterdir()) == []
