"""A written tree -> where it differs from what Hostwright wrote there."""

import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from hashlib import sha256

from schema.diagnostics import Diagnostic

_AGAIN = "remove the folder, and compile the manifest into it again"
_GIT = ".git"
_EXECUTABLE, _SPECIAL = 0o100, 0o7000
_LINE = "(0[0-7]{3} [0-9a-f]{64}|link [^ ]+) [^ ]+"
"""Of a listing; no program of a tree runs as somebody else, so no mode has such bits."""


def differences(folder: str, stamp: str) -> Iterator[Diagnostic]:
    """Compare every file, folder and link of a tree with the listing in its stamp.

    Of a mode only whether the owner may execute the file counts, and the bits that make a program
    run as somebody else: git keeps no other, so a checkout has those of whoever made it.

    Args:
        folder: the tree.
        stamp: the name of the file in it that lists what Hostwright wrote (`Tree.listing`).
    """
    try:
        head, _, listing = _text(os.path.join(folder, stamp)).partition("\n")
    except (OSError, ValueError):
        reason = f"the folder is no tree of Hostwright: there is no {stamp} to read in it"
        yield _difference(folder, reason, "give the folder that compile -o has made")
        return
    lines = [line for line in listing.split("\n") if re.fullmatch(_LINE, line)]
    is_whole = listing == "".join(f"{line}\n" for line in lines)
    if not is_whole or head.rpartition(":")[2] != sha256(listing.encode()).hexdigest():
        yield _difference(
            os.path.join(folder, stamp), "the file was changed after Hostwright wrote it"
        )
    listed = {line.rpartition(" ")[2]: line for line in lines}
    there = {path: kind for path, kind in _leaves(folder) if path != stamp}
    for path in sorted({*listed, *there}):
        file_path = os.path.join(folder, path)
        if path not in there:
            yield _difference(file_path, "the file is missing")
        elif path not in listed:
            what = f"the {there[path]} was not written by Hostwright"
            yield _difference(file_path, what, "take it out")
        elif change := _change(listed[path], _described(file_path, path)):
            yield _difference(file_path, change)


def strays(folder: str, trees: Collection[str]) -> Iterator[Diagnostic]:
    """Report what stands beside the trees of several hosts and is none, such as half a one.

    Args:
        folder: the folder of the trees.
        trees: their paths.
    """
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if path not in trees and name != _GIT:
            kind = "folder" if os.path.isdir(path) else "file"
            fix = "take it out; if it was a tree, compile its manifest again"
            yield _difference(path, f"the {kind} beside the trees is none of Hostwright", fix)


def _text(file: str) -> str:
    """A file as it is, to the last byte; a pipe in its place would keep its reader waiting."""
    if not os.path.isfile(file):
        raise FileNotFoundError(file)
    with open(file, encoding="utf-8", newline="") as stamp:
        return stamp.read()


def _leaves(folder: str) -> Iterator[tuple[str, str]]:
    """What has nothing below it, as paths below the folder: files, links and empty folders."""
    for where, folders, files in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(where, name))]
        for name in (*files, *links):
            yield os.path.relpath(os.path.join(where, name), folder), "file"
        if not folders and not files and where != folder:
            yield os.path.relpath(where, folder), "folder"


def _described(file: str, path: str) -> str:
    """The listing's line for a file that is there."""
    if os.path.islink(file):
        return f"link {os.readlink(file)} {path}"
    digest = "unreadable"
    with suppress(OSError):
        if os.path.isfile(file):  # a pipe would keep its reader waiting
            with open(file, "rb") as content:
                digest = sha256(content.read()).hexdigest()
    return f"{os.stat(file).st_mode & 0o7777:04o} {digest} {path}"


def _change(listed: str, found: str) -> str | None:
    (before, content, _), (now, other, _) = listed.split(" ", 2), found.split(" ", 2)
    if found == listed:
        return None
    if "link" in (before, now):
        return f"it is {_kind(now, other)} instead of {_kind(before, content)}"
    if other == "unreadable":
        return "the file cannot be read"
    if content != other:
        return "the file was changed after Hostwright wrote it"
    counting = _EXECUTABLE | _SPECIAL
    if int(now, 8) & counting != int(before, 8) & counting:
        return f"the file has the mode {now} instead of {before}"
    return None


def _kind(mode: str, target: str) -> str:
    return f"a link to {target}" if mode == "link" else "a file"


def _difference(file: str, what: str, fix: str = _AGAIN) -> Diagnostic:
    return Diagnostic("HW075", what, fix=fix, file=file)
