"""Every line of every golden tree says where it comes from and why, and every value is good."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import attrs
import pytest

import modules
from compiler.evaluate import evaluate
from compiler.load import load
from compiler.lower import lower
from compiler.structure import structure
from schema.bounded import Bounded
from schema.diagnostics import ManifestPath
from schema.directives import directive_rules, value_problem
from schema.host import Manifest
from schema.option import COLLECTS
from schema.scalars import Checked
from schema.tree import Origin
from schema.units import Command, Configuration, Directive, Expanded, Words
from tests.support import GOLDEN, files_of, host_names, tree_of

every_host = pytest.mark.parametrize("host", host_names())

_SPECIFIERS = {"%%": "%", "%N": "backup", "%i": "backup", "%t": "/run", "%d": "/run/credentials"}


@every_host
def test_every_directive_has_an_origin(host: str) -> None:
    """A directive names what asked for it and says why, in a sentence that says something."""
    _, configuration = _lowered(host)
    assert [one.name for one in _directives(configuration) if not _is_told(one.origin)] == []


@every_host
def test_every_line_has_an_origin(host: str) -> None:
    """But for the blank ones, no line of any file is without one."""
    for path, file in files_of(host).items():
        pairs = zip(file.text.splitlines(), file.lines, strict=True)
        unknown = [line for line, origin in pairs if line and not (origin and _is_told(origin))]
        assert unknown == [], path


@every_host
def test_every_entry_has_an_origin(host: str) -> None:
    """A file or link as a whole names what asked for it as well."""
    assert [path for path, entry in tree_of(host).items() if not _is_told(entry.origin)] == []


@every_host
def test_every_origin_is_an_option(host: str) -> None:
    """The path of an origin leads to an option of the manifest, written there or by default."""
    manifest, configuration = _lowered(host)
    origins = {one.origin.path for one in _directives(configuration)}
    for file in files_of(host).values():
        origins |= {origin.path for origin in (file.origin, *file.lines) if origin is not None}
    assert [path for path in origins if not _leads_somewhere(manifest, path)] == []


@every_host
def test_every_value_is_good(host: str) -> None:
    """What the compiler itself writes fits the grammar of its directive, like what people write."""
    manifest, configuration = _lowered(host)
    rules = directive_rules(manifest.target.systemd)
    problems = [
        f"{directive.name}={item} {problem}"
        for directive in _directives(configuration)
        for item in _items(directive)
        if (problem := value_problem(rules[directive.section, directive.name], item))
    ]
    assert problems == []


def test_every_default_is_good() -> None:
    """A default that is taken as known to be good passes the check of its own type."""
    classes = [Manifest, *(modules.find(name) for name in modules.names())]
    problems = [problem for one in classes if one for problem in _bad_defaults(one)]
    assert problems == []


@cache
def _lowered(host: str) -> tuple[Manifest, Configuration]:
    """The manifest of a golden host, and everything that systemd is to read there."""
    content = (GOLDEN / host / "host.yaml").read_bytes()
    manifest, _ = structure(load("host.yaml", content))
    assert manifest is not None
    catalog, _ = evaluate(manifest)
    configuration, _ = lower(manifest, catalog)
    return manifest, configuration


def _directives(configuration: Configuration) -> Iterator[Directive]:
    for unit in configuration.units:
        yield from unit.directives
    for dropin in configuration.dropins:
        yield from dropin.directives


def _is_told(origin: Origin) -> bool:
    return bool(origin.source and origin.path) and len(origin.reason.split()) > 1


def _leads_somewhere(value: Any, path: ManifestPath) -> bool:
    """Walk from a value along a path: through fields, mappings and lists."""
    steps = _steps(value)
    return not path or (path[0] in steps and _leads_somewhere(steps[path[0]], path[1:]))


def _steps(value: Any) -> Mapping[Any, Any]:
    """Where a path can go on to from a value."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, tuple):
        return dict(enumerate(value))
    steps: dict[Any, Any] = {}
    for field in attrs.fields(type(value)) if attrs.has(type(value)) else ():
        inner = getattr(value, field.name)
        steps |= inner if field.metadata.get(COLLECTS) else {field.name: inner}
    return steps


def _items(directive: Directive) -> Iterator[str]:
    """The values of a directive as systemd reads them, without the command lines."""
    value = directive.value
    if isinstance(value, Command):
        return
    for item in value.items if isinstance(value, Words) else (value,):
        yield _expanded(item) if isinstance(item, Expanded) else item


def _expanded(text: str) -> str:
    for specifier, meaning in _SPECIFIERS.items():
        text = text.replace(specifier, meaning)
    return text


def _bad_defaults(type_: type) -> Iterator[str]:
    for field in attrs.fields(type_):
        yield from _bad(f"{type_.__name__}.{field.name}", field.default)


def _bad(where: str, value: Any) -> Iterator[str]:
    if isinstance(value, Checked) and (problem := type(value).problem(value)):
        yield f"{where}: {value} {problem}"
    elif isinstance(value, Bounded) and not value.least <= value <= value.most:
        yield f"{where}: {value} is out of range"
    elif attrs.has(type(value)):
        for name in attrs.fields_dict(type(value)):
            yield from _bad(f"{where}.{name}", getattr(value, name))
