"""What checks find, each of them in a process of its own that is given so long and no longer.

A disk on the network that is gone makes whoever looks at it wait for ever, so no check is waited
for: all begin at once, and one that has not ended in its time is stopped and reported.
"""

import json
import os
import select
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass

import processes

GOOD, NOTE, FAIL = "good", "note", "FAIL"
_ASKING = "asking"
_GRACE_SECONDS = 2.0


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
    check: Check
    process: int
    pipe: int
    deadline: float


def examined(checks: Sequence[Check]) -> list[Finding]:
    """Run all checks at the same time; gives what they found, in the order of the checks."""
    running = []
    try:
        running += [_start(check) for check in checks]
        return [finding for one in running for finding in _findings(one)]
    finally:
        _stop(running)


def _start(check: Check) -> _Running:
    read, write = os.pipe()
    process = os.fork()
    if process == 0:
        _run(check, write)
    os.close(write)
    return _Running(check, process, read, time.monotonic() + check.seconds)


def _run(check: Check, pipe: int) -> None:
    """Be the process of a check: whatever happens in it, it ends here."""
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        processes.end_with_signals()
        for finding in check.run():
            _tell(pipe, finding)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _tell(pipe, Finding(FAIL, check.subject, f"{where}{error.strerror}"))
    except Exception as error:  # noqa: BLE001 - without its text, which may hold a secret
        text = f"could not be looked at ({type(error).__name__}): a bug of hostwright-preflight"
        _tell(pipe, Finding(FAIL, check.subject, text))
    finally:
        os._exit(0)


def _tell(pipe: int, finding: Finding) -> None:
    os.write(pipe, f"{json.dumps(astuple(finding))}\n".encode())


def _findings(one: _Running) -> Iterator[Finding]:
    """What a check has found, and that it never ended."""
    subject = one.check.subject
    with os.fdopen(os.dup(one.pipe), "rb", buffering=0) as pipe, _lines(pipe.fileno()) as lines:
        while (line := lines(one.deadline)) is not None:
            if not line:
                return
            finding = Finding(*json.loads(line))
            if finding.level == _ASKING:
                subject = finding.subject
            else:
                yield finding
    say = f"no answer within {one.check.seconds:.0f} seconds: does its disk, or a server, hang?"
    yield Finding(FAIL, subject, say)


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


def _stop(running: Iterable[_Running]) -> None:
    """End what still runs: kindly, so that it cleans up, and then whatever it has started."""
    for one in running:
        os.kill(one.process, signal.SIGTERM)
    deadline = time.monotonic() + _GRACE_SECONDS
    for one in running:
        os.close(one.pipe)
        while not _has_ended(one.process) and time.monotonic() < deadline:
            time.sleep(0.02)
        with suppress(ProcessLookupError):
            os.killpg(one.process, signal.SIGKILL)
        os.waitpid(one.process, os.WNOHANG)


def _has_ended(process: int) -> bool:
    """Whether it has; its number stays its own until it is waited for in earnest."""
    how = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, process, how) is not None
