"""The pages of the manual that would rot if a hand wrote them: every option, every diagnostic."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import attrs
from attrs import frozen

import modules
from compiler.render.templates import render_template
from schema import option
from schema.borg import Repository
from schema.bounded import Bounded
from schema.codes import RULES, Rule
from schema.host import Manifest, Setting
from schema.module import Module
from schema.scalars import Checked
from schema.targets import TARGETS, Target

_TEMPLATES = os.path.join(os.path.dirname(__file__), "templates")
_PLACEHOLDERS = {"jobs": "JOB"}
"""What stands for the key of a mapping in the name of its section."""


@frozen
class Option:
    """One row of a section's table, as text of Markdown."""

    name: str
    type: str
    default: str
    help: str
    example: str


@frozen
class Section:
    """A mapping of the manifest: what it is for, and its options."""

    name: str
    text: str
    options: Sequence[Option]


@frozen
class Example:
    """A manifest that breaks a rule, and the report on it."""

    manifest: str
    report: str
    is_recipe: bool = False


def reference() -> str:
    """docs/reference.md: every option of the manifest and of each module."""
    first, *rest = _sections("", Manifest)
    first = attrs.evolve(first, text="The keys at the left margin.")
    own = [section for name in modules.names() for section in _module(name)]
    template = os.path.join(_TEMPLATES, "reference.md.j2")
    return render_template(template, {"sections": [first, *rest, *own]})


def catalogue(examples: Mapping[str, Example]) -> str:
    """docs/codes.md: every rule, with an example by code where a manifest can break it."""
    rules: list[tuple[Rule, Example | None]] = [
        (rule, examples.get(code)) for code, rule in RULES.items()
    ]
    return render_template(os.path.join(_TEMPLATES, "codes.md.j2"), {"rules": rules})


def _module(name: str) -> Iterator[Section]:
    found = modules.find(name)
    if found is not None:
        about = sys.modules[found.__module__].__doc__ or ""
        first, *rest = _sections(f"modules.{name}", found)
        yield attrs.evolve(first, text=_prose(about))
        yield from rest


def _sections(name: str, type_: type) -> Iterator[Section]:
    """A section, then those that its options open."""
    fields = attrs.fields(type_)
    inherited = [field for field in fields if field.inherited]
    ordered = [*(field for field in fields if not field.inherited), *inherited]
    collected = [field for field in ordered if field.metadata.get(option.COLLECTS)]
    rows = [_option(name, field) for field in ordered]
    yield Section(name or "the manifest", _prose(type_.__doc__ or ""), rows)
    for field in ordered:
        if (inner := _options_class(field.type)) is not None:
            step = _PLACEHOLDERS.get(field.name, field.name) if field in collected else field.name
            yield from _sections(f"{name}.{step}".lstrip("."), inner)


def _options_class(type_: Any) -> type | None:
    """The class whose fields are the options below an option, or below each key of a mapping."""
    if get_origin(type_) is Mapping:
        return _options_class(get_args(type_)[1])
    has_options = isinstance(type_, type) and attrs.has(type_)
    return type_ if has_options and type_ not in (Target, Module) else None


def _option(section: str, field: "attrs.Attribute[Any]") -> Option:
    name, type_ = field.name, field.type
    if field.metadata.get(option.COLLECTS):
        name, type_ = _PLACEHOLDERS[name], get_args(type_)[1]
    opened = _options_class(field.type)
    below = f"{section}.{name}".lstrip(".")
    link = f" ([{below}](#{_anchor(below)}))" if opened else ""
    example = field.metadata[option.EXAMPLE]
    return Option(
        name,
        _cell(_kind(type_)) + link,
        _default(field),
        _cell(field.metadata[option.HELP]),
        _code(example) if example else "",
    )


def _kind(type_: Any) -> str:
    """A type in the words of a manifest."""
    arguments = get_args(type_)
    if type_ == Repository:
        return "a repository"
    if type_ == Setting:
        return "a value, a list of them, or null to take the directive out"
    if type_ is Target:
        return _choices(tuple(TARGETS))
    if get_origin(type_) is Literal:
        return _choices(arguments)
    if get_origin(type_) in (Union, UnionType):
        return " or ".join(_kind(one) for one in arguments if one is not type(None))
    if get_origin(type_) is tuple:
        return f"a list, each item {_kind(arguments[0])}"
    if get_origin(type_) is Mapping:
        return _mapping_kind(*arguments)
    return _plain_kind(type_)


def _mapping_kind(key: Any, value: Any) -> str:
    if value is Module:
        return "a mapping of names to options, or a list of names and one-key mappings"
    if get_origin(value) is Mapping:
        return "a mapping of units to sections to directives"
    return f"a mapping, each key {_kind(key)}, each value {_kind(value)}"


def _plain_kind(type_: Any) -> str:
    if type_ is bool:
        return "true or false"
    if isinstance(type_, type) and issubclass(type_, Bounded):
        return f"a whole number from {type_.least} to {type_.most}"
    if isinstance(type_, type) and issubclass(type_, Checked):
        return type_.wanted
    return "options"


def _choices(words: Sequence[str]) -> str:
    *others, last = (_code(word) for word in words)
    return f"{', '.join(others)} or {last}" if others else last


def _default(field: "attrs.Attribute[Any]") -> str:
    if field.default is attrs.NOTHING:
        return "required"
    if field.metadata.get(option.COLLECTS):
        return ""
    return _code(_yaml(field.default))


def _yaml(value: Any) -> str:
    """A default as it would be written in a manifest."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_yaml, value))}]"
    if attrs.has(type(value)):
        fields = attrs.fields_dict(type(value)).items()
        values = {name: getattr(value, name) for name, _ in fields}
        told = [name for name, field in fields if values[name] != field.default]
        return f"{{{', '.join(f'{name}: {_yaml(values[name])}' for name in told)}}}"
    return "{}" if isinstance(value, Mapping) else str(value)


def _prose(docstring: str) -> str:
    """A docstring's paragraphs, without its indentation and the list of its attributes."""
    text = "\n".join(line.strip() for line in docstring.strip().splitlines())
    return text.partition("\n\nAttributes:")[0]


def _code(text: str) -> str:
    return f"`{_cell(text)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _anchor(name: str) -> str:
    """How GitHub names the place of a heading."""
    return "".join(one for one in name.lower() if one.isalnum() or one in "-_")
