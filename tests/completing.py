"""A shell at a terminal of its own, in which somebody presses the tabulator key."""

import os
import pty
import select
import subprocess
import time
from pathlib import Path
from typing import Self

_PATIENCE = 20.0
_START = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "bind 'set bell-style none'"),
    "zsh": (["zsh", "-f", "-i"], "bindkey -e; autoload -Uz compinit; compinit -u -D"),
}


class Shell:
    """An interactive shell that has loaded a completion script."""

    def __init__(self, name: str, script: Path, folder: Path) -> None:
        command, setup = _START[name]
        self._master, slave = pty.openpty()
        self._process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(folder),
                "TERM": "dumb",
                "INPUTRC": "/dev/null",
            },
            start_new_session=True,
        )
        os.close(slave)
        self._type(f"PS1='>'; {setup}; source {script}; printf '%s\\n' loaded''!\r")
        self._wait("loaded!")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def completed(self, line: str) -> str:
        """What becomes of a line when its end is completed."""
        self._type(f"{line}\t")
        self._type("\x01printf '<%s>' \x05 end''!\r")  # the start of the line, its end, enter
        shown = self._wait("<end!>")
        words = shown[shown.rindex("\n<") + 1 :] if "\n<" in shown else shown[shown.index("<") :]
        return " ".join(words.strip("<>").split("><")[:-1])

    def _type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def _wait(self, sign: str) -> str:
        seen = ""
        end = time.monotonic() + _PATIENCE
        while sign not in seen:
            left = end - time.monotonic()
            if left < 0 or not select.select([self._master], [], [], left)[0]:
                raise TimeoutError(f"{sign!r} did not come: {seen!r}")
            seen += os.read(self._master, 65536).decode("utf-8", "replace")
        return seen
