"""hostwright-preflight when it is hindered: checks that are killed, planted records, slow disks."""

import errno
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.programs import DumpFolder, Import, installed, libraries

# The program has no threads; of those of a worker of pytest the checks' processes use nothing.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
KILLED = "the check ended without a word (killed?): journalctl -k may say by what"


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a host."""
    return installed(tmp_path_factory.mktemp("preflight") / "programs")


@pytest.fixture(scope="module")
def part(programs: Path) -> Iterator[Import]:
    """Imports parts of the program, as they lie on a host."""
    with libraries(programs) as part:
        yield part


def said(found: Any) -> list[str]:
    """Findings as lines."""
    return [f"{one.level} {one.subject}: {one.text}" for one in found]


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGTERM])
def test_a_check_that_is_killed_is_no_good_news(part: Import, ended_by: signal.Signals) -> None:
    """The kernel kills for want of memory: what the check had not looked at yet is unknown."""
    findings = part("findings")

    def killed() -> Iterator[Any]:
        yield findings.Finding("good", "path /etc", "is there")
        yield findings.asking("path /srv")
        os.kill(os.getpid(), ended_by)
        time.sleep(5)

    assert said(findings.examined([findings.Check("paths", killed)])) == [
        "good path /etc: is there",
        f"FAIL path /srv: {KILLED}",
    ]


def test_a_check_that_leaves_the_program_is_no_good_news(part: Import) -> None:
    """SystemExit is no error to Python, and says nothing of what was looked at."""
    findings = part("findings")

    def leaves() -> Iterator[Any]:
        raise SystemExit(0)
        yield

    assert said(findings.examined([findings.Check("users", leaves)])) == [f"FAIL users: {KILLED}"]


def test_a_check_that_finds_nothing_has_ended(part: Import) -> None:
    """Silence is good where the check came to its own end."""
    findings = part("findings")
    assert findings.examined([findings.Check("users", lambda: ())]) == []


def test_checks_that_began_are_ended_where_the_next_cannot_begin(
    part: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host without room for another process is left without those that hang."""
    findings = part("findings")
    fork = os.fork

    process = tmp_path / "process"

    def refused() -> int:
        while not process.exists():
            time.sleep(0.01)
        raise OSError(errno.EAGAIN, "no more processes")

    def hang() -> Iterator[Any]:
        (tmp_path / "partial").write_text(str(os.getpid()))
        (tmp_path / "partial").rename(process)
        time.sleep(30)
        yield

    def once() -> int:
        monkeypatch.setattr(os, "fork", refused)
        return fork()

    monkeypatch.setattr(os, "fork", once)
    with pytest.raises(OSError, match="no more processes"):
        findings.examined([findings.Check("first", hang), findings.Check("second", hang)])
    assert not Path("/proc", process.read_text()).exists()


