"""Programs that hostwright-restore runs: ended with it, and listened to."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from settings import RestoreError

_BLOCK = 1 << 16
_NEVER_MATCHED = re.compile(r"Include pattern '(.*)' never matched\.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What borg said while it worked.

    Attributes:
        status: its exit status.
        messages: the names of its messages (its `msgid`).
        listed: how many entries it listed.
        missing: the paths that it did not find in the archive.
        warnings: how many other warnings there were; they have been printed.
    """

    status: int
    messages: tuple[str, ...]
    listed: int
    missing: tuple[str, ...]
    warnings: int


def end_with_signals() -> None:
    """Turn the signals that end a program into an exception, so that everything is cleaned up."""

    def end(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, end)


def run(words: list[str], *, environment: dict[str, str]) -> int:
    """Run a program on this terminal and give its exit status."""
    process = subprocess.Popen(words, env=environment)
    with _ending(process):
        return process.wait()


def shows(words: list[str], *, environment: dict[str, str]) -> bool:
    """Run a program and print what it prints: whether that was anything.

    Raises:
        BrokenPipeError: nobody reads on, as after `| head`.
        RestoreError: it failed.
    """
    process = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, process_group=0)
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    anything = False
    with _ending(process):
        while block := os.read(process.stdout.fileno(), _BLOCK):
            anything = True
            sys.stdout.buffer.write(block)
            sys.stdout.buffer.flush()
        if process.wait() > 1:
            raise RestoreError("borg did not finish; what it has said above is the reason")
    return anything


def converse(
    words: list[str],
    *,
    environment: dict[str, str],
    cwd: Path | None = None,
    stdout: Path | None = None,
) -> Answer:
    """Run borg, print its messages, and count what it lists."""
    program, *rest = words
    with open(stdout or os.devnull, "wb") as output:
        process = subprocess.Popen(
            [program, "--log-json", *rest],
            env=environment,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.PIPE,
            process_group=0,
        )
        with _ending(process):
            return _listen(process)


def is_busy(unit: str) -> bool:
    """Whether a unit runs; where there is no systemd (a rescue system) nothing does."""
    show = ["systemctl", "show", "--value", "--property=ActiveState", unit]
    state = subprocess.run(show, check=False, capture_output=True, encoding="utf-8").stdout.strip()
    return state in {"active", "activating", "deactivating", "reloading"}


@contextmanager
def _ending(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Whatever ends us ends the process first, with its ssh, for which borg would wait."""
    try:
        yield
    except BaseException:
        if process.poll() is None:
            if os.getpgid(process.pid) == process.pid:
                os.killpg(process.pid, signal.SIGTERM)
            else:
                process.terminate()
            process.wait()
        raise


def _listen(process: "subprocess.Popen[bytes]") -> Answer:
    messages: list[str] = []
    missing: list[str] = []
    listed = warnings = 0
    assert process.stderr is not None  # noqa: S101 - a pipe was asked for
    for line in process.stderr:
        entry = _entry(line)
        text = str(entry.get("message", ""))
        if entry.get("name") == "borg.output.list":
            listed += 1
        elif found := _NEVER_MATCHED.fullmatch(text):
            missing.append(found[1])
        elif text:
            messages.append(str(entry.get("msgid", "")))
            warnings += entry.get("levelname") == "WARNING"
            print(text, file=sys.stderr)
    return Answer(process.wait(), tuple(messages), listed, tuple(missing), warnings)


def _entry(line: bytes) -> dict[str, object]:
    """A line of borg's JSON log; anything else, such as what ssh says, as a message."""
    text = line.decode("utf-8", "surrogateescape").rstrip("\n")
    try:
        entry = json.loads(text)
    except ValueError:
        return {"message": text}
    return entry if isinstance(entry, dict) else {"message": text}
