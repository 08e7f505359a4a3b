"""What every dump keeps to: complete or not at all, with a record that never lies."""

import hashlib
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from tests.programs import DumpFolder, installed, library

MEBIBYTE = 1 << 20
OLD = "mkdir c; echo old | tee a b c/d >e"
NEW = "mkdir b; echo new | tee a b/x c >f"
OLD_FILES = {"a": "old\n", "b": "old\n", "c/d": "old\n", "e": "old\n"}
NEW_FILES = {"a": "new\n", "b/x": "new\n", "c": "new\n", "f": "new\n"}


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs, as they are installed."""
    return installed(tmp_path_factory.mktemp("hostwright"))


@pytest.fixture(scope="module")
def contract(programs: Path) -> Iterator[ModuleType]:
    """The library that reads records, as it is installed."""
    with library(programs, "contract") as module:
        yield module


@pytest.fixture
def shop(programs: Path, tmp_path: Path) -> DumpFolder:
    """The folder of a dump, empty."""
    (tmp_path / "shop").mkdir()
    return DumpFolder(programs, tmp_path / "shop")


@pytest.fixture(scope="module")
def whole(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dump with all sorts of files, not to be changed."""
    folder = DumpFolder(programs, tmp_path_factory.mktemp("whole"))
    made = folder.folder("echo aa >a; mkdir b; echo bb >b/c; ln -s a link; mkfifo pipe")
    assert made.returncode == 0
    return folder.path


def test_a_dump_has_a_record(shop: DumpFolder) -> None:
    """MANIFEST.json says which dump it is, when it was made, by what, and what is in it."""
    assert shop.stdout("printf rows", "--version", "echo", "shopd 1.2", "--").returncode == 0
    record = shop.record()
    assert isinstance(record.pop("seconds"), float)
    assert str(record.pop("made")).endswith("Z")
    assert record == {
        "dump": "shop",
        "tool": "shopd 1.2",
        "bytes": 4,
        "files": {"shop.dump": {"sha256": hashlib.sha256(b"rows").hexdigest(), "bytes": 4}},
    }


def test_the_command_adds_what_only_it_knows(shop: DumpFolder) -> None:
    """The version and the rows that the command notes stand in the record."""
    notes = """'{"tool": "shopd 3"}' '{"file": "a/b", "rows": {"public.kept": 7}}'"""
    command = f"""mkdir a; echo rows >a/b; printf '%s\\n' {notes} >>"$DUMP_NOTES\""""
    assert shop.folder(command, "--version", "echo", "old", "--").returncode == 0
    record = shop.record()
    assert record["tool"] == "shopd 3"
    assert record["files"]["a/b"]["rows"] == {"public.kept": 7}


@pytest.mark.parametrize("version", ["false", "/nowhere/shopd"])
def test_a_tool_that_cannot_say_its_version_is_null(shop: DumpFolder, version: str) -> None:
    """A dump does not fail because nobody knows by what it was made."""
    assert shop.stdout("echo rows", "--version", version, "--").returncode == 0
    assert shop.record()["tool"] is None


@pytest.mark.parametrize("note", ["nonsense", "[]", '{"file": "other", "rows": {}}'])
def test_a_broken_note_is_refused(shop: DumpFolder, note: str) -> None:
    """What cannot be a fact about the dump fails it, and is shown."""
    said = shop.stdout(f"echo rows; echo '{note}' >>$DUMP_NOTES")
    assert said.returncode == 1
    assert said.stderr.startswith("record: ")
    assert shop.files() == {}


@pytest.mark.parametrize("command", ["true", ">one", "ln -s /etc/passwd one"])
def test_an_empty_dump_is_a_failure(shop: DumpFolder, command: str) -> None:
    """Without a byte in any file there is no dump, and the last good one is kept."""
    assert shop.folder("echo good >one").returncode == 0
    said = shop.folder(command)
    assert said.returncode == 1
    assert f"the last good dump in {shop.path} is kept" in said.stderr
    assert shop.files() == {"one": "good\n"}


def test_a_dump_that_shrank_is_a_failure(shop: DumpFolder) -> None:
    """A dump of less than half its size is refused, with both sizes and the way out."""
    shop.stdout("printf 1234567890")
    said = shop.stdout("printf 1234", "--shrink-limit=50")
    assert said.returncode == 1
    for words in ("has 4 bytes", "had 10 bytes", "50 %", f"remove {shop.path}/MANIFEST.json"):
        assert words in said.stderr
    assert shop.files() == {"shop.dump": "1234567890"}


@pytest.mark.parametrize(
    ("left", "options"), [("12345", ["--shrink-limit=50"]), ("1", ["--shrink-limit=90"]), ("1", [])]
)
def test_a_dump_may_shrink_up_to_the_limit(shop: DumpFolder, left: str, options: list[str]) -> None:
    """Exactly half is allowed at 50 %; without a limit anything is."""
    shop.stdout("printf 1234567890")
    assert shop.stdout(f"printf {left}", *options).returncode == 0


