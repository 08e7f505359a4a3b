"""Being stopped: what a program has begun is cleaned up first."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


def end_with_signals() -> None:
    """Turn the signals that end a program into an exception, so that everything is cleaned up."""

    def end(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, end)


@contextmanager
def ending(
    process: "subprocess.Popen[bytes]", by: signal.Signals = signal.SIGTERM
) -> Iterator[None]:
    """Run a program for as long as the context lasts at the most, and wait for its end."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.send_signal(by)
        process.wait()