def test_a_check_that_had_to_be_killed_leaves_no_folder(
    part: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of the ssh key lies in the one that the check of a repository makes."""
    findings = part("findings")
    monkeypatch.setattr(findings, "_GRACE_SECONDS", 0.1)

    def deaf() -> Iterator[Any]:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        folder = Path(tempfile.mkdtemp(prefix="hostwright-restore-", dir=tmp_path))
        (folder / "ssh_key").write_text("secret")
        yield findings.Finding("good", "folder", str(len(list(tmp_path.iterdir()))))
        time.sleep(30)

    there, _ = findings.examined([findings.Check("repository", deaf, 0.3)])
    assert there.text == "1"
    assert list(tmp_path.iterdir()) == []


def a_dump(part: Import, folder: Path, *, required: bool = True) -> Any:
    """A dump of PostgreSQL with its folder."""
    (folder / "postgresql").mkdir()
    make = part("preflight_settings").Dump
    return make(
        *("postgresql", "postgres", folder / "postgresql"),
        command=("--all",),
        program="postgresql",
        environment={},
        required=required,
    )


def planted(folder: Path) -> None:
    """Leave a record of half a terabyte, all of it a hole."""
    with (folder / "MANIFEST.json").open("wb") as file:
        file.truncate(1 << 39)


def test_a_record_that_is_huge_is_refused(part: Import, tmp_path: Path) -> None:
    """Whoever makes dumps could have root read until there is no memory."""
    contract = part("contract")
    planted(tmp_path)
    with pytest.raises(contract.ContractError, match="broken: it has more than 33554432 bytes"):
        contract.read(tmp_path)


def test_no_record_is_written_that_is_not_read(
    part: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dump that could never be restored is better not published."""
    contract = part("contract")
    monkeypatch.setattr(contract, "LARGEST", 200)
    file = contract.FileRecord("0" * 64, 1)
    record = contract.Record("shop", "", 1, None, 1, {"a": file, "b": file})
    with pytest.raises(contract.ContractError, match="2 files would have more than 200 bytes"):
        contract.write(tmp_path, record)
    assert list(tmp_path.iterdir()) == []


def test_a_size_that_no_disk_has_is_refused(part: Import, tmp_path: Path) -> None:
    """Nobody can calculate with it."""
    contract = part("contract")
    text = f'{{"dump": "", "made": "", "seconds": 1, "bytes": {10**30}, "files": {{}}}}'
    (tmp_path / "MANIFEST.json").write_text(text)
    with pytest.raises(contract.ContractError, match="bytes is not a whole number"):
        contract.read(tmp_path)


def test_verify_says_that_a_record_is_huge(programs: Path, tmp_path: Path) -> None:
    """A restore and a drill begin with it."""
    planted(tmp_path)
    verify = subprocess.run(
        [programs / "verify", tmp_path], check=False, capture_output=True, encoding="utf-8"
    )
    assert verify.returncode == 1
    assert verify.stderr.endswith("it has more than 33554432 bytes; try an older archive\n")


def test_the_next_dump_replaces_a_record_that_is_huge(programs: Path, tmp_path: Path) -> None:
    """There is nothing to compare it with, and it is said."""
    (tmp_path / "shop").mkdir()
    shop = DumpFolder(programs, tmp_path / "shop")
    planted(shop.path)
    made = shop.stdout("printf rows", "--shrink-limit=50")
    assert (made.returncode, shop.record()["bytes"]) == (0, 4)
    assert "bytes; the new dump is not compared with the last" in made.stderr


def test_a_record_that_is_broken_is_noted(
    part: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks at the room has read it anyway; the next backup goes well in spite of it."""
    dumps, dump = part("preflight_dumps"), a_dump(part, tmp_path, required=True)
    monkeypatch.setattr(dumps, "exists", lambda _: False)
    planted(dump.folder)
    told, space = said(dumps.space(SimpleNamespace(dumps=[dump])))
    assert told.startswith(f"note dump postgresql: {dump.folder}/MANIFEST.json is broken: it ")
    assert told.endswith("and the next backup replaces it")
    assert space.startswith("good space: ")


def answering(sizes: Callable[[bytes], tuple[int, bytes, bytes]]) -> Callable[..., Any]:
    """What stands for PostgreSQL 15 with one database, whose size is asked for as given."""

    def run_as(_: str, words: list[str], __: object, stdin: bytes = b"") -> Any:
        status, output, errors = 0, b"shop\0", b""
        if words[0] != "psql":
            output = b"pg_dump (PostgreSQL) 15.8"
        elif b"server_version_num" in stdin:
            output = b"150008\0"
        elif b"pg_database_size" in stdin:
            status, output, errors = sizes(stdin)
        return subprocess.CompletedProcess(words, status, output, errors)

    return run_as


@pytest.mark.parametrize(
    ("limit", "why"), [(60.0, "(psql: ERROR: statement timeout)"), (0.1, "in time")]
)
def test_sizes_that_cannot_be_found_out_are_only_noted(
    part: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: float, why: str
) -> None:
    """With very many files on a cold disk that takes long, and the next backup goes well."""
    dumps, dump = part("preflight_dumps"), a_dump(part, tmp_path)

    def slow(stdin: bytes) -> tuple[int, bytes, bytes]:
        [milliseconds] = re.findall(rb"SET statement_timeout = ([1-9]\d*);", stdin)
        assert int(milliseconds) <= limit * 1000
        time.sleep(0.15)
        return 1, b"", b"psql: ERROR: statement timeout\nmore"

    monkeypatch.setattr(dumps, "run_as", answering(slow))
    monkeypatch.setattr(dumps, "exists", lambda _: True)
    monkeypatch.setattr(dumps, "_SIZES_SECONDS", limit)
    assert said(dumps.check(dump)) == ["good dump postgresql: can be made"]
    note, space = said(dumps.space(SimpleNamespace(dumps=[dump])))
    assert note.endswith(f": how large the databases are could not be found out {why}")
    assert note.startswith("note dump postgresql: ")
    assert re.match("good space: .*postgresql unknown before its first dump", space)
