#!/usr/bin/python3 -EsB
"""record --began=SECONDS [--shrink-limit=PERCENT] NEW LAST [VERSION...]: describes a new dump.

Called by `dump` before it publishes: writes MANIFEST.json into the folder NEW, and fails when the
dump is empty, or smaller than the one in LAST by more than PERCENT. SECONDS since 1970 is when the
dump began. The command VERSION prints which program made it. A line of JSON in the file that
$DUMP_NOTES names adds what only the dump's program knows:

    {"tool": "pg_dump (PostgreSQL) 15.9"}
    {"file": "shop.dump", "rows": {"public.orders": 1200}}
"""

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import contract
from contract import RECORD, ContractError, Record

VERSION_SECONDS = 30
# Below this a single file may shrink as it likes: much of it is not data.
SMALL = 1 << 20
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


@dataclass(frozen=True, slots=True)
class Notes:
    """What the dump's program said about it: its version, and the rows by file and table."""

    tool: str | None
    rows: dict[str, dict[str, int]]


def record(new: Path, last: Path, began: float, version: list[str], limit: int | None) -> None:
    """Write the record of a new dump.

    Raises:
        ContractError: the dump is empty or has shrunk, or its notes are broken.
        OSError: it cannot be read or written.
    """
    ended = time.time()
    if os.path.lexists(new / RECORD):
        raise ContractError(f"the dump wrote a {RECORD} of its own; give that file another name")
    files = contract.measured(new)
    size = sum(file.bytes for file in files.values())
    if size == 0:
        raise ContractError("the dump is empty: no file has a byte in it")
    notes = read_notes(os.environ.get("DUMP_NOTES"))
    if strangers := sorted(notes.rows.keys() - files.keys()):
        raise ContractError(f"there are rows for {strangers[0]!r}, which is not in the dump")
    dump = Record(
        dump=last.resolve().name,
        made=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(began)),
        # The clock may have been set back.
        seconds=round(max(0.0, ended - began), 1),
        tool=notes.tool or first_line(version),
        bytes=size,
        files={
            name: dataclasses.replace(file, rows=notes.rows.get(name))
            for name, file in files.items()
        },
    )
    if limit is not None:
        compare(dump, last, limit)
    contract.write(new, dump)


def read_notes(file: str | None) -> Notes:
    """What the dump's program left in the file of notes; nothing when there is no such file.

    Raises:
        ContractError: a line is not as above.
    """
    tool, rows = None, dict[str, dict[str, int]]()
    lines = Path(file).read_bytes().splitlines() if file and os.path.exists(file) else []
    for line in lines:
        try:
            note = json.loads(line.decode("utf-8", "surrogateescape"))
            if "tool" in note:
                tool = str(note["tool"])
            else:
                rows[note["file"]] = contract.read_rows(note["rows"], note["file"])
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise ContractError(f"a line in $DUMP_NOTES is broken: {error!r} in {line!r}") from None
    return Notes(tool, rows)


def first_line(version: list[str]) -> str | None:
    """The first line that a command prints; None when it cannot say, which is no failure."""
    if not version:
        return None
    try:
        answer = subprocess.run(
            version,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=VERSION_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    lines = answer.stdout.decode("utf-8", "backslashreplace").strip().splitlines()
    return lines[0] if lines else None


def compare(new: Record, folder: Path, limit: int) -> None:
    """Hold a new dump against the last good one, if there is one in the folder.

    Raises:
        ContractError: it has lost more than `limit` percent of its bytes, as a whole or in a file.
    """
    if not os.path.lexists(folder / RECORD):
        return
    try:
        last = contract.read(folder)
    except ContractError as error:
        print(f"record: {error}; the new dump is not compared with the last", file=sys.stderr)
        return
    for what, before, now in _sizes(last, new):
        if now * 100 < before * (100 - limit):
            raise ContractError(
                f"{what} has {_size(now)}, but in the last good dump ({last.made}) it had "
                f"{_size(before)}: it lost more than {limit} %.\n"
                f"Look first whether data is missing in the software that is dumped.  If the new "
                f"size is right, remove {folder.resolve() / RECORD} and start the backup again.  "
                "If it changes like that often, set shrink_limit in the manifest"
            )


def _sizes(last: Record, new: Record) -> Iterator[tuple[str, int, int]]:
    yield "the new dump", last.bytes, new.bytes
    for name, file in last.files.items():
        # A file that is gone was dropped, as a database is; the whole dump's size speaks for it.
        if file.bytes >= SMALL and name in new.files:
            yield f"{name!r} in the new dump", file.bytes, new.files[name].bytes


def _size(number: int) -> str:
    scaled, unit = float(number), 0
    while scaled >= 1024 and unit < len(_UNITS) - 1:
        scaled, unit = scaled / 1024, unit + 1
    return f"{number} bytes ({scaled:.1f} {_UNITS[unit]})" if unit else f"{number} bytes"


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="record", allow_abbrev=False)
    parser.add_argument("--began", type=float, required=True)
    parser.add_argument("--shrink-limit", type=int, choices=range(1, 100), metavar="PERCENT")
    parser.add_argument("new", type=Path)
    parser.add_argument("last", type=Path)
    parser.add_argument("version", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    try:
        record(given.new, given.last, given.began, given.version, given.shrink_limit)
    except (ContractError, OSError) as error:
        print(f"record: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
