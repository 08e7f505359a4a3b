"""The folder of modules: each file is one module, shown by a golden host and documented."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import attrs
import pytest

import modules
from schema.borg import LocalRepository, SshRepository
from schema.host import Manifest
from schema.module import Module
from schema.option import HELP
from schema.targets import Target
from tests.support import GOLDEN, ROOT, files_of, host_names

_TEMPLATES = ROOT / "modules" / "templates"

_SCALARS = (LocalRepository, SshRepository, Target)
"""Classes that a manifest writes as one word: no options of their own."""

every_module = pytest.mark.parametrize("name", modules.names())


@every_module
def test_file_holds_exactly_one_module(name: str) -> None:
    """The one module class of a file is what its name in a manifest finds."""
    found = modules.find(name)
    room = import_module(f"modules.{name}")
    assert [one for one in vars(room).values() if _is_module(one, room.__name__)] == [found]


@every_module
def test_file_says_what_it_is_for(name: str) -> None:
    """The first line of a module's file names the software, and how it is backed up."""
    assert ast.get_docstring(_parsed(name))


@every_module
def test_name_is_snake_case(name: str) -> None:
    """A file's name is a key in manifests: lower case, words joined by underscores."""
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)


@every_module
def test_module_imports_no_other(name: str) -> None:
    """Modules meet in compiler/evaluate.py only; each can be read, and removed, on its own."""
    packages = {one.split(".")[0] for one in _imported(_parsed(name))}
    assert packages & {"", "compiler", "modules"} == set()


@every_module
def test_module_is_in_a_golden_host(name: str) -> None:
    """What a module makes is to be seen in some golden tree."""
    using = [host for host in host_names() if _names_module(host, name)]
    assert using != []


@pytest.mark.parametrize("template", sorted(_TEMPLATES.rglob("*.j2")), ids=lambda path: path.stem)
def test_template_is_in_a_golden_tree(template: Path) -> None:
    """A template that no golden host uses is not tested, or not used at all."""
    name = template.name.partition(".")[0]
    paths = {path for host in host_names() for path in files_of(host)}
    assert any(path.endswith(f"/hostwright/{name}") for path in paths)


def test_golden_folders_are_hosts() -> None:
    """A golden folder without a manifest is left over from a host that was removed."""
    others = {"explain", "fleet", "merge", "rejected"}
    folders = [path for path in GOLDEN.iterdir() if path.is_dir() and path.name not in others]
    assert [path.name for path in folders if not (path / "host.yaml").is_file()] == []


def test_golden_hosts_have_their_own_names() -> None:
    """Two golden hosts of one name could not be compiled into one folder."""
    found = [line for host in host_names() for line in _manifest(host) if line.startswith("host:")]
    assert len(set(found)) == len(found)


def test_every_option_has_help() -> None:
    """The reference is made of the options' own help, one sentence each without a full stop."""
    undocumented = [
        f"{type_.__name__}.{field.name}"
        for type_ in _option_classes()
        for field in attrs.fields(type_)
        if not field.metadata.get(HELP) or field.metadata[HELP].endswith(".")
    ]
    assert undocumented == []


def test_every_option_class_is_documented() -> None:
    """The docstring of a class of options introduces them in the reference."""
    assert [one.__name__ for one in _option_classes() if not one.__doc__] == []


def _parsed(name: str) -> ast.Module:
    return ast.parse((ROOT / "modules" / f"{name}.py").read_text(encoding="utf-8"))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{'.' * node.level}{node.module or ''}"


def _is_module(value: object, room: str) -> bool:
    return isinstance(value, type) and issubclass(value, Module) and value.__module__ == room


def _manifest(host: str) -> list[str]:
    return (GOLDEN / host / "host.yaml").read_text(encoding="utf-8").splitlines()


def _names_module(host: str, name: str) -> bool:
    text = "\n".join(_manifest(host)).partition("\nmodules:")[2]
    return re.search(rf"^ *(\[|- |, )?{name}\b", text, re.MULTILINE) is not None


def _option_classes() -> list[type]:
    """Every class of options that a manifest reaches, once."""
    found: dict[type, None] = {}
    waiting: list[Any] = [Manifest, *(modules.find(name) for name in modules.names())]
    while waiting:
        type_ = waiting.pop()
        waiting += [inner for inner in get_args(type_) if inner not in found]
        if attrs.has(type_) and type_ not in (*found, *_SCALARS):
            found[type_] = None
            waiting += [field.type for field in attrs.fields(type_)]
    return list(found)
