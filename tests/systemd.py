"""The oracle: what systemd itself understands of a folder of units, value by value."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Self

from tests import systemd_library
from tests.systemd_library import Read


class Systemd:
    """systemd as a reader of units; a context manager."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-I", systemd_library.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def read(self, folder: Path) -> Read:
        """What systemd understands of the services and timers in a folder."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(folder, file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        assert answer, f"systemd's parser died over {folder} ({self._process.wait()})"
        read: Read = json.loads(answer)
        return read
