"""Being stopped: what a program has begun is cleaned up first."""

import signal
from types import FrameType


def end_with_signals() -> None:
    """Turn the signals that end a program into an exception, so that everything is cleaned up."""

    def end(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, end)
