"""What a bad day takes: a bare Debian, the commands of docs/restore.md, a look at everything."""

import fcntl
import hashlib
import os
import re
import shutil
import stat
import subprocess
import time
from pathlib import Path

from attrs import frozen

from tests.boot import roots
from tests.boot.laboratory import Host
from tests.support import ROOT

PAGE = ROOT / "docs" / "restore.md"
DOWN_SECONDS = 60
_PACKAGES = "borgbackup postgresql sqlite3 man-db python3-jinja2 python3-yaml"
_DOWNLOAD = f"apt-get --yes --quiet=2 --download-only install {_PACKAGES}"
_OPTIONS = (
    *(option for option in roots.OPTIONS if option.startswith(("--quiet", "--variant", "--apt"))),
    "--dpkgopt=force-unsafe-io",
    "--include=dbus,systemd,systemd-sysv",
    # What apt-get would get from a mirror is there already: a booted host has no network.
    "--skip=cleanup/apt",
    f"--customize-hook=APT_CONFIG=$MMDEBSTRAP_APT_CONFIG {_DOWNLOAD}",
)


@frozen
class Entry:
    """All that a backup has to bring back of one file, folder or link.

    Attributes:
        mode: kind and permissions, setuid and setgid among them.
        owner: user and group, by name.
        content: the digest of a file, the target of a link.
        attributes: extended attributes, ACLs among them.
        modified: nanoseconds since 1970; of files only.
        links: all names of the same file.
        sparse: whether it has holes.
    """

    mode: str
    owner: str
    content: str
    attributes: tuple[tuple[str, bytes], ...]
    modified: int
    links: int
    sparse: bool


def commands(section: str) -> tuple[str, ...]:
    """The indented blocks of a section of docs/restore.md, in order, each as it is typed."""
    text = PAGE.read_text().partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    assert text, f"docs/restore.md has no section {section}"
    blocks = re.findall(r"(?:^    .+\n)+", text, re.MULTILINE)
    return tuple(block.replace("\n    ", "\n").strip() for block in blocks)


def bare_root(release: str) -> Path:
    """A Debian with nothing but systemd, to which the page's packages have been downloaded."""
    digest = hashlib.sha256("\0".join((release, *_OPTIONS)).encode()).hexdigest()[:12]
    folder = roots.CACHE / f"bare-{release}-{digest}"
    roots.CACHE.mkdir(parents=True, exist_ok=True)
    with (roots.CACHE / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            partial = folder.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            words = ["mmdebstrap", *_OPTIONS, release, str(partial), roots.MIRROR]
            subprocess.run(words, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
            partial.rename(folder)
    return folder


def everything(host: Host, *paths: str) -> dict[str, Entry]:
    """Every file, folder and link below some paths of a host."""
    users, groups = _names(host, "/etc/passwd"), _names(host, "/etc/group")
    found = {}
    for path in paths:
        top = host.path(path)
        for folder, folders, files in os.walk(top):
            for name in (*folders, *files):
                entry = Path(folder, name)
                at = f"{path}/{entry.relative_to(top)}"
                found[at] = _entry(entry, users, groups)
    return found


def _names(host: Host, table: str) -> dict[int, str]:
    lines = (line.split(":") for line in host.path(table).read_text().splitlines())
    return {int(line[2]): line[0] for line in lines}


def _entry(path: Path, users: dict[int, str], groups: dict[int, str]) -> Entry:
    look = path.lstat()
    content, regular = "", stat.S_ISREG(look.st_mode)
    if stat.S_ISLNK(look.st_mode):
        content = os.readlink(path)
    elif regular:
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
    names = sorted(os.listxattr(path, follow_symlinks=False))
    attributes = ((name, os.getxattr(path, name, follow_symlinks=False)) for name in names)
    return Entry(
        stat.filemode(look.st_mode),
        f"{users.get(look.st_uid, look.st_uid)}:{groups.get(look.st_gid, look.st_gid)}",
        content,
        tuple(attributes),
        look.st_mtime_ns if regular else 0,
        look.st_nlink if regular else 0,
        regular and look.st_blocks * 512 < look.st_size,
    )


def all_databases(host: Host) -> str:
    """Roles with their passwords, databases with owners and properties, and all rows, as SQL."""
    text = host.run("pg_dumpall", user="postgres").stdout
    # Since the minor releases of August 2025 a dump has lines with a random word.
    return re.sub(r"^\\(un)?restrict .*\n", "", text, flags=re.MULTILINE)


def shut_down(host: Host) -> None:
    """Have a host reboot itself as far as that everything on it has ended."""
    host.run("systemctl", "reboot", check=False)
    deadline = time.monotonic() + DOWN_SECONDS
    while Path(f"/proc/{host.init}").exists():
        assert time.monotonic() < deadline, f"{host} did not go down"
        time.sleep(0.1)
