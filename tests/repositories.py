"""What tests of the apt repository need: packages that are quick to make, keys, and a look."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from attrs import frozen

from compiler import cli
from compiler.deb.archive import Member, archive
from compiler.verbs import Outcome

EPOCH = 1_790_000_000
KEY = "fleet@example.org"


def package(folder: Path, host: str, version: str, tree: str = "a", **other: str) -> str:
    """Make a host's package and give its file.

    Args:
        folder: where to.
        host: its name.
        version: of the package.
        tree: a digit of the digest of its tree.
        other: other values of fields, or other fields.
    """
    name = f"hostwright-host-{host}"
    fields = {
        "Package": name,
        "Version": version,
        "Architecture": "all",
        "Maintainer": "Admin <admin@example.org>",
        "Hostwright-Tree": f"sha256:{tree * 64}",
        "Hostwright-Content": f"sha256:{tree * 64}",
        **other,
        "Description": "backup of a host",
    }
    control = "".join(f"{field}: {value}\n" for field, value in fields.items())
    file = Member(f"usr/share/doc/{name}/tree", 0o644, f"{tree}\n".encode())
    made = archive([Member("control", 0o644, control.encode())], [file], EPOCH)
    path = folder / f"{name}_{version.replace(':', '%3a')}_all.deb"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made)
    return str(path)


@contextmanager
def keys(*users: str) -> Iterator[Path]:
    """A home of gpg with a secret key of each user; its path is short, as those of sockets are."""
    with TemporaryDirectory(prefix="hostwright-", dir="/tmp") as folder:
        # Otherwise gpg-agent takes seconds to find out what this machine can do in a tenth of one.
        Path(folder, "gpg-agent.conf").write_text("s2k-count 65536\n")
        with patch.dict(os.environ, {"GNUPGHOME": folder}):
            for user in users:
                make_key(user)
            try:
                yield Path(folder)
            finally:
                subprocess.run(["gpgconf", "--kill", "all"], check=True)


def make_key(user: str, *options: str, expires: str = "never", passphrase: str = "") -> None:
    """Make a key in the home of gpg, with other options of gpg if there are any."""
    quick = ("--quick-generate-key", user, "ed25519", "sign", expires)
    words = ("gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", passphrase)
    subprocess.run([*words, *options, *quick], check=True, capture_output=True)


def repo(*words: str) -> Outcome:
    """Run `hostwright repo` as a command line would."""
    return cli.run(["repo", *words])


@frozen
class Repository:
    """A repository, and the commands that change it, from a date on or by the clock."""

    folder: Path
    date: int | None = EPOCH

    def add(self, *words: str, suite: str = "canary", key: str = KEY) -> str:
        """Add packages, with options if there are any among the words, and give the report."""
        return self._done("add", *words, "--suite", suite, "--key", key)

    def promote(self, *words: str) -> str:
        """Promote from canary to stable."""
        fixed = ("--from", "canary", "--suite", "stable", "--key", KEY)
        return self._done("promote", *words, *fixed)

    def rollback(self, *words: str, suite: str = "canary") -> str:
        """Take hosts of a suite back."""
        return self._done("rollback", *words, "--suite", suite, "--key", KEY)

    def remove(self, *hosts: str) -> str:
        """Remove hosts from canary."""
        return self._done("remove", *hosts, "--suite", "canary", "--key", KEY)

    def sign(self, *words: str, key: str = KEY) -> str:
        """Sign again."""
        return self._done("sign", *words, "--key", key)

    def show(self) -> list[tuple[str, ...]]:
        """Suite, host and version of each line that is shown."""
        outcome = repo("show", str(self.folder))
        assert outcome.status == 0, outcome.errors
        return [tuple(line.split()[:3]) for line in outcome.text.splitlines()]

    def refusal(self, action: str, *words: str, key: str = KEY) -> str:
        """Why something is not done, with exit status 1, and nothing changed by it."""
        before = self.snapshot()
        outcome = repo(action, str(self.folder), *words, "--key", key, *self._dated)
        assert (outcome.text, outcome.status) == ("", 1), outcome
        assert self.snapshot() == before
        return outcome.errors.removeprefix("hostwright: ").rstrip("\n")

    def snapshot(self) -> dict[str, bytes]:
        """Every file and what is in it; nothing at all, if there is no repository."""
        files = (path for path in self.folder.rglob("*") if path.is_file())
        found = {str(path.relative_to(self.folder)): path.read_bytes() for path in files}
        assert found or not self.folder.exists()
        return found

    def index(self, suite: str = "canary") -> list[str]:
        """Host and version of everything that a suite lists, in its order."""
        text = self.path(suite, "main/binary-all/Packages").read_text()
        hosts = re.findall(r"^Package: hostwright-host-(.*)$", text, re.MULTILINE)
        versions = re.findall(r"^Version: (.*)$", text, re.MULTILINE)
        return [f"{host} {version}" for host, version in zip(hosts, versions, strict=True)]

    def release(self, suite: str = "canary") -> dict[str, str]:
        """The fields of a Release."""
        lines = self.path(suite, "Release").read_text().splitlines()
        return dict(line.split(": ", 1) for line in lines if ": " in line)

    def path(self, suite: str, file: str) -> Path:
        """A file of a suite."""
        return self.folder / "dists" / suite / file

    @property
    def _dated(self) -> tuple[str, ...]:
        """The date that is given; after the first time it is the next second each time."""
        if self.date is None:
            return ()
        dates = [self._date(path) for path in self.folder.glob("dists/*/Release")]
        return ("--date", str(max([self.date - 1, *dates]) + 1))

    @staticmethod
    def _date(release: Path) -> int:
        found = re.search(r"^Date: (.*)$", release.read_text(), re.MULTILINE)
        return int(parsedate_to_datetime(found[1]).timestamp()) if found else 0

    def _done(self, action: str, *words: str) -> str:
        outcome = repo(action, str(self.folder), *words, *self._dated)
        assert (outcome.errors, outcome.status) == ("", 0)
        return outcome.text


def with_a_package(folder: Path) -> Repository:
    """A repository below a folder, with the first version of web1 in canary."""
    made = Repository(folder / "apt")
    made.add(package(folder, "web1", "1"))
    return made
