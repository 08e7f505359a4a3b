"""The programs that do the work, run in one way."""

import os
import subprocess
from collections.abc import Sequence

from compiler.repository.failures import FailedError

_PACKAGES = {"apt-ftparchive": "apt-utils", "dpkg-deb": "dpkg", "gpg": "gnupg"}


def run(
    *words: str, folder: str | None = None, given: bytes = b""
) -> "subprocess.CompletedProcess[bytes]":
    """Run a program, whose messages are then in English; its status is the caller's to judge.

    Args:
        words: the program and its arguments.
        folder: where it runs.
        given: what it reads on its standard input.

    Raises:
        FailedError: it is not installed.
    """
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    try:
        return subprocess.run(
            words,
            check=False,
            capture_output=True,
            input=given,
            cwd=folder,
            env=environment,
        )
    except FileNotFoundError:
        package = _PACKAGES[words[0]]
        raise FailedError(f"{words[0]} is not installed: apt-get install {package}") from None
    except PermissionError:
        raise FailedError(f"{words[0]} cannot be run: permission denied") from None


def last_words(said: bytes, marks: Sequence[str] = ()) -> str:
    """The last line of a program's messages, without a mark such as `gpg: ` that begins it."""
    lines = said.decode(errors="replace").strip().splitlines()
    text = lines[-1].strip() if lines else "it does not say why"
    for mark in marks:
        text = text.removeprefix(mark)
    return text
