#!/usr/bin/python3 -EsB
"""hostwright-restore: brings files and dumps back from the backups of this host. Run it as root.

First look:    hostwright-restore list
One file:      hostwright-restore files --to /root/restored /etc/fstab
One database:  hostwright-restore dump postgresql shop
Everything:    docs/restore.md, "The whole host is gone"

Commands:
  list [ARCHIVE [PATH...]]           the archives, newest last; or what is in one
  files --to DIR [PATH...]           extracts files and folders, with owners, modes, ACLs, xattrs,
                                     below DIR; without a PATH everything; --to / is in place
  dump NAME [PART] [--as NEW]        restores a dump, beside what is there; PART is one database
  dump NAME [PART] --replace         restores a dump in the place of what is there
  borg ARG...                        any borg command, as the user borg, for this host's repository

  --archive ARCHIVE                  which archive (files, dump); otherwise this host's newest
"""

import os
import shutil
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

import accounts
import dumps
import processes
import settings
from archives import Archive, Repository, print_error, reached, run_as_borg
from settings import RestoreError, Settings


class _Parser(ArgumentParser):
    """Says what is wrong with a command line, and where the right one is shown."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"hostwright-restore: {message}; see: hostwright-restore --help\n")

    def format_help(self) -> str:
        return __doc__ or ""


def main(words: list[str]) -> int:
    """Carry out one command line and give the exit status."""
    if not words:
        print(__doc__)
        return 2
    processes.end_with_signals()
    try:
        if words[0] == "borg":
            _need_root()
            return run_as_borg(settings.read(), words[1:])
        options = _parse(words)
        _need_root()
        status = _COMMANDS[options.command](settings.read(), options)
        sys.stdout.flush()
        return status  # noqa: TRY300 - what cannot be printed is an error as well
    except RestoreError as error:
        print_error(f"hostwright-restore: {error}")
    except BrokenPipeError:
        # Nobody reads on, as after "| head"; what Python would flush at the end has no place to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        print_error(f"hostwright-restore: {error.filename}: {error.strerror}")
    return 1


def _parse(words: list[str]) -> Namespace:
    parser = _Parser(prog="hostwright-restore", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    listing = commands.add_parser("list", allow_abbrev=False)
    listing.add_argument("archive", nargs="?")
    listing.add_argument("paths", nargs="*")
    files = commands.add_parser("files", allow_abbrev=False)
    files.add_argument("--archive")
    files.add_argument("--to")
    files.add_argument("paths", nargs="*")
    dump = commands.add_parser("dump", allow_abbrev=False)
    dump.add_argument("--archive")
    dump.add_argument("--as", dest="name")
    dump.add_argument("--replace", action="store_true")
    dump.add_argument("dump", nargs="?")
    dump.add_argument("part", nargs="?")
    commands.add_parser("borg", help=SUPPRESS)
    return parser.parse_args(words)


def _need_root() -> None:
    if os.geteuid() != 0:
        raise RestoreError("only root can give files back to their owners; run it with sudo")


def _list(known: Settings, options: Namespace) -> int:
    with reached(known) as repository:
        if options.archive:
            chosen = repository.choose(options.archive)
            return _show(repository, chosen.name, _relative(options.paths))
        archives = repository.archives()
    if not archives:
        raise RestoreError(
            f"there is no archive of {known.host} in {known.repository} yet;"
            " for those of other hosts: hostwright-restore borg list"
        )
    width = max(len(archive.name) for archive in archives)
    for archive in archives:
        print(f"{archive.name:{width}}  {_when(archive)}")
    return 0


def _show(repository: Repository, archive: str, paths: tuple[str, ...]) -> int:
    missing = [path for path in paths or (None,) if not repository.show(archive, path)]
    if any(missing):
        raise RestoreError(f"not in {archive}: {', '.join(f'/{path}' for path in missing)}")
    return 0


def _files(known: Settings, options: Namespace) -> int:
    if options.to is None:
        raise RestoreError(
            "where to? --to /root/restored extracts beside what is there, --to / in its place"
        )
    to, paths = Path(options.to), _relative(options.paths)
    with reached(known) as repository:
        archive = repository.choose(options.archive)
        what = " ".join(f"/{path}" for path in paths) or "everything"
        print(f"{archive.name}, {_when(archive)}: {what} to {to}", flush=True)
        in_place = to.resolve() == Path("/")
        done = _bring_accounts(repository, archive, paths) if in_place else ()
        if not to.is_dir():
            to.mkdir(mode=0o700, parents=True)
        excluded = (f"--exclude=pf:{path}" for path in done)
        found = repository.extract(archive.name, paths, to, *excluded)
    missing = tuple(path for path in found.missing if path not in done)
    how = (
        "replaced what was there; what is not in the archive stayed" if in_place else f"below {to}"
    )
    print(f"{found.entries + len(done)} files and folders restored, {how}")
    if missing:
        raise RestoreError(
            f"not in {archive.name}: {', '.join(f'/{path}' for path in missing)}; look for the"
            f" right path: hostwright-restore list {archive.name}"
        )
    if found.warnings:
        raise RestoreError("borg could not restore everything as it was: see its warnings above")
    return 0


def _bring_accounts(
    repository: Repository, archive: Archive, paths: tuple[str, ...]
) -> tuple[str, ...]:
    """Replace the account files in one step, before anything else gets its owners from them."""
    covered = tuple(
        file
        for file in accounts.FILES
        if not paths or any(file == path or file.startswith(f"{path}/") for path in paths)
    )
    if not covered:
        return ()
    folder = accounts.folder_beside()
    try:
        repository.extract(archive.name, covered, folder)
        replaced = accounts.replace(folder)
    finally:
        shutil.rmtree(folder)
    if replaced.kept:
        print(f"kept accounts that only this machine has: {', '.join(replaced.kept)}")
    if replaced.owners:
        print(f"{replaced.owners} files of this machine have owners of new numbers")
    return replaced.files


def _dump(known: Settings, options: Namespace) -> int:
    if options.dump is None:
        names = ", ".join(known.dumps) or "none in the manifest"
        raise RestoreError(f"which dump? hostwright-restore dump NAME; there are: {names}")
    dump = dumps.find(known, options.dump)
    request = dumps.Request(options.part, options.name, options.replace)
    unit = dumps.check(dump, request)
    with reached(known) as repository:
        archive = repository.choose(options.archive)
        print(f"{archive.name}, {_when(archive)}: {dump.name}", flush=True)
        status = dumps.restore(repository, archive.name, dump, unit, request)
    if status != 0:
        raise RestoreError(
            f"{dump.name} is not restored; the reason is above, and in: journalctl -mu {unit}"
        )
    print(f"{dump.name} is restored")
    return 0


_COMMANDS = {"list": _list, "files": _files, "dump": _dump}


def _relative(paths: list[str]) -> tuple[str, ...]:
    """Paths as archives have them: without the first slash, and none inside another."""
    relative = tuple(dict.fromkeys(os.path.normpath(f"/{path}").strip("/") for path in paths))
    if "" in relative:
        return ()
    return tuple(
        path
        for path in relative
        if not any(path.startswith(f"{other}/") for other in relative if other != path)
    )


def _when(archive: Archive) -> str:
    age = datetime.now() - archive.made  # noqa: DTZ005 - borg tells local times without a zone
    return f"{archive.made:%a %Y-%m-%d %H:%M:%S}  {_words(age)}"


def _words(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 0:
        return "in the future: is the clock right?"
    for unit, length in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        if minutes >= 2 * length or (unit == "minute" and minutes):
            count = minutes // length
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
