"""Is each secret there, in shape, and nobody's but root's? No secret is ever printed."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import credentials
from findings import FAIL, GOOD, NOTE, Finding
from settings import RestoreError

STORES = (Path("/etc/credstore"), credentials.ENCRYPTED)
_FOR_OTHERS = 0o077
_WRITABLE_BY_OTHERS = 0o022


def check(name: str, file: Path) -> Iterator[Finding]:
    """Look at one credential: its file, its content, and the folder that it lies in."""
    subject = f"credential {name}"
    problem = _problem(name, file)
    yield Finding(FAIL, subject, problem) if problem else Finding(GOOD, subject, f"{file}")
    if problem is None and file.parent in STORES and _mode(file.parent) & _FOR_OTHERS:
        say = f"others can list {file.parent}: chmod 700 {file.parent}"
        yield Finding(NOTE, subject, say)


def _problem(name: str, file: Path) -> str | None:
    """What is wrong with a credential, and what to do about it."""
    how = credentials.how(file, name)
    try:
        look = file.stat()
    except FileNotFoundError:
        return f"{file} is not there: put {_what(name)} into it with mode 0600{how}"
    except NotADirectoryError:
        return f"{file.parent} is no folder: the credential must lie in one"
    if not stat.S_ISREG(look.st_mode):
        return f"{file} is no regular file: put {_what(name)} into one with mode 0600{how}"
    if problem := _exposed(file, look):
        return problem
    try:
        content = credentials.read(file, name)
    except RestoreError as error:
        return str(error)
    return None if content.strip() else f"{file} is empty: put {_what(name)} into it{how}"


def _exposed(file: Path, look: os.stat_result) -> str | None:
    """Who besides root gets at a file. What is encrypted may be read by anybody."""
    if look.st_uid != 0:
        return f"{file} does not belong to root: chown root: {file}"
    is_encrypted = file.is_relative_to(credentials.ENCRYPTED)
    if look.st_mode & (_WRITABLE_BY_OTHERS if is_encrypted else _FOR_OTHERS):
        mode = stat.S_IMODE(look.st_mode)
        return f"others than root get at {file} (mode {mode:04o}): chmod 600 {file}"
    folder = file.resolve().parent
    if folder.stat().st_uid != 0:
        return f"{folder}, where it lies, does not belong to root: chown root: {folder}"
    if _mode(folder) & _WRITABLE_BY_OTHERS and not _mode(folder) & stat.S_ISVTX:
        return f"others can write to {folder}, where it lies: chmod go-w {folder}"
    return None


def _mode(path: Path) -> int:
    return path.stat().st_mode


def _what(name: str) -> str:
    if name == "passphrase":
        return "the passphrase of the repository"
    return "the private ssh key" if name == "ssh_key" else f"the {name.replace('_', ' ')}"
