"""The wheels that the package is made of: ours, and those of the libraries it brings along."""

import hashlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

from compiler_package.project import FILES, ROOT

REQUIREMENTS = FILES / "bundled.txt"
_CACHE = ROOT / ".cache" / "bundled"
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")

Wheel = dict[str, bytes]
"""The content of each file, by its path."""


class DownloadError(Exception):
    """pip did not bring what files/bundled.txt names."""


def own() -> Wheel:
    """The wheel of this checkout.

    Raises:
        subprocess.CalledProcessError: hatchling failed; what it said is in `stderr`.
    """
    with tempfile.TemporaryDirectory() as folder:
        code = f"from hatchling.build import build_wheel; build_wheel({folder!r})"
        _run("-c", code)
        (file,) = Path(folder).iterdir()
        return _read(file)


def bundled() -> tuple[Wheel, ...]:
    """The wheels of files/bundled.txt, downloaded unless that was done before.

    Raises:
        DownloadError: no network, or no such wheel there.
    """
    wanted = _HASH.findall(REQUIREMENTS.read_text())
    if not set(wanted) <= _cached().keys():
        _download()
    files = _cached()
    return tuple(_read(files[digest]) for digest in wanted)


def _download() -> None:
    options = ("--require-hashes", "--no-deps", "--only-binary=:all:", f"--dest={_CACHE}")
    words = ("-m", "pip", "download", "--quiet", *options, f"--requirement={REQUIREMENTS}")
    try:
        _run(*words)
    except subprocess.CalledProcessError as error:
        raise DownloadError(error.stderr) from error


def _cached() -> dict[str, Path]:
    return {hashlib.sha256(file.read_bytes()).hexdigest(): file for file in _CACHE.glob("*.whl")}


def _read(file: Path) -> Wheel:
    with ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name[-1] != "/"}


def _run(*words: str) -> None:
    words = (sys.executable, *words)
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True, encoding="utf-8")
