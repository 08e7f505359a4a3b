"""A borg repository, looked into from outside: by root of the host that keeps it."""

import json
from functools import cache

from attrs import frozen

from tests.boot.laboratory import Host

_PIPE = 'set -o pipefail; borg extract --stdout "::$1" "$2" | "${@:3}"'


@frozen
class Item:
    """One file or folder in an archive."""

    mode: str
    user: str
    group: str


@frozen
class Vault:
    """A repository in a folder of a host.

    Its looking leaves the caches of the backup alone: `base` is a home of its own.
    """

    host: Host
    folder: str
    passphrase: str
    base: str = "/root/reader"

    def run(self, *command: str, user: str | None = None) -> str:
        """Run a command that calls borg, with the environment that this takes."""
        environment = (
            f"BORG_REPO={self.folder}",
            f"BORG_PASSPHRASE={self.passphrase}",
            f"BORG_BASE_DIR={self.base if user is None else f'/home/{user}'}",
            "BORG_RELOCATED_REPO_ACCESS_IS_OK=yes",
            "BORG_SELFTEST=disabled",
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes",
        )
        return self.host.run("env", *environment, *command, user=user).stdout

    def archives(self) -> tuple[str, ...]:
        """The names of all archives, oldest first; none when there is no repository."""
        if not self.host.path(f"{self.folder}/config").exists():
            return ()
        return _archives(self, self._segments())

    def _segments(self) -> tuple[tuple[str, int], ...]:
        """Every file of data and when it changed: borg changes nothing without changing these."""
        files = self.host.path(f"{self.folder}/data").glob("*/*")
        return tuple(sorted((file.name, file.stat().st_mtime_ns) for file in files))

    def items(self, archive: str) -> dict[str, Item]:
        """Everything in an archive, by its path without the leading slash."""
        lines = self.run("borg", "list", "--json-lines", f"::{archive}").splitlines()
        found = (json.loads(line) for line in lines)
        return {one["path"]: Item(one["mode"], one["user"], one["group"]) for one in found}

    def content(self, archive: str, path: str) -> str:
        """The content of one file of an archive."""
        return self.run("borg", "extract", "--stdout", f"::{archive}", path)

    def pipe(self, archive: str, path: str, *command: str) -> str:
        """Feed one file of an archive to a command on the host, and give what that prints."""
        return self.run("bash", "-c", _PIPE, "bash", archive, path, *command)


@cache
def _archives(vault: Vault, _: tuple[tuple[str, int], ...]) -> tuple[str, ...]:
    """To ask borg takes a third of a second, and most questions are about what it said last."""
    return tuple(vault.run("borg", "list", "--short").splitlines())
