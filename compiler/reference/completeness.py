"""What a manifest must have that imports nothing: the second half of its JSON Schema."""

from collections.abc import Mapping
from typing import Any, get_origin

from compiler.reference.former import Former, former_names, is_new_name
from compiler.reference.sections import Entry, Modules, Section, manifest, module, without_null
from compiler.reference.value_schemas import Schema
from schema import option

_EACH = "patternProperties"
"""Not `properties`: an editor would offer each of them a second time."""


def complete(modules: Modules) -> Schema:
    """Conditions on a whole manifest: required options, lists with something, known modules.

    A file with `imports` may leave the rest to those; and with `module_path`, here or in an import,
    there may be modules that nobody knows here.
    """
    former = former_names(modules)
    needed = _needed(manifest(), former) or {}
    each = {**needed.get(_EACH, {}), "^modules$": _modules_needed(modules, former)}
    alone = {"properties": {"imports": {"maxItems": 0}}}
    without_own = {"properties": {"imports": {"maxItems": 0}, "module_path": {"maxItems": 0}}}
    return {
        "allOf": [
            {"if": alone, "then": {**needed, _EACH: each}},
            {"if": without_own, "then": {_EACH: {"^modules$": _known(modules)}}},
        ]
    }


def _needed(section: Section, former: list[Former]) -> Schema | None:
    """What a section must have under its name of today; None where every mapping will do."""
    required = [
        entry.name
        for entry in section.entries
        if entry.is_required and not is_new_name(entry.path, former)
    ]
    schema: Schema = {"required": required} if required else {}
    each: dict[str, Any] = {}
    for entry in section.entries:
        below = _below(entry, former)
        if below and entry.is_collected:
            schema["additionalProperties"] = below
        elif below:
            each[f"^{entry.name}$"] = below
    if "additionalProperties" in schema:  # it is about the keys that nothing else names
        others = (entry for entry in section.entries if not entry.is_collected)
        each = {**{f"^{entry.name}$": True for entry in others}, **each}
    if each:
        schema[_EACH] = each
    return schema or None


def _below(entry: Entry, former: list[Former]) -> Schema | None:
    """What the value of an option must have: JSON Schema's words are each about one type."""
    if entry.field.metadata.get(option.NOT_EMPTY):
        return {"minItems": 1}
    below = entry.below
    if below is None or get_origin(without_null(entry.value_type)) is tuple:
        return None
    schema = _needed(below, former)
    if schema and get_origin(without_null(entry.value_type)) is Mapping:
        return {"additionalProperties": schema}
    return schema


def _modules_needed(modules: Modules, former: list[Former]) -> Schema:
    """The required options of modules; one whose `when` is not true need not have them."""
    needed: dict[str, Schema] = {}
    never_bare: list[str] = []
    for name in modules.names():
        found = modules.find(name)
        schema = _needed(module(name, found), former) if found else None
        if schema is None:
            continue
        if "required" in schema:
            schema = {"type": "object", **schema}
            never_bare.append(name)
        hangs = {"type": "object", "required": ["when"]}
        needed[f"^{name}$"] = {"if": {"not": hangs}, "then": schema}
    items: list[Any] = [{_EACH: needed}]
    if never_bare:
        items.append({"not": {"enum": never_bare}})
    return {_EACH: needed, "items": {"allOf": items}}


def _known(modules: Modules) -> Schema:
    """No module by another name."""
    names = {"enum": list(modules.names())}
    return {
        "propertyNames": names,
        "items": {"if": {"type": "string"}, "then": names, "else": {"propertyNames": names}},
    }
