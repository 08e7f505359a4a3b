"""Faults that strike in the middle of a run: at the first moment when something is the case."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.boot.faults.lab import REPOSITORY, Lab
from tests.boot.laboratory import Host

Moment = Callable[[], bool]


@contextmanager
def once(moment: Moment, act: Callable[[], object]) -> Iterator[None]:
    """Act at the first moment when something is the case.

    Raises:
        AssertionError: that moment never came.
    """
    over, acted = threading.Event(), threading.Event()

    def watch() -> None:
        while not over.is_set():
            if moment():
                act()
                acted.set()
                return
            time.sleep(0.0005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
    assert acted.is_set(), "the moment of the fault never came"


def creating(lab: Lab) -> Moment:
    """The moment when borg has begun to write the data of an archive."""
    return writing(lab, "create")


def writing(lab: Lab, verb: str) -> Moment:
    """The moment when borg, while it does something, has begun to write to the repository."""
    before = _segments(lab.host)
    found = False

    def moment() -> bool:
        nonlocal before, found
        if not found:
            before = _segments(lab.host)
            found = borgs(lab.host, verb) != []
        return found and _segments(lab.host) != before

    return moment


def locking(lab: Lab, verb: str) -> Moment:
    """The moment when borg has locked the repository to do something."""
    lock = lab.host.path(f"{REPOSITORY}/lock.exclusive")
    return lambda: lock.exists() and borgs(lab.host, verb) != []


def kill(host: Host, verb: str) -> None:
    """Kill every borg -9 that does something."""
    for process in borgs(host, verb):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def borgs(host: Host, verb: str) -> list[int]:
    """The processes of the backup in which borg does something, by their numbers outside."""
    words = {b"/usr/bin/borg", verb.encode()}
    return [number for number, line in _processes(host) if words <= set(line)]


def _processes(host: Host) -> Iterator[tuple[int, list[bytes]]]:
    """The processes in the control groups of the backup: the number outside, the command line."""
    for folder in ("", "systemd/", "unified/"):
        slices = host.path(f"/sys/fs/cgroup/{folder}system.slice")
        for group in slices.glob("backup*.service/cgroup.procs"):
            with suppress(OSError):
                for number in group.read_text().split():
                    line = Path(f"/proc/{number}/cmdline").read_bytes()
                    yield int(number), line.split(b"\0")


def _segments(host: Host) -> frozenset[str]:
    folder = host.path(f"{REPOSITORY}/data")
    return frozenset(file.name for file in folder.glob("*/*"))
