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
            time.sleep(0.001)

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
    host = lab.host
    began = {"segments": _segments(host)}

    def moment() -> bool:
        if not borgs(host, verb):
            began["segments"] = _segments(host)
            return False
        return _segments(host) != began["segments"]

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
    """The processes of a host in which borg does something, by their numbers outside of it."""
    words = (b"/usr/bin/borg", verb.encode())
    return [number for number, line in processes(host) if all(word in line for word in words)]


def processes(host: Host) -> Iterator[tuple[int, list[bytes]]]:
    """The processes of a host: the number outside of it, and the command line."""
    own = os.stat(f"/proc/{host.init}/ns/pid").st_ino
    for name in os.listdir("/proc"):
        if name.isdigit():
            with suppress(OSError):
                if os.stat(f"/proc/{name}/ns/pid").st_ino == own:
                    yield int(name), Path(f"/proc/{name}/cmdline").read_bytes().split(b"\0")


def _segments(host: Host) -> frozenset[str]:
    folder = host.path(f"{REPOSITORY}/data")
    return frozenset(file.name for file in folder.glob("*/*"))
