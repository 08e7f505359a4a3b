"""Types of options -> JSON Schema: nothing is refused that the compiler takes."""

import re
from collections.abc import Callable, Mapping
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from compiler.reference.sections import without_null
from schema.borg import REPOSITORY_SHAPE, Repository
from schema.bounded import Bounded
from schema.host import Setting
from schema.scalars import Checked, Matched
from schema.targets import TARGETS, Target

Schema = dict[str, Any]

_SCALAR = ["string", "number", "boolean", "null"]
_SETTING: Schema = {
    "type": [*_SCALAR, "array"],
    "items": {"type": [*_SCALAR, "array"], "items": {"type": _SCALAR}},
}
_NO_ECMA = re.compile(r"\\[A-Za-z0-9]|\(\?(?![:=!])|(?<!\\)\[\^?\[")


def value_schema(type_: Any, section: Callable[[type], Schema]) -> Schema:
    """The schema of a value.

    Args:
        type_: the type of an option or of a part of it.
        section: gives the schema of a class of options.
    """
    if type_ == Setting:
        return dict(_SETTING)
    if type_ == Repository:
        return {"type": "string", "pattern": REPOSITORY_SHAPE}
    if type_ is Target:
        return {"enum": list(TARGETS)}
    if (present := without_null(type_)) != type_:
        return or_null(value_schema(present, section))
    origin, arguments = get_origin(type_), get_args(type_)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, UnionType):
        return {"anyOf": [value_schema(one, section) for one in arguments]}
    if origin is tuple:
        return {"type": "array", "items": value_schema(arguments[0], section)}
    if origin is Mapping:
        return _mapping(arguments[0], arguments[1], section)
    return _plain(type_, section)


def or_null(schema: Schema) -> Schema:
    """The same, or nothing."""
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        return {"enum": [*schema["enum"], None]}
    return {"anyOf": [schema, {"type": "null"}]}


def text_schema(type_: type[Checked]) -> Schema:
    """The schema of a text."""
    shape = _shape(type_)
    return {"type": "string", "pattern": shape} if shape else {"type": "string"}


def _mapping(key: Any, value: Any, section: Callable[[type], Schema]) -> Schema:
    schema: Schema = {
        "type": ["object", "null"],
        "additionalProperties": value_schema(value, section),
    }
    if isinstance(key, type) and issubclass(key, Checked) and (shape := _shape(key)):
        schema["propertyNames"] = {"pattern": shape}
    return schema


def _plain(type_: Any, section: Callable[[type], Schema]) -> Schema:
    if type_ is bool:
        return {"type": "boolean"}
    if issubclass(type_, Bounded):
        return {"type": "integer", "minimum": type_.least, "maximum": type_.most}
    if issubclass(type_, Checked):
        return text_schema(type_)
    return section(type_) if type_ is not str else {"type": "string"}


def _shape(type_: type[Checked]) -> str:
    """The type's own shape; of an expression only what ECMA-262 reads as Python does."""
    if issubclass(type_, Matched) and not type_.shape:
        return "" if _NO_ECMA.search(type_.expression) else f"^(?:{type_.expression})$"
    return type_.shape
