"""What the dumps of databases tell about themselves: the names of their files, their rows."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.programs import DumpFolder, installed, library
from tests.support import need

names = st.binary(min_size=1, max_size=63).filter(lambda name: b"\0" not in name).map(os.fsdecode)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs, as they are installed."""
    return installed(tmp_path_factory.mktemp("hostwright"))


@pytest.fixture(scope="module")
def databases(programs: Path) -> Iterator[ModuleType]:
    """The library that speaks to PostgreSQL, as it is installed."""
    with library(programs, "databases") as module:
        yield module


@pytest.fixture
def folder(programs: Path, tmp_path: Path) -> DumpFolder:
    """The folder of a dump, empty."""
    (tmp_path / "gitea").mkdir()
    return DumpFolder(programs, tmp_path / "gitea")


@pytest.mark.parametrize(
    ("database", "file"),
    [
        ("shop", "shop.dump"),
        ("a/b", "a%2Fb.dump"),
        ("..", "%2E..dump"),
        ("größe\n", "gr%C3%B6%C3%9Fe%0A.dump"),
        ("MANIFEST.json", "MANIFEST.json.dump"),
    ],
)
def test_a_database_is_dumped_to_a_file_of_its_name(
    databases: ModuleType, database: str, file: str
) -> None:
    """Every byte but the plainest is written as %XX."""
    assert databases.file_name(database) == file


@given(database=names)
def test_a_file_name_tells_the_database(databases: ModuleType, database: str) -> None:
    """Whatever bytes a database's name has, it is found again from a plain name."""
    file = databases.file_name(database)
    assert databases.database_name(file) == database
    assert file.isascii()
    assert not file.startswith((".", "/"))


@pytest.mark.parametrize("file", ["globals.sql", ".dump", "a b.dump", "%61.dump", "%00.dump"])
def test_no_other_file_is_taken_for_a_database(databases: ModuleType, file: str) -> None:
    """A name that `file_name` never gives is refused."""
    with pytest.raises(ValueError, match="is not the dump of a database"):
        databases.database_name(file)


def test_the_rows_of_every_table_are_recorded(folder: DumpFolder, tmp_path: Path) -> None:
    """Any name will do for a table; what SQLite keeps for itself is left out."""
    need("sqlite3")
    odd = 'a "b"\n.c\'d'
    with closing(sqlite3.connect(tmp_path / "it's.db")) as database:
        database.execute(f'CREATE TABLE "{odd.replace(chr(34), chr(34) * 2)}" (number)')
        database.execute("CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT)")
        database.execute("INSERT INTO counted DEFAULT VALUES")
        database.execute("CREATE VIRTUAL TABLE words USING fts5(word)")
        database.execute("CREATE VIEW broken AS SELECT * FROM absent")
        database.commit()
    assert folder.sqlite(tmp_path / "it's.db").returncode == 0
    record = folder.record()
    assert record["tool"].startswith("SQLite 3.")
    assert record["files"]["it's.db"]["rows"] == {odd: 0, "counted": 1}


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0 and then nonsense" * 99])
def test_what_is_no_database_is_not_dumped(
    folder: DumpFolder, tmp_path: Path, content: bytes
) -> None:
    """A file that is empty or damaged fails the dump."""
    need("sqlite3")
    (tmp_path / "gitea.db").write_bytes(content)
    assert folder.sqlite(tmp_path / "gitea.db").returncode == 1
    assert folder.files() == {}


@pytest.mark.parametrize("words", [["--nonsense"], ["--exclude"], ["shop"]])
def test_a_wrong_command_line_is_refused(programs: Path, words: list[str]) -> None:
    """A word that `postgresql` does not know ends it before it does anything."""
    answer = subprocess.run([programs / "postgresql", *words], check=False, capture_output=True)
    assert answer.returncode == 2
