"""What tests of output folders need: what is in them, and file systems that fail."""

import os
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from compiler.standing import stamp_of
from compiler.write import write
from schema.diagnostics import Diagnostic, RejectedError
from schema.tree import Link, Tree
from tests.support import give_up, need

NOBODY = 65534


def shell(command: str, folder: Path) -> None:
    """Run a command line in a folder."""
    subprocess.run(["sh", "-c", command], check=True, cwd=folder)


def refusal(tree: Tree, folder: Path) -> Diagnostic:
    """Why a write is refused."""
    with pytest.raises(RejectedError) as rejected:
        write(tree, str(folder))
    (diagnostic,) = rejected.value.diagnostics
    return diagnostic


def contents(folder: Path) -> dict[str, str]:
    """Every path below a folder, with what a copy of it would have to have."""
    found = {}
    for path in sorted(folder.rglob("*")):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if path.is_symlink():
            found[str(path.relative_to(folder))] = f"-> {path.readlink()}"
        elif path.is_dir():
            found[str(path.relative_to(folder))] = f"{mode:o}/"
        else:
            found[str(path.relative_to(folder))] = f"{mode:o} {path.read_text()}"
    return found


def meant(tree: Tree, manifest: str = "") -> dict[str, str]:
    """What `contents` should say of a tree, with the digest of its manifest in the stamp."""
    found = {".hostwright": f"644 {stamp_of(tree, manifest)}"}
    for path, entry in tree.items():
        for parent in list(Path(path).parents)[:-1]:
            found[str(parent)] = "755/"
        if isinstance(entry, Link):
            found[path] = f"-> {entry.target}"
        else:
            found[path] = f"{entry.mode:o} {entry.text}"
    return found


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without root's right to write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """With a small file system of its own at a folder."""
    need("mount")
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", *options, "tmpfs", str(folder)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        give_up("mounting is not allowed here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)
