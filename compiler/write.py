"""Tree -> folder, whole or not at all.

A complete new tree is staged on the folder's disk, synced, and exchanged with the folder in one
step; a crash at any moment leaves the old tree or the new one. What stood there before goes only
if all of it is Hostwright's (`compiler.standing`).
"""

import errno
import os
from contextlib import suppress

from compiler.staging import TREE, claimed, plain, reported, staging_area
from compiler.standing import STAMP, stamp_of, standing
from schema.tree import File, Link, Tree

FOLDER_MODE = 0o755
FILE_MODE = 0o644
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_AT_FDCWD = -100


def write(tree: Tree, folder: str) -> None:
    """Make `folder` hold exactly this tree.

    Raises:
        RejectedError: the folder holds files of somebody else, or cannot be written. It is then
            as it was.
    """
    folder = plain(folder)
    area = staging_area(folder)
    with claimed(area, folder):
        if stage(tree, folder, f"{area}/{TREE}"):
            sync(area, folder)
            publish(f"{area}/{TREE}", folder)
            settle(folder)


def stage(tree: Tree, folder: str, staging: str, manifest: str = "") -> bool:
    """Write the tree to `staging`, ready to be published; its stamp has the manifest's digest.

    Returns:
        Whether there is anything to publish: a folder that holds this very tree stays as it is.

    Raises:
        RejectedError: as `write`.
    """
    stamp = stamp_of(tree, manifest)
    with reported(folder):
        if standing(folder) == stamp:
            return False
        _fill(tree, stamp, staging)
    return True


def sync(area: str, folder: str) -> None:
    """Put all that was staged on the disk, once: a power cut must not empty what a rename made.

    Raises:
        RejectedError: the disk takes it no more.
    """
    with reported(folder):
        descriptor = os.open(area, os.O_RDONLY | os.O_DIRECTORY)
        try:
            _call("syncfs", descriptor)
        finally:
            os.close(descriptor)


def publish(staging: str, folder: str) -> None:
    """Put a staged tree in the place of the folder, in one step; the old one is then in `staging`.

    Raises:
        RejectedError: as `write`.
    """
    with reported(folder):
        swap(staging, folder)
        try:
            if os.path.lexists(staging):
                standing(staging, folder)  # somebody may have written to it in the meantime
        except BaseException:
            swap(staging, folder)
            raise


def settle(folder: str) -> None:
    """Put the publishing itself on the disk; a file system that cannot is none to wait for."""
    with suppress(OSError):
        descriptor = os.open(os.path.dirname(folder) or ".", os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def withdraw(staging: str, folder: str) -> None:
    """Undo `publish`, as far as the disk lets it."""
    with suppress(OSError):
        if os.path.lexists(staging):
            swap(staging, folder)
        else:
            os.rename(folder, staging)


def swap(staging: str, folder: str) -> None:
    """Move a tree to where there is none, or exchange it with the one that is there."""
    try:
        os.rename(staging, folder)
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise
        paths = os.fsencode(staging), os.fsencode(folder)
        _call("renameat2", _AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _EXCHANGE)


def _call(function: str, *arguments: int | bytes) -> None:
    """Call a function of the C library that Python has no name for.

    Raises:
        OSError: it failed.
    """
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, function)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _fill(tree: Tree, stamp: str, staging: str) -> None:
    made: set[str] = set()
    _make_folder(staging, made)
    for path, entry in tree.items():
        target = f"{staging}/{path}"
        _make_folder(os.path.dirname(target), made)
        if isinstance(entry, Link):
            os.symlink(entry.target, target)
        else:
            _write_file(target, entry)
    _write_file(f"{staging}/{STAMP}", stamp)


def _make_folder(path: str, made: set[str]) -> None:
    if path in made:
        return
    parent = os.path.dirname(path)
    if made and parent not in made:
        _make_folder(parent, made)
    os.mkdir(path)
    os.chmod(path, FOLDER_MODE)
    made.add(path)


def _write_file(path: str, entry: File | str) -> None:
    text, mode = (entry, FILE_MODE) if isinstance(entry, str) else (entry.text, entry.mode)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        content = memoryview(text.encode())
        while content:
            content = content[os.write(descriptor, content) :]
        os.fchmod(descriptor, mode)
    finally:
        os.close(descriptor)
