"""hostwright-preflight on dumps: does PostgreSQL serve them, and is there room for the next?"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.programs import installed, library

SIZES = {"shop": 6_000_000, "wiki": 3_000_000, "scratch": 50_000_000}


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a host."""
    return installed(tmp_path_factory.mktemp("preflight") / "programs")


class Server:
    """What stands for the programs of PostgreSQL."""

    def __init__(self) -> None:
        self.version, self.tool, self.errors = 15, "15.8 (Debian 15.8-0+deb12u1)", b""

    def run_as(
        self, user: str, words: list[str], environment: dict[str, str], stdin: bytes = b""
    ) -> "subprocess.CompletedProcess[bytes]":
        """Answer as psql and pg_dump do."""
        assert user == "postgres"
        assert environment["PGPORT"] == "5433"
        answer = f"pg_dump (PostgreSQL) {self.tool}\n"
        if words[0] == "psql":
            sizes = b"pg_database_size" in stdin
            rows = [f"{name}|{size}" if sizes else name for name, size in SIZES.items()]
            rows = [f"{self.version}0008"] if b"server_version_num" in stdin else rows
            answer = "".join(f"{row}\0" for row in rows)
        status = 2 if self.errors else 0
        return subprocess.CompletedProcess(words, status, answer.encode(), self.errors)


@pytest.fixture
def server() -> Server:
    """PostgreSQL 15 on both ends, with three databases."""
    return Server()


@pytest.fixture
def dumps(programs: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The part that looks at dumps, with that server; every user is there."""
    with ExitStack() as there:
        part = there.enter_context(library(programs, "preflight_dumps"))
        monkeypatch.setattr(part, "run_as", server.run_as)
        monkeypatch.setattr(part, "exists", lambda _: True)
        yield part


def a_dump(part: Any, folder: Path, name: str, *command: str, **more: Any) -> Any:
    """A dump of PostgreSQL, unless it is said to be another, with its folder."""
    (folder / name).mkdir()
    given = {"program": "postgresql", "environment": {"PGPORT": "5433"}, "required": True} | more
    return part.Dump(name, "postgres", folder / name, command=command, **given)


def recorded(dump: Any, size: int) -> None:
    """Leave the record of a dump of so many bytes."""
    facts = {"dump": dump.name, "made": "", "seconds": 1, "tool": None, "bytes": size, "files": {}}
    (dump.folder / "MANIFEST.json").write_text(json.dumps(facts))


def why(part: Any, dump: Any) -> str:
    """The one finding about a dump."""
    [one] = part.check(dump)
    return f"{one.level} {one.text}"


def test_a_cluster_that_answers_is_good(dumps: Any, tmp_path: Path) -> None:
    """It is asked as the dump's user, with the environment of the dump's unit."""
    assert why(dumps, a_dump(dumps, tmp_path, "postgresql", "--all")) == "good can be made"


def test_a_cluster_that_is_down_is_told_with_its_port(
    dumps: Any, server: Server, tmp_path: Path
) -> None:
    """Of what psql says the first line is enough."""
    server.errors = b"psql: error: no such file\n\tIs the server running?\n"
    told = why(dumps, a_dump(dumps, tmp_path, "postgresql", "--all"))
    assert "FAIL PostgreSQL does not answer postgres on port 5433 (psql: error: no such f" in told
    assert "Is the server" not in told


def test_a_dump_that_may_be_missing_is_only_noted(
    dumps: Any, server: Server, tmp_path: Path
) -> None:
    """The backup goes on without it (required: false)."""
    server.errors = b"psql: error\n"
    dump = a_dump(dumps, tmp_path, "postgresql", "--all", required=False)
    assert why(dumps, dump).startswith("note PostgreSQL does not answer")


def test_a_pg_dump_that_is_too_old_is_told(dumps: Any, server: Server, tmp_path: Path) -> None:
    """It would refuse a newer server."""
    server.version = 17
    told = why(dumps, a_dump(dumps, tmp_path, "postgresql", "--all"))
    assert told.startswith("FAIL pg_dump is of PostgreSQL 15 and the server of 17, ")


def test_a_database_of_the_manifest_that_is_missing_is_told(dumps: Any, tmp_path: Path) -> None:
    """With those that there are, in case its name is misspelt."""
    told = why(dumps, a_dump(dumps, tmp_path, "postgresql", "--database=shop", "--database=wikki"))
    assert told.startswith("FAIL PostgreSQL has no database wikki; it has scratch, shop, wiki: ")


def room(part: Any, monkeypatch: pytest.MonkeyPatch, free: int, *found: Any) -> str:
    """The finding about a disk with so many bytes free."""
    disk = SimpleNamespace(f_bavail=free, f_frsize=1)
    monkeypatch.setattr(part.os, "statvfs", lambda _: disk)
    [one] = part.space(SimpleNamespace(dumps=found))
    return f"{one.level} {one.text}"


def test_a_first_dump_may_become_as_large_as_its_databases(
    dumps: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only those that are dumped count; what a command of the manifest makes is unknown."""
    dump = a_dump(dumps, tmp_path, "postgresql", "--all", "--exclude=scratch")
    job = a_dump(dumps, tmp_path, "redis", program=None)
    assert room(dumps, monkeypatch, 8_999_999, dump, job) == (
        f"FAIL {tmp_path} has 9.0 MB free, and the next dumps take 9.0 MB at once (postgresql"
        " 9.0 MB, as large as its databases; redis unknown before its first dump): enlarge that"
        " file system, or free space on it"
    )
    assert room(dumps, monkeypatch, 9_000_000, dump, job).startswith("good ")


def test_of_dumps_that_were_made_before_the_largest_counts(
    dumps: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is written beside its last good one, which goes before the next begins."""
    first, second = (a_dump(dumps, tmp_path, name) for name in ("first", "second"))
    recorded(first, 5_000_000)
    recorded(second, 4_000_000)
    assert "take 5.0 MB at once" in room(dumps, monkeypatch, 5_000_000, first, second)
    assert room(dumps, monkeypatch, 4_999_999, first, second).startswith("FAIL ")


def test_what_is_dumped_for_the_first_time_stays(
    dumps: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later dump needs its own room besides."""
    database = tmp_path / "gitea.db"
    database.write_bytes(b"x" * 1_000_000)
    first = a_dump(dumps, tmp_path, "first", str(database), program="dump/sqlite")
    second = a_dump(dumps, tmp_path, "second")
    recorded(second, 4_000_000)
    said = room(dumps, monkeypatch, 5_000_000, first, second)
    assert "take 5.0 MB at once (first 1.0 MB, as large as its database; second 4.0 MB, " in said


def test_a_folder_that_is_missing_is_told(dumps: Any, tmp_path: Path) -> None:
    """Whoever installed the tree by hand has left out systemd-tmpfiles."""
    dump = a_dump(dumps, tmp_path, "redis")
    dump.folder.rmdir()
    [one] = dumps.space(SimpleNamespace(dumps=[dump], installed=True))
    assert one.text == (
        f"{dump.folder} is not there: systemd-tmpfiles --create backup.conf makes it"
    )
