"""A dump brought back: out of the archive, then through the unit that restores it as its user."""

import contextlib
import json
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import processes
from archives import Repository, print_error
from settings import Dump, RestoreError, Settings

SCRATCH = Path("/var/cache/backup-restore")
_ROUND_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Request:
    """What to restore of a dump, and how: the unit reads it beside the dump."""

    part: str | None
    name: str | None
    replace: bool

    def text(self) -> str:
        """The request as the unit reads it."""
        return json.dumps({"part": self.part, "as": self.name, "replace": self.replace}) + "\n"


def find(settings: Settings, name: str) -> Dump:
    """The dump of that name.

    Raises:
        RestoreError: there is none; the message lists those there are.
    """
    if name in settings.dumps:
        return settings.dumps[name]
    known = "\n".join(f"  {one.name}: {one.description}" for one in settings.dumps.values())
    raise RestoreError(
        f'{settings.host} has no dump "{name}"; '
        + (f"there are:\n{known}" if known else "its manifest has no module that dumps")
    )


def check(dump: Dump, request: Request) -> str:
    """Whether the request can be carried out on this host: the unit that does it.

    Raises:
        RestoreError: it cannot; the message says how else.
    """
    if dump.unit is None:
        raise RestoreError(
            f"the manifest does not say how the dump {dump.name} is restored; extract it and"
            f" load it by hand: hostwright-restore files --to /root/restored"
            f" /backup/{dump.name}"
        )
    if not dump.parts and (request.part is not None or request.name is not None):
        raise RestoreError(
            f"{dump.name} is restored as a whole: hostwright-restore dump {dump.name} [--replace]"
        )
    if request.name is not None and request.part is None:
        raise RestoreError(
            "--as needs to know which database gets the new name:"
            f" hostwright-restore dump {dump.name} DATABASE --as {request.name}"
        )
    with contextlib.suppress(KeyError):
        pwd.getpwnam(dump.user)
        if request.replace:
            _check_closed(dump)
        return dump.unit
    raise RestoreError(
        f"there is no user {dump.user} on this machine yet; bring the accounts back and install the"
        " software first: docs/restore.md, The whole host is gone"
    )


def restore(repository: Repository, archive: str, dump: Dump, unit: str, request: Request) -> int:
    """Extract the dump and start its unit, showing what that logs; the exit status is the unit's.

    Raises:
        RestoreError: the archive does not have it, or a restore of it runs already.
    """
    if not SCRATCH.is_dir():
        raise RestoreError(f"{SCRATCH} is missing; systemd-tmpfiles --create makes it")
    if processes.is_busy(unit):
        raise RestoreError(f"{unit} is running already; wait, or systemctl stop {unit}")
    folder, note = SCRATCH / dump.name, SCRATCH / f"{dump.name}.json"
    _remove(folder, note)
    try:
        found = repository.extract(
            archive, (f"backup/{dump.name}",), SCRATCH, "--strip-components=1"
        )
        if found.missing:
            raise RestoreError(
                f"the archive {archive} has no dump {dump.name}; look into an older one:"
                " hostwright-restore list"
            )
        if found.warnings:
            raise RestoreError(f"{dump.name} could not be extracted completely: see above")
        note.write_text(request.text())
        return _start(unit)
    finally:
        _remove(folder, note)


def _start(unit: str) -> int:
    with tempfile.TemporaryDirectory(prefix="hostwright-restore-", dir="/run") as folder:
        cursor = os.path.join(folder, "cursor")
        _show_journal(cursor, "--lines=1", quiet=True)
        process = subprocess.Popen(["systemctl", "start", unit], stderr=subprocess.DEVNULL)
        try:
            while process.poll() is None:
                time.sleep(_ROUND_SECONDS)
                _show_journal(cursor, f"--unit={unit}")
        except BaseException:
            print_error(f"stopping {unit}")
            subprocess.run(["systemctl", "stop", unit], check=False)
            process.wait()
            raise
        subprocess.run(["journalctl", "--sync"], check=False)
        _show_journal(cursor, f"--unit={unit}")
    return process.returncode


def _show_journal(cursor: str, *which: str, quiet: bool = False) -> None:
    """Print what is new in the journal since the last time; the cursor's file remembers where.

    Merged, because a journal goes by the /etc/machine-id that the machine had when it booted, and
    that may have been replaced from the archive.
    """
    words = ("journalctl", "--merge", "--quiet", "--no-pager", "--output=cat")
    subprocess.run(
        [*words, f"--cursor-file={cursor}", *which],
        check=False,
        stdout=subprocess.DEVNULL if quiet else None,
    )


def _check_closed(dump: Dump) -> None:
    for file in dump.replaces:
        for process, service in _holders(file):
            name = Path(f"/proc/{process}/comm").read_text().strip()
            how = f"systemctl stop {service}" if service else f"kill {process}"
            raise RestoreError(
                f"{file} is open in {name} (process {process}), which would go on with the file"
                f" that is replaced; {how}"
            )


def _holders(file: str) -> Iterator[tuple[int, str | None]]:
    """The processes that have a file open, each with the service it belongs to."""
    if not os.path.exists(file):
        return
    wanted = os.stat(file)
    for process in (int(name) for name in os.listdir("/proc") if name.isdecimal()):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            for entry in os.scandir(f"/proc/{process}/fd"):
                with contextlib.suppress(OSError):
                    if os.path.samestat(wanted, os.stat(entry.path)):
                        yield process, _service(process)
                        break


def _service(process: int) -> str | None:
    names = Path(f"/proc/{process}/cgroup").read_text().strip().split("/")
    return next((name for name in reversed(names) if name.endswith(".service")), None)


def _remove(folder: Path, note: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    note.unlink(missing_ok=True)
