"""Roots that tests put together, for `hostwright init` to look at."""

import sqlite3
from pathlib import Path

from compiler.init.root import Root
from compiler.init.settled import settled
from compiler.init.survey import survey
from tests.read_back import read_back
from tests.support import compile_text

RELEASE = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'


class Machine:
    """A root that a test puts together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("etc/hostname", "web1\n")
        self.write("etc/os-release", RELEASE)

    def write(self, path: str, text: str = "") -> Path:
        """Make a file with all folders above it."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def database(self, path: str) -> Path:
        """Make an SQLite database whose user is called owner."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(file)
        connection.execute("CREATE TABLE t (a)")
        connection.commit()
        connection.close()
        account = f"owner:x:{file.stat().st_uid}:1::/nonexistent:/bin/sh\n"
        self.write("etc/passwd", account)
        return file

    def manifest(self) -> str:
        """What comes of looking at it."""
        return settled(survey(Root(str(self.folder))))


def read(text: str) -> dict[str, dict[str, object]]:
    """What a manifest says, once it has been shown to compile without a warning."""
    assert compile_text(text).diagnostics == ()
    return read_back(text)
