"""Modules of the user's own for tests: a folder, a manifest that names one, what comes of it."""

from pathlib import Path

from compiler import compile_host
from schema.compiled import Compiled
from schema.diagnostics import Diagnostic
from schema.tree import File

UNIT = "usr/lib/systemd/system/backup-redis.service"
HEAD = '''"""Redis: a dump of it."""

from collections.abc import Iterator, Mapping
from typing import Literal

from attrs import frozen

from schema.bounded import Count
from schema.diagnostics import Diagnostic
from schema.tree import File
from schema.module import DumpModule, Host, Module, error, warning
from schema.option import collected, option
from schema.resources import Archive, Brought, Dump, LiveData, Needs, Notifier, Recovery, Resource
from schema.scalars import AbsolutePath, Checked, JobName, Matched, Text, UserName
'''

NOTHING = "\n    def declare(self, host):\n        return ()\n"
"""What a module has that backs nothing up."""

GOOD = f'''{HEAD}

@frozen(eq=False, repr=False)
class Redis(DumpModule):
    """A Redis server."""

    socket: AbsolutePath = option(default=AbsolutePath.known("/run/redis"), help="its socket")

    def declare(self, host: Host) -> Iterator[Resource]:
        yield Dump(
            name="redis",
            description="Dump Redis",
            user="redis",
            command=("/usr/bin/redis-cli", "-s", self.socket, "--rdb", "redis.rdb"),
            required=self.required,
        )
        yield Brought(users=("redis",))
'''


def with_option(line: str) -> str:
    """A module with one field."""
    return f'{HEAD}\n@frozen\nclass Redis(Module):\n    """Redis."""\n{NOTHING}\n    {line}\n'


def with_method(name: str, *lines: str) -> str:
    """A module with one method."""
    nothing = "" if name == "declare" else NOTHING
    body = "\n".join(f"        {line}" for line in lines)
    return (
        f'{HEAD}\n@frozen\nclass Redis(Module):\n    """Redis."""\n{nothing}\n'
        f"    def {name}(self, host):\n{body}\n"
    )


def with_dump(**fields: str) -> str:
    """A module that declares a dump; each field as its Python text."""
    good = {
        "name": '"redis"',
        "description": '"Dump Redis"',
        "user": '"root"',
        "command": '("/usr/bin/redis-cli",)',
    }
    words = ", ".join(f"{name}={text}" for name, text in {**good, **fields}.items())
    return with_method("declare", f"yield Dump({words})")


def folder(place: Path, **modules: str) -> Path:
    """A folder of modules."""
    place.mkdir(parents=True, exist_ok=True)
    for name, text in modules.items():
        (place / f"{name}.py").write_text(text, encoding="utf-8", errors="surrogateescape")
    return place


def manifest(place: Path, modules: str = "[redis]", extra: str = "module_path: [modules]") -> Path:
    """A host's manifest beside a folder called modules."""
    place.mkdir(parents=True, exist_ok=True)
    file = place / "host.yaml"
    file.write_text(
        "host: web1\ntarget: debian-12\nbackup:\n  repository: /mnt/vault/web1\n"
        "  passphrase: /etc/credstore/borg-passphrase\n  paths: [/etc]\n"
        f"modules: {modules}\n{extra}\n"
    )
    return file


def compiled(place: Path, source: str, modules: str = "[redis]") -> Compiled:
    """What came of a host with one module of its own, called redis."""
    folder(place / "modules", redis=source)
    file = manifest(place, modules)
    return compile_host(str(file), file.read_bytes())


def refused(place: Path, source: str, modules: str = "[redis]") -> Diagnostic:
    """The one thing that is wrong with a module."""
    (found,) = compiled(place, source, modules).diagnostics
    return found


def line_of(diagnostic: Diagnostic) -> str:
    """The line that a report would show."""
    assert diagnostic.mark is not None
    return (
        Path(diagnostic.file)
        .read_text(errors="replace")
        .split("\n")[diagnostic.mark.line - 1]
        .strip()
    )


def paths_of(result: Compiled) -> set[str]:
    """The paths of a tree, which must be there."""
    assert result.tree is not None, result.diagnostics
    return set(dict(result.tree.items()))


def text_of(result: Compiled, path: str) -> str:
    """The text of a file of a tree."""
    assert result.tree is not None, result.diagnostics
    entry = dict(result.tree.items())[path]
    assert isinstance(entry, File)
    return entry.text


def importing(line: str, source: str) -> str:
    """A module with one import more."""
    return source.replace("from attrs", f"{line}\nfrom attrs", 1)


def host(place: Path, *modules: str) -> Compiled:
    """What came of a host, with folders of the command line."""
    file = place / "host.yaml"
    return compile_host(str(file), file.read_bytes(), modules=modules)
