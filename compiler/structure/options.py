"""A mapping -> an attrs class whose fields are its options."""

from collections.abc import Mapping as MappingType
from typing import TYPE_CHECKING, Any

import attrs

from compiler.structure.value import UnfitError, Value, kind, nearest
from schema import option
from schema.document import Mapping

if TYPE_CHECKING:
    Field = attrs.Attribute[Any]


def structure_options(value: Value, type_: type[Any]) -> Any:
    """Structure every option, also after one of them did not fit."""
    if not isinstance(value.node, Mapping):
        raise value.refuse("HW013", f"{value.name} takes a mapping, not {kind(value.node)}")
    fields = attrs.fields_dict(type_)
    options: dict[str, Any] = {}
    complete = True
    for name, field in fields.items():
        if field.metadata.get(option.COLLECTS):
            options[name] = _rest(value, value.node, fields).to(field.type or object)
        elif (entry := value.node.get(name)) is not None:
            try:
                options[name] = _option(value.at(name, entry.node), field)
            except UnfitError:
                complete = complete and field.default is not attrs.NOTHING
        elif field.default is attrs.NOTHING:
            complete = False
            _report_missing(value, name, field)
    if not any(field.metadata.get(option.COLLECTS) for field in fields.values()):
        _report_unknown(value, value.node, fields)
    if not complete:
        raise UnfitError
    return type_(**options)


def _option(value: Value, field: "Field") -> Any:
    before = len(value.problems)
    structured = value.to(field.type or object)
    is_empty = not structured and len(value.problems) == before
    if field.metadata.get(option.NOT_EMPTY) and is_empty:
        example = field.metadata[option.EXAMPLE]
        raise value.refuse("HW017", f"{value.name} is empty", f"for example: {example}")
    return structured


def _rest(value: Value, node: Mapping, fields: MappingType[str, "Field"]) -> Value:
    rest = tuple(entry for entry in node.entries if entry.key not in fields)
    return value.instead(Mapping(rest, node.mark))


def _report_missing(value: Value, name: str, field: "Field") -> None:
    example = field.metadata.get(option.EXAMPLE)
    where = f" in {value.name}" if value.path else ""
    value.report(
        "HW011",
        f'the option "{name}" is missing{where}: {field.metadata[option.HELP]}',
        f"for example: {name}: {example}" if example else None,
    )


def _report_unknown(value: Value, node: Mapping, fields: MappingType[str, "Field"]) -> None:
    for entry in node.entries:
        if entry.key not in fields:
            value.at(entry.key, entry.node).report(
                "HW012",
                f'unknown option "{entry.key}" in {value.name}',
                nearest(entry.key, fields) or f"the options are: {', '.join(fields)}",
                mark=entry.mark,
            )
