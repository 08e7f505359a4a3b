"""A written tree -> where it differs from what Hostwright wrote there."""

import os
from collections.abc import Iterator
from hashlib import sha256

from schema.diagnostics import Diagnostic

_AGAIN = "compile the manifest again"


def differences(folder: str, stamp: str) -> Iterator[Diagnostic]:
    """Compare every file, mode and link of a folder with the listing in its stamp.

    Args:
        folder: the tree.
        stamp: the name of the file in it that lists what Hostwright wrote (`Tree.listing`).
    """
    try:
        with open(os.path.join(folder, stamp), encoding="utf-8") as file:
            head, _, listing = file.read().partition("\n")
    except (OSError, ValueError):
        reason = f"the folder is no tree of Hostwright: there is no {stamp} to read in it"
        yield _difference(folder, reason, "give the folder that compile -o has made")
        return
    if head.rpartition(":")[2] != sha256(listing.encode()).hexdigest():
        yield _difference(
            os.path.join(folder, stamp), "the file was changed after Hostwright wrote it"
        )
    listed = {line.rpartition(" ")[2]: line for line in listing.splitlines()}
    there = {path for path in _files(folder) if path != stamp}
    for path in sorted({*listed, *there}):
        file_path = os.path.join(folder, path)
        if path not in there:
            yield _difference(file_path, "the file is missing")
        elif path not in listed:
            yield _difference(file_path, "the file was not written by Hostwright", "take it out")
        elif (found := _described(file_path, path)) != listed[path]:
            yield _difference(file_path, _change(listed[path], found))


def _files(folder: str) -> Iterator[str]:
    """Everything but folders, as paths below the folder."""
    for where, folders, files in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(where, name))]
        for name in (*files, *links):
            yield os.path.relpath(os.path.join(where, name), folder)


def _described(file: str, path: str) -> str:
    """The listing's line for a file that is there."""
    if os.path.islink(file):
        return f"link {os.readlink(file)} {path}"
    try:
        with open(file, "rb") as content:
            digest = sha256(content.read()).hexdigest()
    except OSError:
        digest = "unreadable"
    return f"{os.stat(file).st_mode & 0o7777:04o} {digest} {path}"


def _change(listed: str, found: str) -> str:
    (before, content, _), (now, other, _) = listed.split(" ", 2), found.split(" ", 2)
    if "link" in (before, now):
        return f"it is {_kind(now, other)} instead of {_kind(before, content)}"
    if other == "unreadable":
        return "the file cannot be read"
    if content != other:
        return "the file was changed after Hostwright wrote it"
    return f"the file has the mode {now} instead of {before}"


def _kind(mode: str, target: str) -> str:
    return f"a link to {target}" if mode == "link" else "a file"


def _difference(file: str, what: str, fix: str = _AGAIN) -> Diagnostic:
    return Diagnostic("HW075", what, fix=fix, file=file)
