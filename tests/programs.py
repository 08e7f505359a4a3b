"""The programs of a host, put into a folder under the names and modes that they have there."""

import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.support import ROOT

PROGRAMS = ROOT / "modules" / "programs"
TEMPLATES = ROOT / "modules" / "templates"

Result = subprocess.CompletedProcess[str]
Import = Callable[[str], ModuleType]

# Keeps the folder as it is before each change, once the dump is complete: what a kill would leave.
KEEPER = """
set -o functrace
trap '[[ $BASH_COMMAND != "trap - "* ]] || step=100
      [[ ! -v step || ! $BASH_COMMAND =~ ^(mkdir|mv|rm) ]] || cp -a . "../$((++step))"' DEBUG
"""


def installed(folder: Path) -> Path:
    """Install every program and every script as `/usr/lib/hostwright` has them; gives the folder.

    The programs are copies, because they look for their siblings beside their own real file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for source, name, mode in _sources():
        shutil.copyfile(source, folder / name)
        (folder / name).chmod(mode)
    return folder


@contextmanager
def library(programs: Path, name: str) -> Iterator[ModuleType]:
    """Import an installed library, as its neighbours do, for as long as the context lasts."""
    known = set(sys.modules)
    sys.path.insert(0, str(programs))
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    try:
        yield importlib.import_module(name)
    finally:
        sys.dont_write_bytecode = before
        sys.path.remove(str(programs))
        for module in set(sys.modules) - known:
            if str(getattr(sys.modules[module], "__file__", "")).startswith(str(programs)):
                del sys.modules[module]


@contextmanager
def libraries(programs: Path) -> Iterator[Import]:
    """Import installed libraries by their names, which stay for as long as the context lasts."""
    with ExitStack() as there:
        yield lambda name: there.enter_context(library(programs, name))


def _sources() -> Iterator[tuple[Path, str, int]]:
    for script in sorted(TEMPLATES.glob("*/*.sh.j2")):
        yield script, script.name.removesuffix(".sh.j2"), 0o755
    for program in sorted(PROGRAMS.glob("*.py")):
        if program.read_bytes().startswith(b"#!"):
            yield program, program.stem.replace("_", "-"), 0o755
        else:
            yield program, program.name, 0o644


class DumpFolder:
    """The folder of a dump, /backup/shop."""

    def __init__(self, programs: Path, path: Path) -> None:
        self.path = path
        self._programs = programs

    def dump(self, *words: str, kept: bool = False) -> Result:
        """Run `dump` in the folder, which may be kept as it is before each command."""
        (self.path.parent / "keeper").write_text(KEEPER if kept else "")
        return subprocess.run(
            [self._programs / "dump", *words],
            check=False,
            cwd=self.path,
            env=dict(os.environ) | {"BASH_ENV": str(self.path.parent / "keeper")},
            capture_output=True,
            text=True,
        )

    def stdout(self, command: str, *options: str) -> Result:
        """Dump what a shell command prints."""
        return self.dump(*options, "stdout", "shop.dump", "/bin/sh", "-c", command)

    def folder(self, command: str, *options: str) -> Result:
        """Dump the files that a shell command makes."""
        return self.dump(*options, "folder", "/bin/sh", "-c", command)

    def sqlite(self, database: Path) -> Result:
        """Dump an SQLite database."""
        return self.dump("folder", str(self._programs / "sqlite"), str(database))

    def record(self) -> Any:
        """What MANIFEST.json says."""
        return json.loads((self.path / "MANIFEST.json").read_bytes())

    def files(self) -> dict[str, str]:
        """What is in the files of the folder, the record left out."""
        names = (name for name in self.path.rglob("*") if name.is_file())
        found = {str(name.relative_to(self.path)): name.read_text() for name in names}
        return {name: text for name, text in found.items() if name != "MANIFEST.json"}
