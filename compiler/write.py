"""Tree -> folder, whole or not at all.

A complete new tree is staged beside the folder and exchanged with it in one step; a crash at any
moment leaves the old tree or the new one. A folder is replaced only if every file in it is one that
Hostwright wrote there: the listing in `.hostwright` tells.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256

from schema.diagnostics import Diagnostic, RejectedError
from schema.tree import File, Link, Tree

STAMP = ".hostwright"
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
    staging = staging_of(folder)
    try:
        stage(tree, folder, staging)
        publish(staging, folder)
    finally:
        discard(staging)


def stage(tree: Tree, folder: str, staging: str) -> None:
    """Write the tree to `staging`, ready to be exchanged with `folder`.

    Raises:
        RejectedError: as `write`.
    """
    try:
        refuse_foreign(folder)
        discard(staging)
        os.makedirs(os.path.dirname(staging) or ".", exist_ok=True)
        _fill(tree, staging)
    except OSError as error:
        discard(staging)
        raise _unwritable(folder, error) from error


def publish(staging: str, folder: str) -> None:
    """Put a staged tree in the place of the folder, in one step.

    Raises:
        RejectedError: as `write`.
    """
    try:
        if os.path.isdir(folder):
            _exchange(staging, folder)
        else:
            os.rename(staging, folder)
        _sync_folder(os.path.dirname(os.path.abspath(folder)))
    except OSError as error:
        raise _unwritable(folder, error) from error


def discard(folder: str) -> None:
    """Remove a staging folder, or the old tree that publishing left in its place."""
    if os.path.lexists(folder):
        with suppress(OSError):
            _remove(folder)


def _remove(folder: str) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _remove(entry.path)
            else:
                os.unlink(entry.path)
    os.rmdir(folder)


def refuse_foreign(folder: str) -> None:
    """Refuse a folder that holds anything which Hostwright did not write there.

    Raises:
        RejectedError: with the first such file, or a file that was changed since.
    """
    if not os.path.lexists(folder):
        return
    if os.path.islink(folder) or not os.path.isdir(folder):
        raise _foreign(folder, "it is not a folder")
    if not (found := list(_files(folder))):
        return
    try:
        with open(os.path.join(folder, STAMP), encoding="utf-8") as stamp:
            listed = _listed(stamp.read())
    except (OSError, ValueError):
        raise _foreign(folder, f'Hostwright did not write it ("{found[0]}" is in it)') from None
    for path in found:
        if path == STAMP:
            continue
        if path not in listed:
            raise _foreign(folder, f'Hostwright did not write "{path}"')
        if _described(os.path.join(folder, path)) != listed[path].split(" ", 1)[-1]:
            raise _foreign(folder, f'"{path}" was changed after Hostwright wrote it')


def _listed(stamp: str) -> dict[str, str]:
    """Path -> mode and digest, or link and target, of every entry of a stamp."""
    lines = (line for line in stamp.splitlines() if not line.startswith("#"))
    split = (line.rsplit(" ", 1) for line in lines)
    return {path: description for description, path in split}


def stamp_text(tree: Tree) -> str:
    """What `.hostwright` holds: the tree's digest and its listing."""
    return f"# Hostwright tree sha256:{tree.digest}\n{tree.listing()}"


def _files(folder: str) -> Iterator[str]:
    for where, folders, files in os.walk(folder):
        folders.sort()
        links = [name for name in folders if os.path.islink(os.path.join(where, name))]
        for name in sorted(files + links):
            yield os.path.relpath(os.path.join(where, name), folder)


def _described(path: str) -> str:
    if os.path.islink(path):
        return os.readlink(path)
    with open(path, "rb") as file:
        return sha256(file.read()).hexdigest()


def staging_of(folder: str) -> str:
    """Where a tree is put together before it takes the folder's place: beside it, on its disk."""
    parent, name = os.path.split(os.path.abspath(folder))
    return os.path.join(parent, f".{name}.hostwright-{os.getpid()}")


def _fill(tree: Tree, staging: str) -> None:
    made: set[str] = set()
    _make_folder(staging, made)
    for path, entry in tree.items():
        target = f"{staging}/{path}"
        _make_folder(os.path.dirname(target), made)
        if isinstance(entry, Link):
            os.symlink(entry.target, target)
        else:
            _write_file(target, entry)
    _write_file(f"{staging}/{STAMP}", stamp_text(tree))
    _sync_file_system(staging)


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


def _sync_file_system(folder: str) -> None:
    """Sync once per tree, not per file (a power cut must not leave empty files behind a rename)."""
    _sync_folder(folder)


def _sync_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _exchange(staging: str, folder: str) -> None:
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    one, other = os.fsencode(staging), os.fsencode(folder)
    if library.renameat2(_AT_FDCWD, one, _AT_FDCWD, other, _EXCHANGE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), folder)


def _foreign(folder: str, reason: str) -> RejectedError:
    return RejectedError(
        [
            Diagnostic(
                "HW070",
                f'the output folder "{folder}" is left alone: {reason}',
                fix="give another folder with -o, or empty this one yourself",
            )
        ]
    )


def _unwritable(folder: str, error: OSError) -> RejectedError:
    advice = {
        errno.ENOSPC: "make room on the disk",
        errno.EDQUOT: "make room in the quota",
        errno.EROFS: "the file system is read-only: give another folder with -o",
        errno.EACCES: "give a folder with -o that you may write to",
        errno.EPERM: "give a folder with -o that you may write to",
        errno.EINVAL: "this file system cannot exchange two folders in one step "
        "(renameat2 RENAME_EXCHANGE): give a folder on another one with -o",
    }
    reason = error.strerror or str(error)
    return RejectedError(
        [
            Diagnostic(
                "HW071",
                f'cannot write the output folder "{folder}": {reason}; it is as it was',
                fix=advice.get(error.errno or 0),
            )
        ]
    )