def test_the_way_out_of_a_shrunk_dump_works(shop: DumpFolder) -> None:
    """Once MANIFEST.json is removed, the next dump is taken whatever its size is."""
    shop.stdout("printf 1234567890")
    (shop.path / "MANIFEST.json").unlink()
    assert shop.stdout("printf 1", "--shrink-limit=50").returncode == 0
    assert shop.files() == {"shop.dump": "1"}


def test_one_large_file_that_shrank_is_a_failure(shop: DumpFolder) -> None:
    """A file of a MiB or more must not lose more than the limit, however large the others are."""
    shop.folder(f"truncate -s {MEBIBYTE} one; truncate -s {9 * MEBIBYTE} two")
    said = shop.folder(f"echo >one; truncate -s {9 * MEBIBYTE} two", "--shrink-limit=50")
    assert said.returncode == 1
    assert "'one' in the new dump has 1 bytes" in said.stderr


def test_a_file_may_go_away(shop: DumpFolder) -> None:
    """What is not in the new dump any more, such as a dropped database, is no shrunk file."""
    shop.folder(f"truncate -s {MEBIBYTE} one; truncate -s {2 * MEBIBYTE} two")
    assert shop.folder(f"truncate -s {2 * MEBIBYTE} two", "--shrink-limit=50").returncode == 0
    assert list(shop.files()) == ["two"]


def test_a_broken_record_is_no_obstacle(shop: DumpFolder) -> None:
    """The next dump says that it cannot compare itself, and replaces the record."""
    shop.stdout("printf 1234567890")
    (shop.path / "MANIFEST.json").write_text("{")
    said = shop.stdout("printf 1", "--shrink-limit=50")
    assert said.returncode == 0
    assert "is not compared with the last" in said.stderr
    assert shop.record()["bytes"] == 1


@pytest.mark.parametrize("command", ["echo one >MANIFEST.json", "mkdir -p MANIFEST.json; echo >a"])
def test_a_record_of_the_command_is_refused(shop: DumpFolder, command: str) -> None:
    """A command cannot write MANIFEST.json itself: the file would be taken for ours."""
    said = shop.folder(command)
    assert said.returncode == 1
    assert "a MANIFEST.json of its own" in said.stderr


def test_names_of_any_bytes_are_recorded(shop: DumpFolder, contract: ModuleType) -> None:
    """Names that are not UTF-8, with quotes and newlines, are found again."""
    assert shop.folder(r"""name=$(printf "a b\"c'd\n\377"); echo rows >"$name" """).returncode == 0
    assert list(contract.verify(shop.path).files) == ["a b\"c'd\n\udcff"]


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("rm MANIFEST.json", "has no MANIFEST.json"),
        ("echo '{}' >MANIFEST.json", "is broken: seconds is not a number"),
        ('sed -i \'s/"a"/".."/\' MANIFEST.json', "'..' is no name of a file"),
        ("ln -sf /etc/passwd MANIFEST.json", "cannot be read"),
        ("rm a", "'a' is missing"),
        ("echo more >>a", "'a' has 8 bytes instead of 3"),
        ("echo zz >a", "'a' has other content"),
        ("mv a x; ln -s x a", "'a' is missing"),
        ("echo >b/new", "'b/new' is not in its MANIFEST.json"),
    ],
)
def test_damage_is_found(
    whole: Path, tmp_path: Path, contract: ModuleType, harm: str, said: str
) -> None:
    """A dump that is not what its record says is not verified, whatever has happened to it."""
    subprocess.run(["cp", "-a", whole, tmp_path / "copy"], check=True)
    contract.verify(tmp_path / "copy")
    subprocess.run(["/bin/sh", "-c", harm], check=True, cwd=tmp_path / "copy")
    with pytest.raises(contract.ContractError) as refused:
        contract.verify(tmp_path / "copy")
    assert said in str(refused.value)


def test_a_kill_anywhere_leaves_a_dump_or_none(
    shop: DumpFolder, programs: Path, contract: ModuleType
) -> None:
    """What verifies is the old dump, nothing, then the new one; the next run finishes that one."""
    assert shop.folder(OLD).returncode == 0
    assert shop.dump("folder", "/bin/sh", "-c", NEW, kept=True).returncode == 0
    kept = sorted(path for path in shop.path.parent.iterdir() if path.name.isdigit())
    after_a_kill, finished = [], []
    for folder in map(partial(DumpFolder, programs), kept):
        after_a_kill.append(_verified(contract, folder))
        assert folder.dump("folder", "false").returncode == 1
        finished.append(_verified(contract, folder))
    assert list(dict.fromkeys(after_a_kill)) == ["old", "none", "new"]
    assert after_a_kill == sorted(after_a_kill, key=("old", "none", "new").index)
    assert list(dict.fromkeys(finished)) == ["old", "new"]
    assert all(
        now == "new" for was, now in zip(after_a_kill, finished, strict=True) if was != "old"
    )


def _verified(contract: ModuleType, folder: DumpFolder) -> str:
    try:
        contract.verify(folder.path)
    except contract.ContractError:
        return "none"
    known = {"old": OLD_FILES, "new": NEW_FILES}
    files = {name: text for name, text in folder.files().items() if ".partial" not in name}
    return next(name for name, expected in known.items() if expected == files)
