"""What stands in an output folder, and whether all of it is Hostwright's.

The listing in `.hostwright` tells: a file that it does not have, or that has changed since, is
somebody's work, and no compile takes it away.
"""

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256

from attrs import frozen

from schema.diagnostics import Diagnostic, RejectedError
from schema.tree import Tree

STAMP = ".hostwright"
_TITLE = "# Hostwright tree "
_OF_MANIFEST = "of manifest sha256:"
_DIGEST = "[0-9a-f]{64}"
_HEAD = rf"{_TITLE}({_OF_MANIFEST}(?P<manifest>{_DIGEST}), )?sha256:(?P<tree>{_DIGEST})"
_ANOTHER = "give another folder with -o, or empty this one yourself"


@frozen(eq=False, repr=False)
class Stamp:
    """What `.hostwright` says, taken apart.

    Attributes:
        manifest: the digest of the manifest (`compiler.digest`), or empty if it is not known.
        tree: the digest of the tree.
        listed: path to mode and digest of the content, or to "link" and target.
    """

    manifest: str
    tree: str
    listed: dict[str, tuple[str, str]]


def stamp_of(tree: Tree, manifest: str = "") -> str:
    """What `.hostwright` holds: the digests of manifest and tree, and the tree's listing."""
    made_from = f"{_OF_MANIFEST}{manifest}, " if manifest else ""
    return f"{_TITLE}{made_from}sha256:{tree.digest}\n{tree.listing()}"


def read_stamp(folder: str) -> Stamp:
    """Read the stamp of a tree.

    Raises:
        OSError: there is none that can be read, or it is not as Hostwright wrote it.
    """
    if (stamp := _stamp(folder)) is None:
        raise FileNotFoundError(errno.ENOENT, f"there is no {STAMP} in it")
    head, _, listing = stamp.partition("\n")
    said = re.fullmatch(_HEAD, head)
    if said is None or said["tree"] != sha256(listing.encode()).hexdigest():
        raise OSError(errno.EBADMSG, f"its {STAMP} was changed after Hostwright wrote it")
    return Stamp(said["manifest"] or "", said["tree"], _listed(stamp))


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


def trees_in(folder: str) -> list[str]:
    """The folder itself, or the trees in it when it holds one for each of several hosts."""
    if os.path.exists(os.path.join(folder, STAMP)):
        return [folder]
    with suppress(OSError):
        inner = (os.path.join(folder, name) for name in sorted(os.listdir(folder)))
        found = [one for one in inner if os.path.exists(os.path.join(one, STAMP))]
        return found or [folder]
    return [folder]


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
