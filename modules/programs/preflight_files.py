"""Is what the package brought still there: programs, units, and borg's home?"""

import ast
import os
import pwd
import re
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import preflight_settings
from archives import USER
from as_user import exists
from findings import FAIL, GOOD, Finding
from preflight_settings import TMPFILES, Expected

_KEPT = (".cache", ".cache/borg", ".config", ".config/borg")
_INFORMATION = Path("/var/lib/dpkg/info")
_LOOKING_SECONDS = 10.0
_OF_THE_DISK = "lost+found"


def check(expected: Expected) -> Iterator[Finding]:
    """Look at every file that units need; a tree that is not installed brings them all."""
    if not expected.installed:
        return
    found = [*_units(expected), *_programs(expected), *_home(expected)]
    yield from found or [Finding(GOOD, "files", "programs, units and borg's home are there")]


def _units(expected: Expected) -> Iterator[Finding]:
    for unit in expected.units:
        file = expected.system / unit
        if not file.is_file():
            yield Finding(FAIL, f"unit {unit}", f"{file} is not there: {_again()}")
        elif file.stat().st_size == 0:
            yield Finding(FAIL, f"unit {unit}", f"{file} is empty: {_again()}")


def _programs(expected: Expected) -> Iterator[Finding]:
    """What units call in the folder of this program, with all that it imports from there."""
    folder = preflight_settings.FILE.parent
    waiting = sorted(_called(expected, folder))
    known = set(waiting)
    while waiting:
        file = waiting.pop(0)
        if problem := _program(file):
            yield Finding(FAIL, f"program {file}", problem)
            continue
        imported = {folder / f"{name}.py" for name in _imports(file)} - known
        known |= imported
        waiting += sorted(imported)


def _called(expected: Expected, folder: Path) -> set[Path]:
    name = re.compile(re.escape(f"{folder}/") + r"[\w.-]*\w")
    found: set[Path] = set()
    for unit in expected.units:
        with suppress(OSError):
            text = (expected.system / unit).read_text("utf-8", "replace")
            found.update(map(Path, name.findall(text)))
    return found


def _program(file: Path) -> str | None:
    try:
        content, mode = file.read_bytes(), file.stat().st_mode
    except FileNotFoundError:
        return f"is not there, and units need it: {_again()}"
    if not content:
        return f"is empty, and units need it: {_again()}"
    wanted = 0o555 if content.startswith(b"#!") else 0o444
    if mode & wanted != wanted:
        how = f"chmod {0o755 if wanted == 0o555 else 0o644:o} {file}"
        return f"cannot be {'run' if wanted == 0o555 else 'read'} by the users of the units: {how}"
    if _is_python(file, content):
        try:
            ast.parse(content)
        except (SyntaxError, ValueError):
            return f"is damaged, and units need it: {_again()}"
    return None


def _is_python(file: Path, content: bytes) -> bool:
    return file.suffix == ".py" or b"python3" in content.partition(b"\n")[0]


def _imports(file: Path) -> Iterator[str]:
    """The libraries beside it, by name, that a program imports."""
    content = file.read_bytes()
    for node in ast.parse(content).body if _is_python(file, content) else ():
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        roots = (name.partition(".")[0] for name in names)
        yield from (root for root in roots if root not in sys.stdlib_module_names)


def _again() -> str:
    """How to have the files of this tree again."""
    about = preflight_settings.FILE.parent / "package.toml"
    package = ""
    with suppress(OSError, ValueError, KeyError):
        package = tomllib.loads(about.read_text("utf-8"))["name"]
    if package and (_INFORMATION / f"{package}.list").exists():
        return f"apt-get install --reinstall {package}, or dpkg --install its file"
    return "copy the compiled tree again: cp -a OUT/usr/. /usr/"


def _home(expected: Expected) -> Iterator[Finding]:
    """borg, which is not root, must be able to write to its cache and its notes."""
    if not exists(USER):
        return
    home = Path(expected.home)
    for folder in (home, *(home / name for name in _KEPT)):
        if folder not in expected.made:
            continue
        if not folder.is_dir():
            yield Finding(FAIL, f"home {home}", f"{folder} is not there: {TMPFILES}")
            return
        inner = folder.name == USER and folder != home
        if found := foreign(folder, USER, _LOOKING_SECONDS / 4 if inner else 0):
            say = f"{found} does not belong to {USER}: chown -R {USER}:{USER} {home}"
            yield Finding(FAIL, f"home {home}", say)
            return


def foreign(folder: Path, user: str, seconds: float = _LOOKING_SECONDS) -> Path | None:
    """The first of a folder and all that is in it which does not belong to a user.

    It is looked for so many seconds only; with 0, nothing but the folder itself is looked at.
    """
    owner = pwd.getpwnam(user).pw_uid
    deadline = time.monotonic() + seconds
    if folder.stat().st_uid != owner:
        return folder
    waiting = [folder]
    while waiting and time.monotonic() < deadline:
        inner: list[Path] = []
        for file, its_owner, is_folder in _entries(waiting.pop()):
            if its_owner != owner:
                return file
            inner += [file] * is_folder
        waiting += reversed(inner)
    return None


def _entries(folder: Path) -> Iterator[tuple[Path, int, bool]]:
    """What is in a folder, with its owner; a running backup removes what it no longer needs."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.name == _OF_THE_DISK:
                continue
            with suppress(FileNotFoundError):
                look = entry.stat(follow_symlinks=False)
                yield Path(entry.path), look.st_uid, entry.is_dir(follow_symlinks=False)


def standing(path: Path) -> Path:
    """The path itself, or the nearest folder above it that is there."""
    return next(one for one in (path, *path.parents) if one.is_dir())
