"""`python -m compiler_package DIR` writes the package into a folder, and says what it wrote."""

import os
import sys
from pathlib import Path

from compiler_package.build import build


def main() -> None:
    """Build, as old as SOURCE_DATE_EPOCH says, or else as the newest release in CHANGELOG.md."""
    folder = Path(sys.argv[1])
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    name, content = build(int(epoch) if epoch else None)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    print(folder / name)


main()
