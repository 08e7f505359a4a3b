"""A fleet's own repository of manifests in a temporary folder, with the pipelines of examples/."""

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import field, frozen

from tests.support import GOLDEN, ROOT, need

EXAMPLES = ROOT / "examples"
HOSTS = ("till1", "web1", "web2")
PROGRAMS = {
    "hostwright": f'PYTHONPATH={ROOT} exec {sys.executable} -P -m compiler "$@"',
    "sudo": 'shift; exec "$@"',
    "apt-get": 'echo "apt-get $*" >> "$HOME/called"',
    "mktemp": 'made=$(/usr/bin/mktemp "$@"); echo "mktemp $made" >> "$HOME/called"; echo "$made"',
    "lintian": 'echo "lintian $*" >> "$HOME/called"',
}
"""What stands before the machine's own programs on PATH: nothing of a test changes the machine."""


@frozen
class Ran:
    """What a command line did: all that it printed, and its exit status."""

    text: str
    status: int


@frozen
class Fleet:
    """The repository of manifests, and what is beside it: a home, and programs of the tests."""

    folder: Path
    variables: dict[str, str] = field(factory=dict)

    @property
    def home(self) -> Path:
        """The home of who runs the pipeline."""
        return self.folder.parent / "home"

    @property
    def called(self) -> list[str]:
        """How the programs were called that only seem to do something."""
        file = self.home / "called"
        return file.read_text().splitlines() if file.exists() else []

    def run(self, script: str, **variables: str) -> Ran:
        """Run lines of bash in the repository, as a runner of a CI does."""
        environment = {
            "PATH": f"{self.folder.parent / 'bin'}:/usr/bin:/bin",
            "HOME": str(self.home),
            "GIT_CONFIG_GLOBAL": "/dev/null",
            **self.variables,
            **variables,
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            env=environment,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return Ran(done.stdout, done.returncode)

    def done(self, script: str, **variables: str) -> str:
        """Run lines that have to succeed, and give what they print."""
        ran = self.run(script, **variables)
        assert ran.status == 0, ran.text
        return ran.text

    def change(self, file: str, old: str, new: str) -> None:
        """Replace words in a file, which has them once."""
        path = self.folder / file
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))

    def commit(self) -> None:
        """Commit everything, a minute after the last time."""
        count = int(self.done("git rev-list --count --all 2> /dev/null || echo 0"))
        date = f"{1_790_000_000 + 60 * count} +0000"
        self.done("git add --all; git commit --quiet --message=x", GIT_COMMITTER_DATE=date)

    def copy(self, folder: Path) -> "Fleet":
        """The same in another folder, so that a test has it for itself."""
        subprocess.run(["cp", "--archive", self.folder.parent, folder], check=True)
        return Fleet(folder / "fleet")


def make_fleet(
    folder: Path, hosts: Sequence[str] = HOSTS, programs: Mapping[str, str] | None = None
) -> Fleet:
    """Make the repository of manifests as examples/README.md says, and commit it.

    Args:
        folder: where to.
        hosts: of golden/fleet.
        programs: scripts to stand before programs of the machine, besides PROGRAMS.
    """
    need("bash", "git", "make", "jq")
    fleet = Fleet(folder / "fleet")
    (fleet.folder / "hosts").mkdir(parents=True)
    fleet.home.mkdir()
    _make_programs(folder / "bin", {**PROGRAMS, **(programs or {})})
    for host in hosts:
        shutil.copy(GOLDEN / f"fleet/hosts/{host}.yaml", fleet.folder / "hosts")
    shutil.copytree(GOLDEN / "fleet/profiles", fleet.folder / "profiles")
    shutil.copytree(EXAMPLES / "pipeline", fleet.folder / "pipeline")
    shutil.copy(EXAMPLES / "make/Makefile", fleet.folder)
    (fleet.folder / ".gitignore").write_text("/build/\n")
    fleet.done("git init --quiet --initial-branch=main")
    fleet.done("git config user.name fleet; git config user.email fleet@example.org")
    fleet.done("make trees")
    fleet.commit()
    return fleet


def make_changed_fleet(folder: Path) -> Fleet:
    """Make a fleet, and a second commit, which changes a profile and the trees that it is for."""
    fleet = make_fleet(folder)
    fleet.change("profiles/base.yaml", '"*-*-* 02:00"', '"*-*-* 03:00"')
    fleet.done("make trees")
    fleet.commit()
    fleet.done("rm -rf build; git gc --quiet")
    return fleet


def _make_programs(folder: Path, programs: Mapping[str, str]) -> None:
    folder.mkdir()
    for name, script in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o700)
