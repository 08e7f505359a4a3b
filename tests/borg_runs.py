"""The wrapper around borg, run for real: on a folder of two files, with a repository beside it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from attrs import frozen

from tests.support import ROOT

WRAPPER = (sys.executable, "-EsB", str(ROOT / "modules" / "programs" / "borg.py"))
SOME_SECONDS = 20
# Root reads everything; without these two, it does not.
LIMITS = ("--bounding-set=-dac_read_search,-dac_override", "--inh-caps=-dac_read_search")


@frozen
class Result:
    """How the wrapper ended, and what it said on stderr."""

    status: int
    said: str


@frozen
class Borg:
    """The wrapper, with a repository, and a folder to back up that holds the files a and b."""

    home: Path

    @property
    def folder(self) -> Path:
        """What is backed up."""
        return self.home / "folder"

    def run(self, *arguments: str | Path) -> Result:
        """Run it to its end."""
        with self._start(*arguments) as process:
            return _ended(process)

    def create(self, *more: str | Path) -> Result:
        """Make an archive of the folder."""
        return self.run("create", "::archive", self.folder, *more)

    def create_slowly(self, meanwhile: Callable[[int, Path, Path], object]) -> Result:
        """Stop borg in the middle of the first file and do something.

        It gets borg's process number, the file that is being read and the one that comes next.
        """
        first, second = sorted(self.folder.iterdir(), key=lambda file: file.stat().st_ino)
        os.truncate(first, 1 << 28)
        with self._start("create", "::archive", self.folder) as process:
            borg = _reader(process.pid, first)
            os.kill(borg, signal.SIGSTOP)
            try:
                meanwhile(borg, first, second)
            finally:
                with suppress(ProcessLookupError):
                    os.kill(borg, signal.SIGCONT)
            return _ended(process)

    def archived(self) -> list[str]:
        """The names of the files in the archive."""
        listed = subprocess.run(
            ["borg", "list", "--format={path}{NUL}", "::archive"],
            env=self._environment(),
            check=True,
            capture_output=True,
            encoding="utf-8",
        )
        return sorted(Path(path).name for path in listed.stdout.split("\0")[1:-1])

    def _start(self, *arguments: str | Path) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*(("setpriv", *LIMITS) if os.geteuid() == 0 else ()), *WRAPPER, *arguments],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )

    def _environment(self) -> dict[str, str]:
        return {
            "BORG_BASE_DIR": str(self.home),
            "BORG_REPO": str(self.home / "repository"),
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
        }


def _ended(process: "subprocess.Popen[str]") -> Result:
    _, said = process.communicate(timeout=SOME_SECONDS)
    return Result(process.returncode, said)


def _reader(wrapper: int, file: Path) -> int:
    """Wait until borg has opened a file, and give its process number."""
    deadline = time.monotonic() + SOME_SECONDS
    while time.monotonic() < deadline:
        for child in Path(f"/proc/{wrapper}/task/{wrapper}/children").read_text().split():
            if _has_open(child, file):
                return int(child)
    pytest.fail(f"borg never opened {file}")


def _has_open(process: str, file: Path) -> bool:
    with suppress(FileNotFoundError):  # it opens and closes others meanwhile
        return any(one.samefile(file) for one in Path(f"/proc/{process}/fd").iterdir())
    return False
