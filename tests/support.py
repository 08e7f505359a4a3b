"""What every test needs: where the repository is, its golden hosts, and a compile of a text."""

import os
import shutil
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

from compiler import compile_host
from schema.compiled import Compiled
from schema.tree import File, Tree

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "golden"


def compile_text(text: str | bytes, name: str = "host.yaml") -> Compiled:
    """Compile a manifest that stands in no file."""
    return compile_host(name, text.encode() if isinstance(text, str) else text)


def hosts() -> list[Path]:
    """The folders of the golden hosts, sorted: each holds a host.yaml that compiles."""
    return sorted(path.parent for path in GOLDEN.glob("*/host.yaml"))


def host_names() -> list[str]:
    """The names of the golden folders, as parameters of tests."""
    return [host.name for host in hosts()]


@cache
def compiled(host: str) -> Compiled:
    """What came of a golden host's manifest, which reports call host.yaml."""
    manifest = GOLDEN / host / "host.yaml"
    return compile_text(manifest.read_bytes())


def tree_of(host: str) -> Tree:
    """The tree of a golden host; a test that calls this fails when there is none."""
    tree = compiled(host).tree
    assert tree is not None, f"golden/{host}/host.yaml does not compile"
    return tree


def files_of(host: str) -> dict[str, File]:
    """The regular files of a golden host's tree, by path."""
    return {path: entry for path, entry in tree_of(host).items() if isinstance(entry, File)}


def need(*tools: str) -> None:
    """Skip the running test without these programs, or fail it: HOSTWRIGHT_TOOLS=required."""
    absent = [tool for tool in tools if shutil.which(tool) is None]
    if absent:
        give_up(f"not installed: {', '.join(absent)}")


def give_up(reason: str) -> NoReturn:
    """Skip the running test, or fail it where HOSTWRIGHT_TOOLS=required promises every tool."""
    if os.environ.get("HOSTWRIGHT_TOOLS") == "required":
        pytest.fail(reason)
    pytest.skip(reason)
