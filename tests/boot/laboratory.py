"""What a test does with a booted host: run commands, install a compiled tree, start units, look."""

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from compiler.standing import STAMP
from compiler.write import write
from schema.tree import Tree
from tests.boot.container import enter

COMMAND_SECONDS = 240
WAIT_SECONDS = 90
_ENVIRONMENT = (
    "env",
    "-i",
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME=/root",
    "LANG=C.UTF-8",
)

Result = subprocess.CompletedProcess[str]


class CommandError(AssertionError):
    """A command on a host did not succeed."""


@frozen
class Host:
    """A booted host, by the process number of its init."""

    init: int

    def run(
        self,
        *command: str,
        user: str | None = None,
        stdin: str = "",
        check: bool = True,
        seconds: float = COMMAND_SECONDS,
    ) -> Result:
        """Run a command on the host, as root or as another user with exactly its groups.

        Raises:
            CommandError: it failed, unless `check` is off.
        """
        result = subprocess.run(
            [*self._enter(user), *command],
            check=False,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=seconds,
        )
        if check and result.returncode != 0:
            said = f"{result.stdout}{result.stderr}"
            raise CommandError(f"{command} failed with status {result.returncode}:\n{said}")
        return result

    def succeeds(self, *command: str, user: str | None = None) -> bool:
        """Whether a command on the host exits with 0."""
        return self.run(*command, user=user, check=False).returncode == 0

    @contextmanager
    def running(self, *command: str, user: str) -> Iterator["subprocess.Popen[str]"]:
        """Keep a command running that reads from a pipe; the pipe's end is its end."""
        process = subprocess.Popen(
            [*self._enter(user), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        try:
            yield process
        finally:
            process.communicate(timeout=COMMAND_SECONDS)

    def _enter(self, user: str | None) -> tuple[str, ...]:
        identity = ("setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups")
        return (*enter(self.init), *_ENVIRONMENT, *(identity if user else ()))

    def path(self, path: str) -> Path:
        """Where a file of the host is seen from outside."""
        return Path(f"/proc/{self.init}/root{path}")

    def write(self, path: str, text: str, *, owner: str = "root:root", mode: int = 0o644) -> None:
        """Make a file, and the folders that lead to it."""
        self.path(path).parent.mkdir(parents=True, exist_ok=True)
        self.path(path).write_text(text)
        self.path(path).chmod(mode)
        self.run("chown", "--", owner, path)

    def install(self, tree: Tree) -> None:
        """Copy a compiled tree in, in the place of an earlier one, as its package would."""
        listed = self.path("/root/installed")
        if listed.exists():
            self.run("rm", "--", *(f"/{path}" for path in listed.read_text().splitlines()))
        listed.write_text("\n".join(tree))
        with tempfile.TemporaryDirectory() as folder:
            write(tree, f"{folder}/out")
            Path(folder, "out", STAMP).unlink()
            shutil.copytree(f"{folder}/out", self.path("/"), symlinks=True, dirs_exist_ok=True)
        self.run("systemd-sysusers")
        self.run("systemd-tmpfiles", "--create", "backup.conf")
        self.run("systemctl", "daemon-reload")
        # What the wants of the tree do at the next boot.
        self.run("systemctl", "start", "timers.target")

    def start(self, unit: str) -> int:
        """Start a unit and give the exit status of systemctl; earlier failures are forgotten."""
        self.run("systemctl", "reset-failed")
        return self.run("systemctl", "start", unit, check=False).returncode

    def show(self, unit: str, name: str) -> str:
        """A property of a unit, as systemd has loaded it."""
        return self.run("systemctl", "show", "--value", f"--property={name}", unit).stdout.strip()

    def exposure(self, unit: str) -> float:
        """How exposed a unit is, from 0.0 to 10.0, by `systemd-analyze security`."""
        said = self.run("systemd-analyze", "--no-pager", "security", unit).stdout
        found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)
        assert found is not None, said
        return float(found[1])

    def complaints(self) -> str:
        """What systemd has against the compiled files: nothing, when all of them are right."""
        units = self.run(
            "sh", "-c", "cd /usr/lib/systemd/system && ls -d backup*.service backup*.timer"
        )
        verify = ("systemd-analyze", "--man=no", "--recursive-errors=no", "verify")
        checks = (
            (*verify, *units.stdout.split()),
            ("systemd-sysusers", "backup.conf"),
            ("systemd-tmpfiles", "--create", "backup.conf"),
        )
        return "".join(self.run(*check, check=False).stderr for check in checks)

    def journal(self, unit: str, since: float = 0) -> str:
        """What a unit, or a pattern of them, has logged since a time (seconds since 1970)."""
        self.run("journalctl", "--sync")
        how = ("--no-pager", "--output=cat", f"--since=@{since:.6f}", f"--unit={unit}")
        return self.run("journalctl", *how).stdout

    @contextmanager
    def dropin(self, unit: str, *lines: str) -> Iterator[None]:
        """Change the [Service] of a unit by hand in /etc, for as long as the context lasts."""
        path = f"/etc/systemd/system/{unit}.d/99-test.conf"
        self.write(path, "\n".join(("[Service]", *lines, "")))
        self.run("systemctl", "daemon-reload")
        try:
            yield
        finally:
            self.run("rm", path)
            self.run("systemctl", "daemon-reload")
            self.run("systemctl", "reset-failed")

    def wait_for(self, *command: str) -> None:
        """Wait until a command succeeds.

        Raises:
            CommandError: it did not within a minute and a half.
        """
        deadline = time.monotonic() + WAIT_SECONDS
        while not self.succeeds(*command):
            if time.monotonic() > deadline:
                raise CommandError(f"{command} never succeeded")
            time.sleep(0.1)
