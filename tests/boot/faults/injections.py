"""What is done to a host for a while, and undone: files moved, disks filled, units changed."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.boot.faults.lab import Lab


@contextmanager
def done(lab: Lab, script: str, undo: str) -> Iterator[None]:
    """Run a shell script on the host, and another one at the end, whatever happens between."""
    try:
        lab.host.run("sh", "-ec", script)
        yield
    finally:
        lab.host.run("sh", "-ec", undo)


@contextmanager
def left(lab: Lab, script: str) -> Iterator[None]:
    """Run a shell script on the host whose traces stay."""
    lab.host.run("sh", "-ec", script)
    yield


def away(lab: Lab, path: str, instead: str = "true") -> AbstractContextManager[None]:
    """Have a file or folder away, and whatever a script makes in its place."""
    back = f"rm -rf {path}; mv {path}.away {path}"
    return done(lab, f"mv {path} {path}.away; {instead}", back)


@contextmanager
def full(lab: Lab, folder: str) -> Iterator[None]:
    """Have no room left on the disk of a folder, of which nothing is written meanwhile."""
    size, used = lab.host.run("df", "--output=size,used", "--block-size=1", folder).stdout.split()[
        -2:
    ]
    with done(
        lab, f"mount -o remount,size={used} {folder}", f"mount -o remount,size={size} {folder}"
    ):
        yield


def mounted(
    lab: Lab, where: str, *, options: str = "", then: str = "true"
) -> AbstractContextManager[None]:
    """Have an empty file system mounted over a folder."""
    mount = f"mount -t tmpfs -o mode=755{options} tmpfs {where}"
    return done(lab, f"{mount}; {then}", f"umount {where}")


@contextmanager
def changed(lab: Lab, *lines: str, unit: str = "backup") -> Iterator[None]:
    """Have a hand-written drop-in in /etc, with lines of [Service]."""
    path = f"/etc/systemd/system/{unit}.service.d/99-hand.conf"
    lab.host.write(path, "\n".join(("[Service]", *lines, "")))
    lab.host.run("systemctl", "daemon-reload")
    try:
        yield
    finally:
        lab.host.run("rm", path)
        lab.host.run("systemctl", "daemon-reload")
