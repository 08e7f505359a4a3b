"""How far a long compile is, for somebody at a terminal."""

import os
import time
from contextlib import suppress
from typing import Self

_SECONDS = 0.1
"""How often the line changes."""

_ERASED = "\r\x1b[K"


class Progress:
    """A line on a terminal that counts hosts; it is gone with the context."""

    def __init__(self, total: int, descriptor: int) -> None:
        self._total, self._descriptor = total, descriptor
        self._count, self._shown = 0, 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._write(_ERASED)

    def __call__(self, count: int) -> None:
        """Some more hosts are done."""
        self._count += count
        now = time.monotonic()
        if now - self._shown >= _SECONDS:
            self._shown = now
            self._write(f"{_ERASED}{self._count} of {self._total} hosts")

    def _write(self, text: str) -> None:
        with suppress(OSError):  # a terminal that is gone is no reason to stop
            os.write(self._descriptor, text.encode())
