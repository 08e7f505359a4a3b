#!/usr/bin/python3 -EsB
"""drill-sqlite FOLDER SCRATCH: copies each database in FOLDER to SCRATCH, and checks the copy.

Nothing is left in SCRATCH.
"""

import sys
from pathlib import Path

import contract
import scratch
import sqlite_file
from signals import end_with_signals


def main(folder: Path, place: Path) -> int:
    """Try out a dump; gives the exit status."""
    try:
        scratch.empty(place)
        record = contract.read(folder)
        for name, file in record.files.items():
            copy = place / "copy"
            sqlite_file.copy(folder / name, copy)
            print(f"{name}: {sqlite_file.check(copy, name, file.rows)}", flush=True)
    except (contract.ContractError, sqlite_file.SqliteError, OSError) as error:
        print(f"drill-sqlite: {error}", file=sys.stderr)
        return 1
    finally:
        scratch.empty(place)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: drill-sqlite FOLDER SCRATCH")
    end_with_signals()
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
