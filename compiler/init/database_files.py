"""SQLite: databases that are one file, found by the sixteen bytes that each begins with."""

import os
import re
import stat
from collections.abc import Iterator
from urllib.parse import quote

from compiler.init.accounts import bring, owner, users
from compiler.init.draft import Draft, Source
from compiler.init.root import Root
from schema.layout import lies_in
from schema.scalars import AbsolutePath

_MAGIC = b"SQLite format 3\0"
_BELOW = "/var/lib"
_DEEPEST = 4
_MOST_ENTRIES = 20_000
_MOST_JOBS = 12
_SMALLEST = 512
_SQLITE = "/usr/bin/sqlite3"

_SKIPPED = frozenset(
    "apt containerd containers docker dpkg flatpak libvirt lxc lxd machines mysql polkit-1 "
    "portables postgresql private snapd systemd".split()
)
"""Folders of other programs, which dump by other means or have no database of ours."""

_MADE_AGAIN = frozenset(
    ["PackageKit", "colord", "command-not-found", "fwupd", "geoclue", "mlocate", "rpm"]
)
"""Folders whose databases are caches of what a package manager, or a device, says."""


def database_files(root: Root, draft: Draft, covered: tuple[str, ...]) -> None:
    """Add a job for each database in /var/lib that no module covers."""
    found, is_whole = _search(root)
    left = [path for path in found if not any(lies_in(path, folder) for folder in covered)]
    for path in left[:_MOST_JOBS]:
        dump_file(root, draft, path)
    if more := left[_MOST_JOBS:]:
        draft.notes += ["", "SQLite databases that have no job below, as they are too many:"]
        draft.notes += [f"  {path}" for path in more]
    if not is_whole:
        said = f"{_BELOW} has more than {_MOST_ENTRIES} files: the search for SQLite stopped there."
        draft.notes += ["", said]


def dump_file(
    root: Root, draft: Draft, path: str, *, user: str | None = None, source: Source | None = None
) -> bool:
    """Add the job that copies one database; tells whether there is a job for it now."""
    user = user or owner(root, path, users(root))
    reason = _hindrance(root, path, user)
    if reason and source is None:
        draft.notes += ["", f"The SQLite database {path} has no job: {reason}."]
    if reason or user is None:
        return False
    folder, _, name = path.rpartition("/")
    at = ("modules", "dump", _job_name(draft, path))
    copy = name if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", name) else "copy.sqlite"
    missing = () if root.is_file(_SQLITE) else ("It needs: apt install sqlite3",)
    draft.section(at, (f"The SQLite database {path}.", *missing), source)
    draft.put((*at, "user"), user)
    # As an address, so that a database that has gone is an error and not an empty file.
    address = f"file:{quote(path)}?mode=rw"
    copying = f"VACUUM INTO '{copy}'"
    draft.put((*at, "command"), (_SQLITE, "-bail", "-cmd", ".timeout 300000", address, copying))
    draft.put((*at, "output"), "folder")
    draft.put((*at, "needs", "write"), (folder,), ("SQLite locks it there.",))
    bring(draft, user=user, folder=folder)
    return True


def _hindrance(root: Root, path: str, user: str | None) -> str | None:
    """Why no unit could make the dump of a database, or None."""
    if AbsolutePath.problem(path) is not None:
        return "a manifest cannot hold its path"
    if user is None:
        return "its owner has no name"
    file, folder = root.status(path), root.status(path.rpartition("/")[0])
    if file is None or folder is None or file.st_uid != folder.st_uid:
        return "its folder belongs to another user, and SQLite writes its locks there"
    return None


def _job_name(draft: Draft, path: str) -> str:
    """A name by the folders below /var/lib, without doublings: grafana/grafana.db is one word."""
    stem = re.sub(r"\.[A-Za-z0-9]+$", "", path.removeprefix(f"{_BELOW}/"))
    words = re.sub(r"[^a-z0-9]+", " ", stem.lower()).split()
    distinct = [word for number, word in enumerate(words) if words[:number][-1:] != [word]]
    name = "-".join(("sqlite", *distinct))[:56].strip("-")
    taken = 1
    while draft.get(("modules", "dump", name if taken == 1 else f"{name}-{taken}")) is not None:
        taken += 1
    return name if taken == 1 else f"{name}-{taken}"


def _search(root: Root) -> tuple[list[str], bool]:
    """The databases in /var/lib, and whether all of it could be searched."""
    found: list[str] = []
    for seen, (path, status) in enumerate(_walked(root, _BELOW, _DEEPEST), 1):
        if seen > _MOST_ENTRIES:
            return found, False
        is_candidate = stat.S_ISREG(status.st_mode) and status.st_size >= _SMALLEST
        if is_candidate and root.content(path, len(_MAGIC)) == _MAGIC:
            found.append(path)
    return found, True


def _walked(root: Root, folder: str, levels: int) -> Iterator[tuple[str, "os.stat_result"]]:
    for path, status in root.entries(folder):
        yield path, status
        name = path.removeprefix(f"{_BELOW}/")
        if stat.S_ISDIR(status.st_mode) and levels > 1 and name not in _SKIPPED | _MADE_AGAIN:
            yield from _walked(root, path, levels - 1)
