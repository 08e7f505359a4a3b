"""A root of Debian, booted in a container for as long as a context lasts.

What the host changes goes to a throw-away layer over the root, mounted in the container's own
mount namespace. systemd-nspawn is the init of a process namespace of its own, and so takes the
host with it when it is killed. However the tests end, nothing is left running or mounted.
"""

import shlex
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path

from tests.boot.cgroups import own_groups

BOOT_SECONDS = 60
_LAYERED = "mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay root"
_CONTAINER = "systemd-nspawn --quiet --directory=root --boot --register=no --keep-unit \
--private-network --link-journal=no --console=read-only"
_JOIN_GROUPS = 'while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs"; shift; done; cd "$2"; shift 2'


class BootError(Exception):
    """A root did not boot; the text is what its console showed."""


@contextmanager
def booted(root: Path, name: str) -> Iterator[int]:
    """Boot a root under a host name and give the process number of its init.

    Raises:
        BootError: it did not come up within a minute.
    """
    with disk(root) as folder, powered(folder, name) as init:
        yield init


@contextmanager
def disk(root: Path) -> Iterator[Path]:
    """Make a disk with a root on it, which can be booted several times, one after another."""
    with tempfile.TemporaryDirectory(prefix="hostwright-", dir="/var/tmp") as text:
        folder = Path(text)
        _layer(root, folder)
        yield folder


@contextmanager
def powered(folder: Path, name: str) -> Iterator[int]:
    """Boot a disk under a host name; the end of the context cuts the power.

    All processes are killed at once and nothing is shut down, as when the power fails. Only what
    they have written is safe here, whether or not it was synced.

    Raises:
        BootError: it did not come up within a minute.
    """
    with own_groups(folder.name) as groups:
        named = f"{{ [ -e root/etc/hostname ] || echo {shlex.quote(name)} >root/etc/hostname; }}"
        start = f"{_JOIN_GROUPS}; {mounting(folder)} && {named} && exec {_CONTAINER} " + '"$@"'
        with (folder / "console").open("wb") as console:
            container = subprocess.Popen(
                [
                    *("setpriv", "--pdeathsig=KILL"),
                    *("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"),
                    *("sh", "-c", start, "sh", *map(str, groups), "--", str(folder)),
                    f"--hostname={name}",
                ],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
            )
        try:
            yield _init(container, folder / "console")
        finally:
            container.kill()
            container.wait()


def enter(init: int) -> tuple[str, ...]:
    """The words that run a command inside, before the command."""
    return ("nsenter", "--all", f"--target={init}", "--root", "--wd")


def _layer(root: Path, folder: Path) -> None:
    """Prepare a throw-away layer over a root; where there is no overlayfs, a whole copy of it."""
    for name in ("upper", "work", "root"):
        (folder / name).mkdir()
    (folder / "lower").symlink_to(root)
    trial = ["unshare", "--mount", "sh", "-c", _LAYERED]
    if subprocess.run(trial, check=False, cwd=folder, capture_output=True).returncode != 0:
        subprocess.run(["cp", "-a", "--reflink=auto", f"{root}/.", folder / "root"], check=True)


def mounting(folder: Path) -> str:
    """The command that mounts the layer, unless the disk is a copy."""
    return "true" if any((folder / "root").iterdir()) else _LAYERED


def _init(container: "subprocess.Popen[bytes]", console: Path) -> int:
    """Wait until the host runs: its init is a grandchild, below unshare and systemd-nspawn."""
    deadline = time.monotonic() + BOOT_SECONDS
    while container.poll() is None and time.monotonic() < deadline:
        for init in chain.from_iterable(map(children, children(container.pid))):
            if _is_running(init):
                return init
        time.sleep(0.1)
    raise BootError(console.read_text(errors="replace"))


def children(process: int) -> list[int]:
    """The process numbers of a process's children; none, when it has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        text = Path(f"/proc/{process}/task/{process}/children").read_text()
        return [int(word) for word in text.split()]
    return []


def _is_running(init: int) -> bool:
    state = subprocess.run(
        [*enter(init), "systemctl", "is-system-running"],
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    return state.stdout.strip() in {"running", "degraded"}
