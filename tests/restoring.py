"""A machine for hostwright-restore: its programs, their settings, a repository, a passphrase."""

import os
import subprocess
from pathlib import Path

from attrs import frozen

from tests.programs import installed
from tests.support import give_up, need

PASSPHRASE = "correct horse"  # noqa: S105 - of a repository that lasts for a second
OLD, NEW = "web1-2020-02-02T02:02:02", "web1-2020-02-04T02:02:02"
SETTINGS = """
host = "web1"
archives = "web1-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*"
home = "{folder}/home"
local = true
paths = ["/etc"]
[environment]
LANG = "C.UTF-8"
BORG_REPO = "{folder}/repository"
BORG_HOST_ID = "web1"
[credentials]
passphrase = "{folder}/passphrase"
[dumps.shop]
description = "Dump the shop"
user = "root"
unit = "restore-shop.service"
replaces = ["{folder}/passphrase"]
[dumps.many]
description = "Dump the databases"
user = "root"
unit = "restore-many.service"
parts = true
[dumps.wiki]
description = "Dump the wiki"
user = "nobody"
"""


@frozen
class Host:
    """A folder with the programs, their settings, a repository and a passphrase."""

    folder: Path

    def path(self, name: str) -> Path:
        """A file of it."""
        return self.folder / name

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Start hostwright-restore."""
        return subprocess.Popen(
            [self.path("programs/restore"), *words],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def restore(self, *words: str) -> tuple[int, str, str]:
        """Run hostwright-restore: its exit status, output and errors."""
        process = self.start(*words)
        out, errors = process.communicate(timeout=30)
        return process.returncode, out, errors


def _borg(folder: Path, *words: str, cwd: Path | None = None) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "BORG_REPO": f"{folder}/repository",
        "BORG_BASE_DIR": f"{folder}/base",
        "BORG_PASSPHRASE": PASSPHRASE,
    }
    subprocess.run(["borg", *words], check=True, env=environment, cwd=cwd, capture_output=True)


def make(folder: Path) -> None:
    """The programs, and a repository with three archives."""
    need("borg", "stat")
    if os.geteuid() != 0:
        give_up("hostwright-restore takes root")
    installed(folder / "programs")
    data = folder / "data"
    for path, text in (("etc/fstab", "old"), ("re:^/odd", "literal"), ("etc/motd", "hello")):
        (data / path).parent.mkdir(parents=True, exist_ok=True)
        (data / path).write_text(text)
    (data / "etc").chmod(0o751)
    _borg(folder, "init", "--encryption=repokey")
    _borg(folder, "create", "--timestamp=2020-02-02T02:02:02", f"::{OLD}", ".", cwd=data)
    (data / "etc/fstab").write_text("new")
    _borg(folder, "create", "--timestamp=2020-02-04T02:02:02", f"::{NEW}", ".", cwd=data)
    _borg(folder, "create", "::web10-2021-01-01T00:00:00", "etc", cwd=data)


def ready(folder: Path) -> Host:
    """That machine, as it should be; what a test has changed is put right again."""
    (folder / "passphrase").write_text(f"{PASSPHRASE}\n")
    (folder / "programs" / "restore.toml").write_text(SETTINGS.format(folder=folder))
    return Host(folder)
