"""The options of a module of the user's own: each declared, explained, of a type with a form."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from attrs import NOTHING, Attribute, Factory, fields, has, resolve_types

from modules.own.kinds import fits, type_name, unusable, value_name
from schema import option
from schema.bounded import Bounded
from schema.renaming import Removed, Renamed
from schema.scalars import Checked
from schema.targets import Target

_DECLARED = {option.HELP, option.EXAMPLE, option.MERGE, option.SINCE}
_FACTORY: Any = Factory(dict)

Problem = tuple[type, str, str, str | None]
"""The class and the option, what is wrong with it, and how to mend it."""


def option_problems(module: type) -> tuple[Problem, ...]:
    """What is wrong with the options of a class, and of the classes that they open; each once."""
    return tuple(dict.fromkeys(_problems(module, ())))


def _problems(class_: type, above: tuple[type, ...]) -> Iterator[Problem]:
    if any(isinstance(field.type, str) for field in fields(class_)):
        # from __future__ import annotations; the name is known to type checkers only.
        resolve_types(class_, localns={"Rename": Renamed | Removed})
    for field in fields(class_):
        if (problem := _problem(field)) is not None:
            yield class_, field.name, *problem
            continue
        for inner in _opened(field.type):
            if inner in (*above, class_):
                message = f'the option "{field.name}" leads to {inner.__name__} again, without end'
                yield class_, field.name, message, None
            elif not inner.__module__.startswith("schema."):
                yield from _problems(inner, (*above, class_))


def _opened(type_: Any) -> list[type]:
    """The classes of options that a type leads to."""
    if isinstance(type_, type) and has(type_) and type_ is not Target:
        return [type_]
    return [inner for one in get_args(type_) for inner in _opened(one)]


def _problem(field: "Attribute[Any]") -> tuple[str, str | None] | None:
    name, data = field.name, field.metadata
    if not data.keys() >= _DECLARED or not field.init:
        return f'"{name}" is not declared by option()', f'write {name}: TYPE = option(help="...")'
    if not isinstance(data[option.HELP], str) or not data[option.HELP].strip():
        return f'the option "{name}" has no help', "say in a few words what it is for"
    if name.startswith("_"):
        return f'the option "{name}" begins with _', f'call it "{name.lstrip("_")}"'
    if not (data[option.EXAMPLE] is None or isinstance(data[option.EXAMPLE], str)):
        return f'the example of "{name}" is no text', "write how the value looks in YAML"
    if data[option.MERGE] not in (None, *get_args(option.MergeRule)):
        rules = ", ".join(get_args(option.MergeRule))
        return f'the option "{name}" has a merge rule that does not exist', f"one of: {rules}"
    if field.type is None:
        return f'the option "{name}" has no type', f"write {name}: TYPE = option(...)"
    instead = unusable(field.type)
    if instead is not None:
        message = f'no manifest can give "{name}" a value: its type is {type_name(field.type)}'
        return message, f"use {instead}" if instead else None
    if data.get(option.COLLECTS):
        return _collecting_problem(field)
    return _default_problem(field)


def _collecting_problem(field: "Attribute[Any]") -> tuple[str, str | None] | None:
    name, example = field.name, field.metadata[option.EXAMPLE]
    if get_origin(field.type) is not Mapping or not has(get_args(field.type)[1]):
        rule = f'"{name}" collects what stands under names, and so is a Mapping of a class'
        return rule, "write Mapping[JobName, YOUR_CLASS]"
    if not (example or "").startswith("{"):
        return f'"{name}" has no example with a name', 'for example: "{NAME: {OPTION: VALUE}}"'
    return None


def _default_problem(field: "Attribute[Any]") -> tuple[str, str | None] | None:
    default = field.default
    if default is NOTHING:
        return _example_problem(field)
    if isinstance(default, type(_FACTORY)):
        return f'the default of "{field.name}" is computed', "write the value itself"
    if fits(default, field.type):
        return None
    message = (
        f'the default of "{field.name}" is {value_name(default)}, '
        f"which is no good {type_name(field.type)}"
    )
    return message, _better(default, field.type)


def _example_problem(field: "Attribute[Any]") -> tuple[str, str | None] | None:
    """A required option is asked for with its example."""
    if field.metadata[option.EXAMPLE]:
        return None
    return f'the option "{field.name}" is required and has no example', "give it one, or a default"


def _better(default: Any, type_: Any) -> str | None:
    """How a plain text or number becomes what the option takes."""
    if isinstance(default, tuple) and get_origin(type_) is tuple:
        wrong = (item for item in default if not fits(item, get_args(type_)[0]))
        return _better(next(wrong, None), get_args(type_)[0])
    for kind in (type_, *get_args(type_)):
        if not isinstance(kind, type) or isinstance(default, bool):
            continue
        if issubclass(kind, Checked) and isinstance(default, str):
            problem = kind.problem(default)
            call = f"{kind.__name__}.known({str(default)!r})"
            return f"it {problem}" if problem else f"write {call}"
        if issubclass(kind, Bounded) and isinstance(default, int):
            if kind.least <= default <= kind.most:
                return f"write {kind.__name__}({int(default)})"
            return f"write a number from {kind.least} to {kind.most}"
    return None
