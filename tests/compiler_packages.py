"""The compiler's own package, built from this checkout for tests that look at it."""

from importlib.util import find_spec
from pathlib import Path

from compiler_package import wheels
from compiler_package.build import build
from tests.support import give_up


def built(folder: Path) -> Path:
    """Write the package into a folder; skips the test where its parts cannot be had."""
    absent = [name for name in ("hatchling", "pip") if find_spec(name) is None]
    if absent:
        give_up(f"not installed: {', '.join(absent)}")
    try:
        wheels.bundled()
    except wheels.DownloadError as error:
        give_up(str(error))
    name, content = build()
    (folder / name).write_bytes(content)
    return folder / name
