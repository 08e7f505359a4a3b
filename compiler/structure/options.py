"""A mapping -> an attrs class whose fields are its options."""

from collections.abc import Mapping as MappingType
from typing import TYPE_CHECKING, Any

import attrs

from compiler.structure.advice import collector, item_of, naming_fix
from compiler.structure.containers import refused_mapping
from compiler.structure.value import UnfitError, Value, for_example, nearest, quoted
from schema import option
from schema.document import Mapping
from schema.scalars import Checked

if TYPE_CHECKING:
    Field = attrs.Attribute[Any]


def structure_options(value: Value, type_: type[Any]) -> Any:
    """Structure every option, also after one of them did not fit."""
    if not isinstance(value.node, Mapping):
        raise refused_mapping(value, type_)
    fields = attrs.fields_dict(type_)
    collecting = collector(type_)
    meant = set() if collecting else _report_unknown(value, value.node, fields)
    options: dict[str, Any] = {}
    complete = True
    for name, field in fields.items():
        if field is collecting:
            options[name] = _rest(value, value.node, fields, field).to(field.type or object)
        elif (entry := value.node.get(name)) is not None:
            try:
                at = value.at(name, entry.node, entry.mark, _example(field))
                options[name] = _option(at, field)
            except UnfitError:
                complete = _stand_in(options, field) and complete
        elif field.default is attrs.NOTHING:
            complete = _stand_in(options, field) and complete
            if name not in meant:
                _report_missing(value, name, field)
    if not complete:
        raise UnfitError
    return type_(**options)


def _stand_in(options: dict[str, Any], field: "Field") -> bool:
    """Whether later stages can go on without the option: with its default, or with an example."""
    if field.default is not attrs.NOTHING:
        return True
    if not isinstance(field.type, type) or not issubclass(field.type, Checked):
        return False
    options[field.name] = field.type.known(field.type.example)
    return True


def _example(field: "Field") -> str | None:
    """How the option looks in YAML; a text's default is an example, too."""
    example: str | None = field.metadata[option.EXAMPLE]
    default = field.default
    return example or (quoted(default) if isinstance(default, Checked) else None)


def _option(value: Value, field: "Field") -> Any:
    before = len(value.problems)
    structured = value.to(field.type or object)
    is_empty = not structured and len(value.problems) == before
    if field.metadata.get(option.NOT_EMPTY) and is_empty:
        raise value.refuse("HW017", f"{value.name} is empty", for_example(value.example))
    return structured


def _rest(
    value: Value, node: Mapping, fields: MappingType[str, "Field"], collecting: "Field"
) -> Value:
    """What stands under names, without the options of something that was given no name."""
    options = fields.keys() - {collecting.name}
    rest = tuple(entry for entry in node.entries if entry.key not in options)
    item = item_of(collecting)
    nameless = [entry for entry in rest if entry.key in attrs.fields_dict(item)]
    if any(not isinstance(entry.node, Mapping) for entry in nameless):
        first, noun = nameless[0], item.__name__.lower()
        message = f'"{first.key}" is an option of a {noun}, and stands where its name should'
        at = value.at(first.key, first.node, first.mark)
        at.report("HW013", message, naming_fix(value, collecting), first.mark)
        rest = tuple(entry for entry in rest if entry not in nameless)
    return value.instead(Mapping(rest, node.mark))


def _report_missing(value: Value, name: str, field: "Field") -> None:
    example = field.metadata.get(option.EXAMPLE)
    where = f" in {value.name}" if value.path else ""
    value.report(
        "HW011",
        f'the option "{name}" is missing{where}: {field.metadata[option.HELP]}',
        for_example(f"{name}: {example}") if example else None,
        value.key,
    )


def _report_unknown(
    value: Value, node: Mapping, fields: MappingType[str, "Field"]
) -> set[str | None]:
    """Report every unknown option; the options that were probably meant are not missing, too."""
    unknown = [entry for entry in node.entries if entry.key not in fields]
    for entry in unknown:
        fix = _elsewhere(entry.key) or f"the options are: {', '.join(fields)}"
        at = value.at(entry.key, entry.node, entry.mark)
        at.report_unknown(nearest(entry.key, fields), fix)
    return {nearest(entry.key, fields) for entry in unknown}


def _elsewhere(name: str) -> str | None:
    """Where in the manifest there is an option of this name: a line may be indented wrongly."""
    from schema.backup import Backup
    from schema.host import Manifest

    for section, type_ in (("backup", Backup), (None, Manifest)):
        if name in attrs.fields_dict(type_):
            place = f"is an option of {section}: indent it below"
            return f"it {place}" if section else "it belongs at the left margin"
    return None
