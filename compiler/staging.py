"""A place on the disk where a tree is put together, and what a disk may have against it."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from schema.diagnostics import Diagnostic, RejectedError

TREE = "tree"
"""The name of a tree in the staging area of one host; those of several hosts are numbers."""

_LONGEST_NAME = 255 - len("..hostwright")
"""Bytes of a folder's name that fit into its staging area's."""

_ANY_MODE = 0o777
_TRIES = 100
"""After so many, the folders above are not taken away by others: they cannot be made."""

_RIGHTS = (
    "it must be writable, and for one tree the folder that it lies in too, because a tree is "
    "replaced as a whole: give another"
)
_ADVICE = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room in the quota",
    errno.EROFS: "the file system is read-only: give another folder",
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EBUSY: "a mount point cannot be replaced: give a folder inside it with -o",
    errno.EXDEV: "a mount point cannot be replaced: give a folder inside it with -o",
    errno.EINVAL: "this file system cannot exchange two folders in one step "
    "(renameat2 RENAME_EXCHANGE): remove the old one yourself, or give another with -o",
}


def plain(folder: str) -> str:
    """A folder as a name in its parent, which can be renamed: without trailing slashes and dots."""
    folder = folder.rstrip("/") or "/"
    return os.path.realpath(folder) if os.path.basename(folder) in {"", ".", ".."} else folder


def staging_area(folder: str) -> str:
    """Where a tree is put together: beside its folder, on the same disk."""
    parent, name = os.path.split(folder)
    short = os.fsdecode(os.fsencode(name)[:_LONGEST_NAME])
    return os.path.join(parent, f".{short}.hostwright")


@contextmanager
def claimed(area: str, folder: str) -> Iterator[None]:
    """Have a staging area to oneself, empty; afterwards it is gone, and so is all that is in it.

    Another compile into the same folder waits. What one that was killed has left is removed: its
    lock went with it.

    Raises:
        RejectedError: the area cannot be made.
    """
    made: list[str] = []
    try:
        lock = _locked(area, made)
    except OSError as error:
        _remove_empty(made)
        raise _unwritable(folder, error) from error
    try:
        with reported(folder):
            _clear(area)
        yield
    finally:
        with suppress(OSError):
            _clear(area)
            os.rmdir(area)
        os.close(lock)
        _remove_empty(made)


def _locked(area: str, made: list[str]) -> int:
    """The staging folder's descriptor, once nobody else has it locked."""
    import fcntl

    while True:
        _make_folder(area, 0o700, made)
        try:
            descriptor = os.open(area, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except FileNotFoundError:
            continue  # whoever had it has just finished
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.lstat(area), os.fstat(descriptor)):
                return descriptor
        os.close(descriptor)


def _make_folder(folder: str, mode: int, made: list[str]) -> bool:
    """Make a folder, and those above it, which a compile that fails takes away meanwhile.

    Returns:
        Whether it is new.
    """
    above = os.path.dirname(folder)
    for tries_left in reversed(range(_TRIES)):
        try:
            os.mkdir(folder, mode)
        except FileExistsError:
            return False
        except FileNotFoundError:
            if not (above and tries_left) or os.path.islink(above):
                raise
            if _make_folder(above, _ANY_MODE, made):
                made.append(above)
        else:
            return True
    return False


def _remove_empty(folders: list[str]) -> None:
    for folder in reversed(folders):
        with suppress(OSError):
            os.rmdir(folder)


def _clear(area: str) -> None:
    """Remove every tree in a staging area, and nothing that only happens to lie there."""
    for name in os.listdir(area):
        if name != TREE and not name.isdigit():
            raise OSError(errno.EEXIST, f'the folder "{area}" is in the way, with "{name}" in it')
    try:
        _remove_all(area)
    except PermissionError:  # somebody has made a part of the old tree read-only
        for where, _, _ in os.walk(area):
            os.chmod(where, 0o700)
        _remove_all(area)


def _remove_all(folder: str) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _remove_all(entry.path)
                os.rmdir(entry.path)
            else:
                os.unlink(entry.path)


@contextmanager
def reported(folder: str) -> Iterator[None]:
    """Make an error of the file system a diagnostic."""
    try:
        yield
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: str, error: OSError) -> RejectedError:
    reason = error.strerror or str(error)
    return RejectedError(
        [
            Diagnostic(
                "HW071",
                f'cannot write the output folder "{folder}": {reason}; it is as it was',
                fix=_ADVICE.get(error.errno or 0),
            )
        ]
    )
