r"""The record beside each dump, MANIFEST.json: what the dump holds, and whether it still does.

A record is published last and taken away first, so where there is one, the dump was complete. File
names are relative to the dump's folder and need not be UTF-8: a byte that is not becomes a lone
surrogate, as everywhere in Python, and \udcXX in JSON. Links and folders are not recorded.
"""

import hashlib
import io
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

RECORD = "MANIFEST.json"
PARTIAL = ".partial"
# Some 200 000 files or tables. Without a limit, root would read whatever is planted there.
LARGEST = 32 << 20
_SHOWN = 3
_SHOWN_LETTERS = 300


class ContractError(Exception):
    """A dump or its record is not what it should be; the text says what and why."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of a dump: its digest in hex, its size, and the rows by table where known."""

    sha256: str
    bytes: int
    rows: dict[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What MANIFEST.json says.

    Attributes:
        dump: the name of the dump, which is its folder's in /backup.
        made: when it was begun, in UTC, like 2026-11-23T02:00:00Z: its data is not older.
        seconds: how long it took.
        tool: the program that made it with its version, None where unknown.
        bytes: the size of all files.
        files: by name, relative to the dump's folder.
    """

    dump: str
    made: str
    seconds: float
    tool: str | None
    bytes: int
    files: dict[str, FileRecord]


def read(folder: Path) -> Record:
    """The record in a folder, which is trusted in nothing: whoever makes a dump can write there.

    Raises:
        ContractError: there is none, or it is broken, or larger than any that is written.
    """
    try:
        with _opened(folder / RECORD) as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise ContractError(f"{folder} has no {RECORD}: no complete dump is there") from None
    except OSError as error:
        raise ContractError(f"{folder / RECORD} cannot be read: {error.strerror}") from None
    if len(content) > LARGEST:
        raise ContractError(f"{folder / RECORD} is broken: it has more than {LARGEST} bytes")
    try:
        return _record(json.loads(content.decode("utf-8", "surrogateescape")))
    except (ValueError, RecursionError) as error:
        text = str(error)[:_SHOWN_LETTERS]
        raise ContractError(f"{folder / RECORD} is broken: {text}") from None


def write(folder: Path, record: Record) -> None:
    """Write a record: in whole or not at all, and synced.

    Raises:
        ContractError: nobody would read it again, so large is it.
        OSError: the file system does not take it.
    """
    files = {
        name: {"sha256": file.sha256, "bytes": file.bytes}
        | ({} if file.rows is None else {"rows": dict(sorted(file.rows.items()))})
        for name, file in sorted(record.files.items())
    }
    facts = {name: getattr(record, name) for name in ("dump", "made", "seconds", "tool", "bytes")}
    content = json.dumps(facts | {"files": files}, indent=1) + "\n"
    if len(content) > LARGEST:
        raise ContractError(
            f"the {RECORD} of {len(files)} files would have more than {LARGEST} bytes, which are"
            " not read again: have the dump put its files into an archive"
        )
    partial = folder / f".{RECORD}"
    with partial.open("w", encoding="ascii") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(folder / RECORD)


def measured(folder: Path) -> dict[str, FileRecord]:
    """The files of a dump as they are now, without rows; neither the record nor .partial.

    Raises:
        OSError: one cannot be read.
    """
    return {name: _file(folder / name) for name in sorted(_names(folder))}


def verify(folder: Path) -> Record:
    """The record of a dump, after each file has proved to be what the record says.

    Raises:
        ContractError: there is no record, or a file is missing, not recorded, or different.
    """
    record = read(folder)
    if not record.files:
        raise ContractError(f"{folder} has a {RECORD} that lists no file: that is no dump")
    try:
        problems = list(_problems(folder, record))
    except OSError as error:
        raise ContractError(f"{folder} cannot be read: {error}") from None
    if problems:
        more = f", and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise ContractError(f"{folder} is damaged: {', '.join(problems[:_SHOWN])}{more}")
    return record


def _problems(folder: Path, record: Record) -> Iterator[str]:
    there = set(_names(folder))
    for name in sorted(there - record.files.keys()):
        yield f"{name!r} is not in its {RECORD}"
    for name, expected in record.files.items():
        if name not in there:
            yield f"{name!r} is missing"
        elif (size := (folder / name).lstat().st_size) != expected.bytes:
            yield f"{name!r} has {size} bytes instead of {expected.bytes}"
        elif _file(folder / name).sha256 != expected.sha256:
            yield f"{name!r} has other content than was recorded"


def _names(folder: Path) -> Iterator[str]:
    for parent, folders, names in os.walk(folder, onerror=_refuse):
        if parent == str(folder):
            folders[:] = [name for name in folders if name != PARTIAL]
        for name in names:
            path = os.path.join(parent, name)
            if (parent, name) != (str(folder), RECORD) and stat.S_ISREG(os.lstat(path).st_mode):
                yield os.path.relpath(path, folder)


def _refuse(error: OSError) -> NoReturn:
    raise error


def _file(path: Path) -> FileRecord:
    with _opened(path) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileRecord(digest, file.tell())


def _opened(path: Path) -> io.BufferedReader:
    # Whoever makes dumps could plant a link to a secret, or a pipe that nobody ever writes to.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "not a regular file", str(path))
    return os.fdopen(descriptor, "rb")


def _record(facts: object) -> Record:
    values = _mapping(facts, "the whole")
    seconds, tool = values.get("seconds"), values.get("tool")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise ValueError("seconds is not a number")  # noqa: TRY004 - read() reports it as broken
    return Record(
        dump=_text(values.get("dump"), "dump"),
        made=_text(values.get("made"), "made"),
        seconds=seconds,
        tool=None if tool is None else _text(tool, "tool"),
        bytes=_number(values.get("bytes"), "bytes"),
        files={
            _name(name): _file_record(name, file)
            for name, file in _mapping(values.get("files"), "files").items()
        },
    )


def _file_record(name: str, facts: object) -> FileRecord:
    values = _mapping(facts, repr(name))
    digest = _text(values.get("sha256"), f"sha256 of {name!r}")
    if not re.fullmatch("[0-9a-f]{64}", digest):
        raise ValueError(f"sha256 of {name!r} is not 64 hex digits")
    rows = values.get("rows")
    return FileRecord(
        digest,
        _number(values.get("bytes"), f"bytes of {name!r}"),
        None if rows is None else read_rows(rows, name),
    )


def read_rows(rows: object, file: str) -> dict[str, int]:
    """The rows by table, as they came out of JSON.

    Raises:
        ValueError: they are something else.
    """
    tables = _mapping(rows, f"rows of {file!r}")
    return {table: _number(number, f"rows of {table!r}") for table, number in tables.items()}


def _name(name: str) -> str:
    if name.startswith("/") or "\0" in name or {"", ".", ".."} & set(name.split("/")):
        raise ValueError(f"{name!r} is no name of a file in the folder")
    return name


def _mapping(value: object, what: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} is not an object")  # noqa: TRY004 - likewise
    return value


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{what} is not a text")  # noqa: TRY004 - likewise
    return value


def _number(value: object, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 63:
        raise ValueError(f"{what} is not a whole number")
    return value
