"""What checks find, each of them in a process of its own that is given so long and no longer.

A disk on the network that is gone makes whoever looks at it wait for ever, so no check is waited
for: all begin at once, and one that has not ended in its time is stopped and reported. So is one
that was ended from outside, as by the kernel for want of memory: what it did not say is not good.
"""

import json
import os
import select
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass

import processes

GOOD, NOTE, FAIL = "good", "note", "FAIL"
_ASKING, _ENDED = "asking", "ended"
_GRACE_SECONDS = 2.0
_DEATH_SECONDS = 0.5
_MAKES_FOLDER = "tempfile.mkdtemp"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: how grave it is, what it is about, and what to do."""

    level: str
    subject: str
    text: str


def asking(subject: str) -> Finding:
    """What is looked at next: it is to blame when there never is an answer."""
    return Finding(_ASKING, subject, "")


@dataclass(frozen=True, slots=True)
class Check:
    """A check, what it is about as a whole, and how many seconds it may take."""

    subject: str
    run: Callable[[], Iterable[Finding]]
    seconds: float = 15.0


@dataclass(frozen=True, slots=True)
class _Running:
    """A check's process, where it tells what it finds, and a file of the folders that it makes."""

    check: Check
    process: int
    pipe: int
    folders: int
    deadline: float


def examined(checks: Sequence[Check]) -> list[Finding]:
    """Run all checks at the same time; gives what they found, in the order of the checks."""
    running: list[_Running] = []
    try:
        for check in checks:
            running.append(_start(check))  # noqa: PERF401 - those that began are to be stopped
        return [finding for one in running for finding in _findings(one)]
    finally:
        _stop(running)


def _start(check: Check) -> _Running:
    read, write = os.pipe()
    folders = os.memfd_create("folders")
    process = os.fork()
    if process == 0:
        _run(check, write, folders)
    os.close(write)
    return _Running(check, process, read, folders, time.monotonic() + check.seconds)


def _run(check: Check, pipe: int, folders: int) -> None:
    """Be the process of a check: whatever happens in it, it ends here."""
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        processes.end_with_signals()
        _note_folders(folders)
        for finding in _looked(check):
            _tell(pipe, finding)
        _tell(pipe, Finding(_ENDED, check.subject, ""))
    finally:
        os._exit(0)


def _note_folders(file: int) -> None:
    """Note each temporary folder before it is made: a check that is killed leaves it behind."""

    def note(event: str, values: tuple[object, ...]) -> None:
        if event == _MAKES_FOLDER:
            os.write(file, os.fsencode(f"{values[0]}\0"))

    sys.addaudithook(note)


def _looked(check: Check) -> Iterator[Finding]:
    """What a check finds, up to what went wrong in it."""
    try:
        yield from check.run()
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        yield Finding(FAIL, check.subject, f"{where}{error.strerror}")
    except Exception as error:  # noqa: BLE001 - without its text, which may hold a secret
        text = f"could not be looked at ({type(error).__name__}): a bug of hostwright-preflight"
        yield Finding(FAIL, check.subject, text)


def _tell(pipe: int, finding: Finding) -> None:
    os.write(pipe, f"{json.dumps(astuple(finding))}\n".encode())


def _findings(one: _Running) -> Iterator[Finding]:
    """What a check has found, and that it never ended, or did not end by itself."""
    subject = one.check.subject
    say = f"no answer within {one.check.seconds:.0f} seconds: does its disk, or a server, hang?"
    with os.fdopen(os.dup(one.pipe), "rb", buffering=0) as pipe, _lines(pipe.fileno()) as lines:
        while (line := lines(one.deadline)) is not None:
            if not line:
                say = "the check ended without a word (killed?): journalctl -k may say by what"
                break
            finding = Finding(*json.loads(line))
            if finding.level == _ENDED:
                return
            if finding.level == _ASKING:
                subject = finding.subject
            else:
                yield finding
    yield Finding(FAIL, subject, say)


def summary(found: Iterable[Finding]) -> str:
    """What to say at the end when nothing fails: that all is well only when nothing is noted."""
    notes = sum(one.level == NOTE for one in found)
    return f"nothing fails; {notes} note{'s' * (notes > 1)}" if notes else "all is well"


@contextmanager
def _lines(pipe: int) -> Iterator[Callable[[float], bytes | None]]:
    """A function that gives the next line, nothing at the end, and None when time is up."""
    held = b""

    def following(deadline: float) -> bytes | None:
        nonlocal held
        while b"\n" not in held:
            # What lies there already is read, however late it is.
            if not select.select([pipe], [], [], max(deadline - time.monotonic(), 0.1))[0]:
                return None
            if not (block := os.read(pipe, 1 << 16)):
                return b""
            held += block
        line, _, held = held.partition(b"\n")
        return line

    yield following


def _stop(running: Sequence[_Running]) -> None:
    """End what still runs: kindly, so that it cleans up, and then whatever it has started."""
    for one in running:
        os.kill(one.process, signal.SIGTERM)
    _await(running, _GRACE_SECONDS)
    for one in running:
        os.close(one.pipe)
        with suppress(ProcessLookupError):
            os.killpg(one.process, signal.SIGKILL)
    _await(running, _DEATH_SECONDS)
    for one in running:
        os.waitpid(one.process, os.WNOHANG)
        _clear(one.folders)


def _await(running: Sequence[_Running], seconds: float) -> None:
    """Wait until all have ended, but no longer: what waits for a disk cannot be killed."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not all(_has_ended(one.process) for one in running):
        time.sleep(0.02)


def _clear(folders: int) -> None:
    """Remove what a check has not removed itself: a copy of a secret may be in it."""
    for folder in os.pread(folders, 1 << 16, 0).split(b"\0")[:-1]:
        shutil.rmtree(os.fsdecode(folder), ignore_errors=True)
    os.close(folders)


def _has_ended(process: int) -> bool:
    """Whether it has; its number stays its own until it is waited for in earnest."""
    how = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, process, how) is not None
