"""What stands in an output folder, and whether all of it is Hostwright's.

The listing in `.hostwright` tells: a file that it does not have, or that has changed since, is
somebody's work, and no compile takes it away.
"""

import os
import stat
from collections.abc import Iterator
from hashlib import sha256

from schema.diagnostics import Diagnostic, RejectedError
from schema.tree import Tree

STAMP = ".hostwright"
_TITLE = "# Hostwright tree "
_ANOTHER = "give another folder with -o, or empty this one yourself"


def stamp_of(tree: Tree) -> str:
    """What `.hostwright` holds: the tree's digest and its listing."""
    return f"{_TITLE}sha256:{tree.digest}\n{tree.listing()}"


def standing(folder: str, name: str | None = None) -> str | None:
    """Look at what an output folder holds; reports call it `name`.

    Returns:
        The stamp of the tree that stands there, whole; None when there is none, or a part of one.

    Raises:
        RejectedError: it holds anything that Hostwright did not write, or that was changed since.
        OSError: it cannot be read.
    """
    if not os.path.lexists(folder):
        return None
    name = name or folder
    if os.path.islink(folder):
        leads = "a symbolic link to a folder" if os.path.isdir(folder) else "a symbolic link"
        raise _foreign(name, f"it is {leads}", "give the folder itself with -o, by its own path")
    if not os.path.isdir(folder):
        raise _foreign(name, "it is not a folder", "give another path with -o")
    if (stamp := _stamp(folder)) is None:
        with os.scandir(folder) as entries:
            if (first := next(entries, None)) is not None:
                raise _foreign(name, f'Hostwright did not write it ("{first.name}" is in it)')
        return None
    listed = _listed(stamp)
    whole = True
    wanted = {parent for path in listed for parent in _parents(path)}
    missing = {*listed, *wanted}
    for path, is_folder in _entries(folder):
        missing.discard(path)
        if is_folder:
            whole = whole and path in wanted
        elif path not in listed:
            raise _foreign(name, f'Hostwright did not write "{path}"')
        else:
            mode, content = _described(os.path.join(folder, path))
            if content != listed[path][1]:
                raise _foreign(name, f'"{path}" was changed after Hostwright wrote it')
            whole = whole and mode == listed[path][0]
    return stamp if whole and not missing else None


def refuse_tree(folder: str) -> None:
    """Refuse a host's tree as the folder of several hosts.

    Raises:
        RejectedError: the folder is a tree itself.
    """
    if os.path.lexists(os.path.join(folder, STAMP)):
        reason = "it is the tree of one host, and several were given"
        raise _foreign(folder, reason, "give another folder with -o")


def _stamp(folder: str) -> str | None:
    try:
        stamp = _read(os.path.join(folder, STAMP)).decode()
    except (FileNotFoundError, IsADirectoryError, UnicodeDecodeError):
        return None
    return stamp if stamp.startswith(_TITLE) else None


def _listed(stamp: str) -> dict[str, tuple[str, str]]:
    """Path to mode and digest, or to "link" and target."""
    lines = (line.split(" ") for line in stamp.split("\n")[1:])
    return {line[2]: (line[0], line[1]) for line in lines if len(line) == 3}


def _parents(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:count]) for count in range(1, len(parts)))


def _entries(folder: str, below: str = "") -> Iterator[tuple[str, bool]]:
    """Every path in a folder but its stamp, and whether it is a folder, in the order of names."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            path = below + entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if path != STAMP:
                yield path, is_folder
            if is_folder:
                yield from _entries(entry.path, f"{path}/")


def _described(path: str) -> tuple[str, str]:
    """The listing's words for a file: its mode and digest, or "link" and its target."""
    status = os.lstat(path)
    if stat.S_ISLNK(status.st_mode):
        return "link", os.readlink(path)
    if not stat.S_ISREG(status.st_mode):
        return "other", ""
    return f"{stat.S_IMODE(status.st_mode):04o}", sha256(_read(path)).hexdigest()


def _read(path: str) -> bytes:
    """A regular file's content; a pipe or a link that took its place meanwhile is not followed."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb", buffering=0) as file:
        return file.read()


def _foreign(folder: str, reason: str, fix: str = _ANOTHER) -> RejectedError:
    return RejectedError(
        [
            Diagnostic(
                "HW070",
                f'the output folder "{folder}" is left alone: {reason}',
                fix=fix,
            )
        ]
    )
