"""How the definitions of an option are merged, by its type and the rule that its field declares."""

from collections.abc import Callable, Mapping
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import attrs

from schema import option
from schema.backup import Schedule
from schema.host import Setting
from schema.module import Module
from schema.scalars import SecretFile
from schema.targets import Target

Finder = Callable[[str], type[Any] | None]
"""The module of a name, or None when there is none."""
Kind = Literal["value", "list", "section", "names", "either", "setting", "unknown"]
"""`either` is a word or a list, `setting` a directive of `units`; both go by what is written.
`names` is a mapping whose keys are the manifest's own; `unknown` is no option at all."""


@attrs.frozen(eq=False, repr=False)
class Shape:
    """One option.

    Attributes:
        kind: what its definitions are merged as.
        type: the class of a section; of `names`, the type under each name.
        is_modules: whether the names are those of modules, whose types are found by name.
        nullable: whether null is a value of its own rather than a mapping with nothing in it.
        short: the option that a lone text stands for.
        default: the items of a list's own default.
        is_secret: whether the values are secrets, unless they are the paths of files.
    """

    kind: Kind
    type: Any = None
    is_modules: bool = False
    nullable: bool = False
    short: str = ""
    default: tuple[Any, ...] = ()
    is_secret: bool = False


UNKNOWN = Shape("unknown")


@cache
def fields_of(type_: Any) -> dict[str, Shape]:
    """The shape of each option of a section; of those a collecting one takes, under ''."""
    shapes = {}
    for field in attrs.fields(type_):
        if field.metadata.get(option.COLLECTS):
            shapes[""] = shape_of(get_args(field.type)[1])
        else:
            default = field.default if isinstance(field.default, tuple) else ()
            shapes[field.name] = shape_of(field.type, field.metadata.get(option.MERGE), default)
    return shapes


def shape_of(
    type_: Any, rule: option.MergeRule | None = None, default: tuple[Any, ...] = ()
) -> Shape:
    """The shape of an option of a type, with the rule of its field where it declares one."""
    inner, nullable = _inner(type_)
    is_secret = holds_secret(type_)
    if rule in ("whole", "equal"):
        return Shape("value", nullable=nullable, is_secret=is_secret)
    if get_origin(inner) is Mapping:
        value = get_args(inner)[1]
        return Shape("names", value, is_modules=value is Module, nullable=nullable)
    if type_ == Setting:
        return Shape("setting", nullable=True)
    if get_origin(inner) is tuple:
        return Shape("list", nullable=nullable, default=default, is_secret=is_secret)
    if get_origin(inner) in (Union, UnionType):
        has_list = any(get_origin(one) is tuple for one in get_args(inner))
        kind: Kind = "either" if has_list else "value"
        return Shape(kind, nullable=nullable, default=default, is_secret=is_secret)
    if isinstance(inner, type) and attrs.has(inner) and inner is not Target:
        short = "at" if inner is Schedule else ""
        return Shape("section", inner, nullable=nullable, short=short)
    return Shape("value", nullable=nullable, is_secret=is_secret)


def below(shape: Shape, key: str, known: Finder) -> Shape:
    """The shape of what stands under a key; a module's is found by its name."""
    if shape.is_modules:
        type_ = known(key)
        return UNKNOWN if type_ is None else shape_of(type_)
    if shape.kind == "names":
        return shape_of(shape.type)
    fields = fields_of(shape.type) if shape.kind == "section" else {}
    return fields.get(key) or fields.get("") or UNKNOWN


def holds_secret(type_: Any) -> bool:
    """Whether a type is, or holds, the file of a secret."""
    if isinstance(type_, type):
        return issubclass(type_, SecretFile)
    return any(map(holds_secret, get_args(type_)))


def _inner(type_: Any) -> tuple[Any, bool]:
    """A type without its None, and whether it had one."""
    if get_origin(type_) not in (Union, UnionType) or type_ == Setting:
        return type_, False
    others = tuple(one for one in get_args(type_) if one is not type(None))
    if len(others) == len(get_args(type_)):
        return type_, False
    return (others[0] if len(others) == 1 else Union.__getitem__(others)), True
