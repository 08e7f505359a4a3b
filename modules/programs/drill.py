#!/usr/bin/python3 -EsB
"""drill FOLDER GLOB [BORG-OPTION...] NAME...: extracts the newest archive's dumps into FOLDER.

drill --clean FOLDER: removes everything in FOLDER.

GLOB matches this host's archives, NAME is a folder of /backup, and becomes FOLDER/NAME. FOLDER is
setgid: what is extracted belongs to its group, which may read it. Owners and modes cannot be had
without being root, and a drill does without them.
"""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import scratch
from signals import end_with_signals

_WARNING = 1


class DrillError(Exception):
    """No dump can be tried out; the text says why and what to do."""


def main(folder: Path, pattern: str, words: list[str]) -> int:
    """Extract dumps; gives the exit status."""
    options = [word for word in words if word.startswith("-")]
    names = [word for word in words if not word.startswith("-")]
    try:
        scratch.empty(folder)
        archive = _newest(pattern, options)
        print(f"drill: trying out the dumps of {archive}", flush=True)
        _extract(folder, archive, names, options)
        _let_group_read(folder)
    except (DrillError, OSError) as error:
        print(f"drill: {error}", file=sys.stderr)
        return 1
    return 0


def _newest(pattern: str, options: list[str]) -> str:
    """The name of the newest archive of this host."""
    listing = ["borg", *options, "list", "--json", "--last=1", f"--glob-archives={pattern}"]
    done = subprocess.run(listing, check=False, stdout=subprocess.PIPE)
    if done.returncode > _WARNING:
        raise DrillError("borg cannot list the archives; the reason is above")
    archives = json.loads(done.stdout)["archives"]
    if not archives:
        raise DrillError("there is no archive yet; make one: systemctl start backup.service")
    return str(archives[-1]["name"])


def _extract(folder: Path, archive: str, names: list[str], options: list[str]) -> None:
    extract = ["borg", *options, "extract", "--noacls", "--noxattrs", "--noflags"]
    paths = [f"pp:backup/{name}" for name in names]
    words = [*extract, "--strip-components=1", f"::{archive}", *paths]
    # Borg warns of a dump that is not in the archive; its own drill then finds no MANIFEST.json.
    if subprocess.run(words, check=False, cwd=folder).returncode > _WARNING:
        raise DrillError("borg cannot extract the dumps; the reason is above")


def _let_group_read(folder: Path) -> None:
    for parent, folders, files in os.walk(folder):
        for name in folders:
            _add(os.path.join(parent, name), stat.S_IRGRP | stat.S_IXGRP | stat.S_IRWXU)
        for name in files:
            _add(os.path.join(parent, name), stat.S_IRGRP)


def _add(path: str, mode: int) -> None:
    now = os.lstat(path).st_mode
    if stat.S_ISREG(now) or stat.S_ISDIR(now):
        os.chmod(path, (now & 0o777) | mode)


def clean(folder: Path) -> int:
    """Remove what a drill has left; gives the exit status."""
    try:
        scratch.empty(folder)
    except OSError as error:
        print(f"drill: {error}; remove what is in {folder} yourself", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    end_with_signals()
    if len(sys.argv) == 3 and sys.argv[1] == "--clean":
        sys.exit(clean(Path(sys.argv[2])))
    if len(sys.argv) < 4:
        sys.exit("usage: drill FOLDER GLOB [BORG-OPTION...] NAME... | drill --clean FOLDER")
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
