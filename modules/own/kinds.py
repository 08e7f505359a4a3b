"""Which types an option can have, and whether a value is of a type."""

import re
from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import attrs

from schema.backup import Schedule
from schema.borg import Repository
from schema.bounded import Bounded
from schema.scalars import Checked, Matched
from schema.targets import Target

_INSTEAD = {
    str: "Text of schema.scalars, or one of the stricter types there",
    int: "Count of schema.bounded, or another class derived from Bounded",
    list: "tuple[Text, ...]",
    tuple: "tuple[Text, ...]",
    dict: "Mapping[Text, Text], of collections.abc",
    Mapping: "Mapping[Text, Text]",
}


def unusable(type_: Any) -> str | None:
    """What to write instead of a type that no manifest can give a value of, or None: it is good.

    An empty text is "nothing comes near it".
    """
    origin, arguments = get_origin(type_), get_args(type_)
    if type_ == Repository or type_ in (bool, Target, Schedule):
        return None
    if origin in (Union, UnionType):
        return _unusable_union(arguments)
    if origin is Literal:
        return None if all(isinstance(one, str) for one in arguments) else 'Literal["a", "b"]'
    if origin is tuple:
        return unusable(arguments[0]) if arguments[1:] == (...,) else _INSTEAD[tuple]
    if origin is Mapping:
        key, item = arguments
        return unusable(item) if key is str or _is_scalar(key) else _INSTEAD[Mapping]
    if isinstance(type_, type) and (attrs.has(type_) or _is_scalar(type_)):
        return None
    return _INSTEAD.get(origin or type_, "")


def _unusable_union(arguments: tuple[Any, ...]) -> str | None:
    if len(arguments) != 2:
        return "X | None"
    if NoneType in arguments:
        return unusable(next(one for one in arguments if one is not NoneType))
    word, several = arguments
    is_list = get_origin(several) is tuple
    is_number = isinstance(several, type) and issubclass(several, Bounded)
    if get_origin(word) is not Literal or not (is_list or is_number):
        return 'X | None, or Literal["all"] | tuple[X, ...]'
    return unusable(word) if unusable(word) is not None else unusable(several)


def _is_scalar(type_: Any) -> bool:
    """Whether it is a finished class of texts or numbers."""
    if not isinstance(type_, type):
        return False
    if issubclass(type_, Bounded):
        return hasattr(type_, "least") and hasattr(type_, "most")
    words = ("expression", "rule") if issubclass(type_, Matched) else ()
    has_rule = issubclass(type_, Checked) and type_ not in (Checked, Matched)
    return has_rule and all(hasattr(type_, name) for name in ("wanted", "example", *words))


def fits(value: Any, type_: Any) -> bool:
    """Whether a value is of a type, with every item and by every rule of the type."""
    origin, arguments = get_origin(type_), get_args(type_)
    if type_ is Any:
        return True
    if origin in (Union, UnionType):
        return any(fits(value, one) for one in arguments)
    if origin is Literal:
        return isinstance(value, str) and value in arguments
    if origin is tuple:
        return isinstance(value, tuple) and _items_fit(value, arguments)
    if origin is Mapping:
        key, item = arguments
        pairs = value.items() if isinstance(value, Mapping) else None
        return pairs is not None and all(fits(a, key) and fits(b, item) for a, b in pairs)
    kind = origin or type_
    if not isinstance(kind, type):
        return True
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        return False
    return _keeps_its_rule(value)


def _items_fit(value: tuple[Any, ...], types: tuple[Any, ...]) -> bool:
    if types[1:] == (...,):
        return all(fits(item, types[0]) for item in value)
    return len(value) == len(types) and all(map(fits, value, types))


def _keeps_its_rule(value: Any) -> bool:
    """`known` and attrs check nothing."""
    if isinstance(value, Checked):
        return type(value).problem(value) is None and type(value)(value) == value
    if isinstance(value, Bounded):
        return value.least <= value <= value.most
    if attrs.has(type(value)):
        return next(misfits(value), None) is None
    return True


def misfits(value: Any) -> Iterator[tuple[str, Any, Any]]:
    """Each field of an attrs object whose value is not of its type: name, value, type."""
    for field in attrs.fields(type(value)):
        held = getattr(value, field.name)
        if not fits(held, field.type):
            yield field.name, held, field.type


def type_name(type_: Any) -> str:
    """A type as its annotation reads."""
    text = type_.__name__ if isinstance(type_, type) and not get_args(type_) else str(type_)
    return re.sub(r"\b[a-z_]\w*\.(?=\w)", "", text)


def value_name(value: Any) -> str:
    """A value of any kind in a sentence; a foreign object's own repr is not asked."""
    if isinstance(value, str | int | float | NoneType):
        text = repr(str(value) if isinstance(value, str) else value)
        return text if len(text) <= 60 else f"{text[:57]}..."
    if isinstance(value, tuple) and len(value) < 4:
        items = ", ".join(map(value_name, value))
        return f"({items},)" if len(value) == 1 else f"({items})"
    return f"{type(value).__name__}()"
