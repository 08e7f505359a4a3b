"""Types, defaults and merge rules in the words of a manifest."""

from collections.abc import Callable, Mapping, Sequence
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import attrs

from compiler.merge.shape import shape_of
from compiler.reference.sections import Entry, without_null
from schema import option
from schema.backup import Schedule
from schema.borg import Repository
from schema.bounded import Bounded
from schema.conditions import Facts
from schema.host import Setting
from schema.module import Module
from schema.profiles import Import
from schema.scalars import Checked
from schema.targets import TARGETS, Target

Mark = Callable[[str], str]

MERGE_RULES = {
    "equal": "the strongest definition wins; definitions of the same strength must say the same",
    "append": "the items of all definitions, those of a default included; a forced list leaves the "
    "weaker ones out",
    "keys": "key by key, each by the rule of its own",
    "whole": "never mixed: the strongest definition is taken as a whole, and definitions of the "
    "same strength must say the same",
    "either": "lists are appended; where a definition is a word, the strongest one wins",
}
"""What becomes of several definitions of one option, by the name of the rule."""

_OF_SHAPES = {
    "list": "append",
    "section": "keys",
    "names": "keys",
    "either": "either",
    "setting": "either",
}


def plain(word: str) -> str:
    """A word that needs no mark, for a terminal."""
    return word


def kind(type_: Any, mark: Mark = plain) -> str:
    """A type in the words of a manifest; `mark` sets a literal word apart."""
    if type_ == Setting:
        return "a value, a list of them, or null to take the directive out"
    if type_ == Repository:
        return "a repository"
    type_ = without_null(type_)
    arguments = get_args(type_)
    if type_ is Target:
        return _choices(tuple(TARGETS), mark)
    if get_origin(type_) is Literal:
        return _choices(arguments, mark)
    if get_origin(type_) in (Union, UnionType):
        return " or ".join(kind(one, mark) for one in arguments)
    if get_origin(type_) is tuple:
        return f"a list, each item {kind(arguments[0], mark)}"
    if get_origin(type_) is Mapping:
        return _mapping_kind(arguments, mark)
    return _plain_kind(type_)


def kind_of(entry: Entry, mark: Mark = plain) -> str:
    """The type of an option, as its section takes it."""
    if issubclass(entry.section, Facts) and get_origin(entry.value_type) is tuple:
        return "a text or a list of texts"
    return kind(entry.value_type, mark)


def default(entry: Entry) -> str:
    """The default as it would be written in a manifest; empty for what has none."""
    if entry.is_required:
        return "required"
    return "" if entry.is_collected else in_yaml(entry.field.default)


def merge_rule(entry: Entry) -> str:
    """The name of the rule by which definitions of the option are merged.

    What stands in a section that is taken as a whole is not merged by itself.
    """
    opened = entry.above.opened_by
    if opened is not None and merge_rule(opened) == "whole":
        return "whole"
    given: str | None = entry.field.metadata[option.MERGE]
    return given or _OF_SHAPES.get(shape_of(entry.field.type).kind, "equal")


def in_yaml(value: Any) -> str:
    """A default as it would be written in a manifest."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(in_yaml, value))}]"
    if attrs.has(type(value)):
        told = ((name, getattr(value, name)) for name in _told(value))
        return f"{{{', '.join(f'{name}: {in_yaml(one)}' for name, one in told)}}}"
    return "{}" if isinstance(value, Mapping) else str(value)


def _told(value: Any) -> list[str]:
    """The options of a section that differ from their own defaults."""
    fields = attrs.fields_dict(type(value)).items()
    return [name for name, field in fields if getattr(value, name) != field.default]


def _mapping_kind(arguments: Sequence[Any], mark: Mark) -> str:
    key, value = arguments
    if value is Module:
        return "a mapping of names to options, or a list of names and one-key mappings"
    if get_origin(value) is Mapping:
        return "a mapping of units to sections to directives"
    return f"a mapping, each key {kind(key, mark)}, each value {kind(value, mark)}"


def _plain_kind(type_: Any) -> str:
    if type_ is bool:
        return "true or false"
    if type_ is Schedule:
        return "a calendar expression or options"
    if type_ is Import:
        return "a path or options"
    if isinstance(type_, type) and issubclass(type_, Facts):
        return "a condition"
    if isinstance(type_, type) and issubclass(type_, Bounded):
        return f"a whole number from {type_.least} to {type_.most}"
    if isinstance(type_, type) and issubclass(type_, Checked):
        return type_.wanted
    return "options"


def _choices(words: Sequence[str], mark: Mark) -> str:
    *others, last = (mark(word) for word in words)
    return f"{', '.join(others)} or {last}" if others else last
