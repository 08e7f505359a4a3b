"""A fleet on a private network: hosts that are booted or only chroots, and a server of packages.

The server is a process in a network namespace of its own, in which a bridge joins all cables.
Nothing in this machine's own network changes, and everything ends with its context.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from tests.boot import roots
from tests.boot.container import children, disk, mounting
from tests.boot.laboratory import Host

PORT = 8000
NETWORK = "10.77.0"
ADDRESS = f"{NETWORK}.1"
FIRST = 11
"""The last number of the address of the host whose number is 0."""
_SECONDS = 10
_OPTIONS = (
    *(option for option in roots.OPTIONS if option.startswith(("--quiet", "--variant", "--apt"))),
    "--dpkgopt=force-unsafe-io",
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--include=borgbackup,dbus,python3,systemd,systemd-sysv,unattended-upgrades",
    '--customize-hook=rm "$1/etc/hostname" "$1/etc/apt/sources.list"',
)
_CHROOT = "{mounting} && mount -t proc proc root/proc && mount --rbind /dev root/dev && \
hostname {name} && exec chroot root sleep infinity"


def fleet_root(release: str) -> Path:
    """A Debian with what hosts' packages depend on and unattended-upgrades, but no mirror."""
    digest = hashlib.sha256("\0".join((release, *_OPTIONS)).encode()).hexdigest()[:12]
    folder = roots.CACHE / f"fleet-{release}-{digest}"
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


@contextmanager
def chrooted(root: Path, name: str) -> Iterator[Host]:
    """A host that is not booted: a throw-away layer over a root, with a network of its own."""
    with disk(root) as folder:
        start = _CHROOT.format(mounting=mounting(folder), name=name)
        apart = ("--mount", "--net", "--uts", "--pid", "--fork", "--kill-child")
        words = ("setpriv", "--pdeathsig=KILL", "unshare", *apart, "sh", "-c", start)
        process = subprocess.Popen(words, cwd=folder)
        try:
            yield Host(_sleeping(process))
        finally:
            process.kill()
            process.wait()


@frozen
class Mirror:
    """A server of a folder, by its process number, and the network around it."""

    process: int
    url: str

    def join(self, host: Host, number: int) -> None:
        """Lay a cable to a host; its address goes by its number."""
        port, peer = f"port{number}", ("peer", "name", "eth0", "netns", str(host.init))
        _ip(self.process, "link", "add", "name", port, "type", "veth", *peer)
        _ip(self.process, "link", "set", port, "master", "bridge0", "up")
        _ip(host.init, "address", "add", f"{NETWORK}.{FIRST + number}/24", "dev", "eth0")
        _ip(host.init, "link", "set", "eth0", "up")


@contextmanager
def serving(folder: Path, log: Path) -> Iterator[Mirror]:
    """Serve a folder over HTTP, on a network that is only there for it."""
    server = (sys.executable, "-m", "http.server", "--directory", str(folder), str(PORT))
    words = ("setpriv", "--pdeathsig=KILL", "unshare", "--net", *server)
    with log.open("wb") as said:
        process = subprocess.Popen(words, stdout=said, stderr=said)
    try:
        _wait_for_namespace(process.pid)
        _ip(process.pid, "link", "add", "name", "bridge0", "type", "bridge")
        _ip(process.pid, "address", "add", f"{ADDRESS}/24", "dev", "bridge0")
        _ip(process.pid, "link", "set", "bridge0", "up")
        yield Mirror(process.pid, f"http://{ADDRESS}:{PORT}")
    finally:
        process.kill()
        process.wait()


def _ip(process: int, *words: str) -> None:
    """Change the network of a process by the ip of this machine."""
    subprocess.run(["nsenter", "--net", f"--target={process}", "ip", *words], check=True)


def _wait_for_namespace(process: int) -> None:
    deadline = time.monotonic() + _SECONDS
    while os.readlink(f"/proc/{process}/ns/net") == os.readlink("/proc/self/ns/net"):
        assert time.monotonic() < deadline, "the server has no network of its own"
        time.sleep(0.01)


def _sleeping(process: "subprocess.Popen[bytes]") -> int:
    """Wait until the chroot is there: its process has become the one that only sleeps."""
    deadline = time.monotonic() + _SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        for child in children(process.pid):
            if Path(f"/proc/{child}/comm").read_text() == "sleep\n":
                return child
        time.sleep(0.01)
    raise AssertionError(f"the chroot did not come to be: status {process.poll()}")
