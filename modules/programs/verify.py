#!/usr/bin/python3 -EsB
"""verify FOLDER: whether the dump in FOLDER is, byte for byte, what was recorded when it was made.

A restore and a drill begin with this: what a disk or a repository has changed is not restored.
"""

import sys
from pathlib import Path

import contract


def main(folder: Path) -> int:
    """Verify a dump, and say of when it is; gives the exit status."""
    try:
        record = contract.verify(folder)
    except contract.ContractError as error:
        print(f"verify: {error}; try an older archive", file=sys.stderr)
        return 1
    tool = f", by {record.tool}" if record.tool else ""
    print(
        f"{record.dump}: {len(record.files)} files with {record.bytes} bytes are as they were "
        f"dumped on {record.made}{tool}"
    )
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: verify FOLDER")
    sys.exit(main(Path(sys.argv[1])))
