"""A fleet as docs/rollout.md has it: a publisher with manifests and a key, a server, hosts."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

from attrs import Factory, frozen

from tests.boot.container import booted
from tests.boot.laboratory import Host, Result
from tests.boot.mirror import FIRST, Mirror, chrooted, fleet_root, serving
from tests.boot.releases import TARGETS
from tests.support import ROOT

PAGE = ROOT / "docs" / "rollout.md"
KEY = "fleet@example.org"
NAMES = tuple(f"host{number:02}" for number in range(1, 21))
BOOTED = {"bookworm": "host01", "trixie": "host02"}
CANARIES = NAMES[:3]
OTHERS = NAMES[3:]
UPGRADE = ("apt-get", "--yes", "--quiet=2", "--allow-downgrades", "upgrade")
_SECONDS = 300
_FIRST_COMMIT = 1_790_000_000
_MANIFEST = """\
host: {host}
target: {target}
backup:
  repository: /mnt/vault/{host}
  passphrase: /etc/credstore/borg-passphrase
  paths: [/etc]
"""
T = TypeVar("T")


def release_of(host: str) -> str:
    """The Debian release of a host: they take turns."""
    return tuple(TARGETS)[(NAMES.index(host)) % 2]


@frozen
class Page:
    """The commands of docs/rollout.md, and which of them were run."""

    run: set[str] = Factory(set)

    def block(self, section: str, number: int = 0) -> str:
        """An indented block of a section, as it is typed; it counts as run from now on."""
        block = self._blocks(section)[number]
        self.run.add(block)
        return block

    def left(self) -> list[str]:
        """The blocks that nobody has run."""
        sections = re.findall(r"^## (.+)$", PAGE.read_text(), re.MULTILINE)
        blocks = [block for section in sections for block in self._blocks(section)]
        return [block for block in blocks if block not in self.run]

    @staticmethod
    def _blocks(section: str) -> list[str]:
        text = PAGE.read_text().partition(f"\n## {section}\n")[2].partition("\n## ")[0]
        found = re.findall(r"(?:^    .+\n(?:\n(?=    ))?)+", text, re.MULTILINE)
        return [re.sub(r"^(    |      )", "", block, flags=re.MULTILINE) for block in found]


@frozen
class Publisher:
    """Who has manifests, key and repository: a folder of this machine.

    Attributes:
        folder: with the manifests in git, and the repository.
        home: of gpg.
    """

    folder: Path
    home: Path

    def run(self, command: str) -> str:
        """Run a command as it is typed.

        Raises:
            AssertionError: it failed.
        """
        done = subprocess.run(
            ["sh", "-euc", command],
            check=False,
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            encoding="utf-8",
            timeout=_SECONDS,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    def commit(self, number: int, more: Callable[[str], str]) -> None:
        """Write the manifest of each host, with more lines behind it, and commit."""
        (self.folder / "hosts").mkdir(exist_ok=True)
        for host in NAMES:
            text = _MANIFEST.format(host=host, target=TARGETS[release_of(host)]) + more(host)
            (self.folder / "hosts" / f"{host}.yaml").write_text(text)
        who = "-c user.name=x -c user.email=x@example.org -c commit.gpgsign=false"
        date = f"@{_FIRST_COMMIT + number * 3600} +0000"
        self.run(
            f"git init --quiet . && git add hosts && GIT_COMMITTER_DATE='{date}' "
            f"git {who} commit --quiet --message=x"
        )

    def versions(self, suite: str) -> dict[str, str]:
        """What a suite has of each host."""
        rows = self.run(f"hostwright repo show apt --suite {suite}").splitlines()
        return {row.split()[1]: row.split()[2] for row in rows}

    def _environment(self) -> dict[str, str]:
        programs = self.home / "bin"
        if not programs.exists():
            programs.mkdir()
            for name, words in (("hostwright", ""), ("compile", " compile")):
                script = f'#!/bin/sh\nexec {sys.executable} -m compiler{words} "$@"\n'
                (programs / name).write_text(script)
                (programs / name).chmod(0o755)
        path = f"{programs}:{os.environ['PATH']}"
        return {"PATH": path, "PYTHONPATH": str(ROOT), "GNUPGHOME": str(self.home)}


@frozen
class Fleet:
    """All of it."""

    publisher: Publisher
    mirror: Mirror
    hosts: dict[str, Host]
    page: Page = Factory(Page)

    @property
    def url(self) -> str:
        """Where the repository is served."""
        return f"{self.mirror.url}/apt"

    def publish(self, section: str, number: int = 0) -> str:
        """Run a block of the page on the publisher."""
        return self.publisher.run(self.page.block(section, number))

    def on(self, host: str, section: str, number: int = 0) -> Result:
        """Run a block of the page on a host."""
        block = self.page.block(section, number)
        return self.hosts[host].run(
            "sh", "-euc", block.replace("https://apt.example.org", self.url)
        )

    def each(self, work: Callable[[str], T], names: tuple[str, ...] = NAMES) -> dict[str, T]:
        """Do something with hosts, two at a time."""
        with ThreadPoolExecutor(2) as pool:
            return dict(zip(names, pool.map(work, names), strict=True))

    def installed(self, host: str) -> str:
        """The version of its package that a host has."""
        shown = ("dpkg-query", "--show", "--showformat=${Version}", f"hostwright-host-{host}")
        return self.hosts[host].run(*shown).stdout

    def follow(self, host: str) -> str:
        """Have a host look for changes and take them; give what it says."""
        done = self.hosts[host].run("apt-get", "update")
        self.hosts[host].run(*UPGRADE)
        return f"{done.stdout}{done.stderr}"

    def requests(self) -> list[tuple[str, str]]:
        """Who has asked the server, and for which path."""
        log = (self.publisher.folder / "server.log").read_text(errors="replace")
        asked = re.findall(r"^\S+\.(\d+) - .* \"GET (\S+)", log, re.MULTILINE)
        return [(NAMES[int(last) - FIRST], path) for last, path in asked]

    def downloads(self, version: str) -> set[str]:
        """The hosts that have ever asked the server for a version of a package."""
        file = f"_{version.replace('+', '%2b')}_all.deb"
        return {name for name, path in self.requests() if path.endswith(file)}


@contextmanager
def fleet_in(folder: Path, home: Path) -> Iterator[Fleet]:
    """Boot two hosts, make chroots of the others, and join all to a server of a publisher."""
    with ExitStack() as stack:
        mirror = stack.enter_context(serving(folder, folder / "server.log"))
        hosts = {}
        for number, name in enumerate(NAMES):
            root = fleet_root(release_of(name))
            if name in BOOTED.values():
                hosts[name] = Host(stack.enter_context(booted(root, name)))
            else:
                hosts[name] = stack.enter_context(chrooted(root, name))
            mirror.join(hosts[name], number)
        yield Fleet(Publisher(folder, home), mirror, hosts)
