"""Roots of Debian releases: built once by mmdebstrap, kept below .cache/boot, never changed."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from tests.support import ROOT

MIRROR = "http://deb.debian.org/debian"
CACHE = ROOT / ".cache" / "boot"
TOOLS = ("ip", "mmdebstrap", "nsenter", "setpriv", "systemd-nspawn", "unshare")
PACKAGES = (
    "acl",
    "attr",
    "borgbackup",
    "dbus",
    "libfaketime",
    "openssh-client",
    "openssh-server",
    "postfix",
    "postgresql",
    "prometheus-node-exporter",
    "sqlite3",
    "systemd",
    "systemd-sysv",
)
# What makes a boot quick: a database that is lost with its host anyway need not wait for a disk,
# nor for Debian's wrapper, which sleeps for two seconds beside a server that is up; and what only
# a few tests look at does not start by itself. And borg need not test itself each time it starts.
_POSTGRESQL = "/etc/systemd/system/postgresql@.service.d"
_READY = (
    r"[Service]\nType=notify\nExecStart=\nExecStart=/usr/bin/pg_ctlcluster --foreground %%i start"
)
SETTINGS = (
    'cd "$1"/etc/postgresql/*/main && echo fsync=off >conf.d/laboratory.conf',
    'cd "$1"/etc/postgresql/*/main && echo "NOTIFY_SOCKET=\'/run/systemd/notify\'" >>environment',
    f'mkdir "$1{_POSTGRESQL}" && printf "{_READY}\\n" >"$1{_POSTGRESQL}/laboratory.conf"',
    'chroot "$1" systemctl --quiet mask prometheus-node-exporter.service',
    (
        'mkdir "$1/etc/systemd/system.conf.d" && printf "[Manager]\\nDefaultEnvironment=%s\\n"'
        ' BORG_SELFTEST=disabled >"$1/etc/systemd/system.conf.d/laboratory.conf"'
    ),
    'rm "$1/etc/hostname" "$1/etc/resolv.conf"',  # those of the machine that builds the root
)
OPTIONS = (
    "--quiet",
    "--variant=minbase",
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=APT::Install-Recommends "false"',
    "--dpkgopt=force-unsafe-io",
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    f"--include={','.join(PACKAGES)}",
    *(f"--customize-hook={setting}" for setting in SETTINGS),
)


def missing() -> str | None:
    """Why this machine cannot boot a root, or None when it can."""
    if os.geteuid() != 0:
        return "booting a Debian takes root"
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    return f"booting a Debian takes {', '.join(absent)}" if absent else None


def root(release: str) -> Path:
    """The root of a release (`bookworm`, `trixie`), built when there is none: about a minute.

    Raises:
        subprocess.CalledProcessError: mmdebstrap failed; what it said is printed.
    """
    words = (release, *OPTIONS)
    digest = hashlib.sha256("\0".join(words).encode()).hexdigest()[:12]
    folder = CACHE / f"{release}-{digest}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _build(release, folder)
    return folder


def _build(release: str, folder: Path) -> None:
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    # A terminal's locale or a build machine's proxy settings must not end up in the root.
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    environment |= {name: value for name, value in os.environ.items() if name.endswith("_proxy")}
    subprocess.run(["mmdebstrap", *OPTIONS, release, partial, MIRROR], check=True, env=environment)
    partial.rename(folder)


def run_in(root: Path, *command: str) -> str:
    """What a command of a root prints that needs no booted system and changes nothing."""
    return subprocess.run(
        ["chroot", root, *command], check=True, capture_output=True, encoding="utf-8"
    ).stdout
