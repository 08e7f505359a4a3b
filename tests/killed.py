"""Kills a write at each of its steps in turn, and says what each left; run by tests/test_write.py.

A step is a call that changes or reads the file system. A text is written in two halves, so that
files are cut off as well. Prints a line of JSON: for each step what the folder then held (`old`,
`new` or whatever else), and whether the next write had something to do with it.
"""

import json
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from compiler.standing import stamp_of, standing
from compiler.write import write
from schema.diagnostics import RejectedError
from schema.tree import File, Link, Origin, Tree

_EVENTS = ("open", "os.", "ctypes.dlsym", "fcntl.")


def small_tree(text: str) -> Tree:
    """A tree of two files and a link, in folders that depend on the text."""
    origin = Origin("test", (), "is small")
    return Tree(
        [
            ("usr/one", File(f"{text}\n", 0o644, origin)),
            (f"usr/{text}/two", File(f"{text}\n" * 99, 0o755, origin)),
            (f"usr/{text}/link", Link("../one", origin)),
        ]
    )


def outcomes(parent: Path, old: Tree | None, new: Tree) -> Counter[str]:
    """What a folder holds after a kill at each step of replacing one tree by another."""
    folder, seen = str(parent / "out"), Counter[str]()
    for step in count(1):
        shutil.rmtree(folder, ignore_errors=True)
        if old:
            write(old, folder)
        status = in_child(lambda: write(new, folder), step)
        seen[_held(folder, old, new)] += 1
        write(new, folder)
        if _held(folder, None, new) != "new" or os.listdir(parent) != ["out"]:
            seen["not mended"] += 1
        if os.WIFEXITED(status):
            return seen
    raise AssertionError


def _held(folder: str, old: Tree | None, new: Tree) -> str:
    try:
        stamp = standing(folder)
    except RejectedError as rejected:
        return rejected.diagnostics[0].message
    stamps = {stamp_of(new): "new", stamp_of(old) if old else None: "old"}
    return stamps.get(stamp, "a part of a tree")


def in_child(work: Callable[[], object], step: int, events: tuple[str, ...] = _EVENTS) -> int:
    """Do something in a process that is killed at a step, and give the status of its end."""
    if (child := os.fork()) == 0:
        _kill_at(step, events)
        work()
        os._exit(0)
    return os.waitpid(child, 0)[1]


def _kill_at(step: int, events: tuple[str, ...]) -> None:
    steps = count(1)
    real_write = os.write

    def tick(*_: Any) -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def halved(descriptor: int, content: memoryview) -> int:
        half = max(1, len(content) // 2)
        written = real_write(descriptor, content[:half])
        tick()
        return written

    os.write = halved  # type: ignore[assignment]
    sys.addaudithook(lambda event, _: tick() if event.startswith(events) else None)


if __name__ == "__main__":
    before, after = small_tree("before"), small_tree("after")
    scratch = Path(sys.argv[1])
    print(json.dumps([outcomes(scratch, before, after), outcomes(scratch, None, after)]))
