"""Document -> Manifest: every option typed, every default applied, every problem reported at once.

cattrs dispatches on the type of a field; the hooks are strict (nothing is coerced, a string is
never a list, `no` is never a boolean) and go on after a problem: a value that does not fit is
reported and its option left at its default, so that later stages can still run.
"""

from collections.abc import Callable, Mapping
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import attrs
import cattrs

from compiler.structure.containers import (
    structure_either,
    structure_list,
    structure_mapping,
    structure_optional,
)
from compiler.structure.options import structure_options
from compiler.structure.scalars import (
    structure_boolean,
    structure_checked,
    structure_choice,
    structure_number,
    structure_repository,
    structure_target,
)
from compiler.structure.sections import structure_modules, structure_schedule, structure_setting
from compiler.structure.value import UnfitError, Value
from modules import OURS, Collection
from schema.backup import Schedule
from schema.borg import Repository
from schema.bounded import Bounded
from schema.diagnostics import Diagnostic
from schema.document import Document
from schema.host import Manifest, Setting
from schema.module import Module
from schema.scalars import Checked
from schema.targets import Target


def structure(
    document: Document, collection: Collection = OURS
) -> tuple[Manifest | None, list[Diagnostic]]:
    """Give the manifest, or None when a required option is missing or unusable.

    Args:
        document: the manifest, merged with what it imports.
        collection: the modules that it can name.

    Returns:
        The manifest as far as it could be structured, and what is wrong with it: when there are
        diagnostics, the manifest serves later stages to find more of them, and is never rendered.
    """
    problems: list[Diagnostic] = []
    try:
        value = Value(document.root, (), problems, _converter(), collection=collection)
        return value.to(Manifest), problems
    except UnfitError:
        return None, problems


@cache
def _converter() -> cattrs.BaseConverter:
    """One converter for the process. Of two hooks that fit a type, the one given last is taken."""
    converter = cattrs.BaseConverter(detailed_validation=False)
    converter.register_structure_hook(Checked, structure_checked)
    converter.register_structure_hook(Bounded, structure_number)
    converter.register_structure_hook(bool, structure_boolean)
    for fits, hook in (
        (attrs.has, structure_options),
        (_is_a(tuple), structure_list),
        (_is_a(Mapping), structure_mapping),
        (_is_a(Union), structure_either),
        (_is_optional, structure_optional),
        (_is_a(Literal), structure_choice),
        (_is(Target), structure_target),
        (_is(Repository), structure_repository),
        (_is(Schedule), structure_schedule),
        (_is(Mapping[str, Module]), structure_modules),
        (_is(Setting), structure_setting),
    ):
        converter.register_structure_hook_func(fits, hook)
    return converter


def _is_a(origin: Any) -> Callable[[Any], bool]:
    return lambda type_: get_origin(type_) is origin


def _is(wanted: Any) -> Callable[[Any], bool]:
    return lambda type_: bool(type_ == wanted)


def _is_optional(type_: Any) -> bool:
    return get_origin(type_) in (Union, UnionType) and type(None) in get_args(type_)
