"""A control group of its own for each booted host.

Without one, two hosts booted side by side would share /system.slice, and the systemd of one would
remove the groups of the other.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

EMPTYING_SECONDS = 10


@contextmanager
def own_groups(name: str) -> Iterator[tuple[Path, ...]]:
    """Make a control group in each hierarchy that systemd uses; they are removed at the end."""
    groups = tuple(parent / name for parent in _current())
    try:
        for group in groups:
            group.mkdir()
        yield groups
    finally:
        for group in groups:
            _remove(group)


def _current() -> Iterator[Path]:
    """The folders of this process's group: of cgroup v2, and of systemd's own v1 (hybrid) one."""
    paths = {
        controllers: path
        for _, controllers, path in (
            line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()
        )
    }
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        mount, _, file_system = line.partition(" - ")
        _, _, _, root, where, *_ = mount.split()
        kind, _, options = file_system.split(" ", 2)
        named = "name=systemd" in options.split(",")
        if kind == "cgroup2" or (kind == "cgroup" and named):
            path = paths.get("" if kind == "cgroup2" else "name=systemd")
            if path is not None:
                yield Path(where) / os.path.relpath(path, root)


def _remove(group: Path) -> None:
    deadline = time.monotonic() + EMPTYING_SECONDS
    while group.exists() and time.monotonic() < deadline:
        for folder, _, _ in os.walk(group, topdown=False):
            with suppress(OSError):  # its last processes are still ending
                os.rmdir(folder)
        time.sleep(0.01)
