"""A JSON Schema (2020-12) of manifests, for editors: completion, hover, and most errors.

It refuses nothing that the compiler takes, but for what the compiler has no use for: a definition
that loses, or that hangs on a condition which is not true. What a file does not say may come from
another that it imports, or that imports it: then nothing is required of it.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from compiler.load import load
from compiler.reference.completeness import complete
from compiler.reference.former import former_names, place_of
from compiler.reference.plain import plain, plain_value
from compiler.reference.sections import Entry, Modules, Section, module_text
from compiler.reference.value_schemas import Schema, text_schema, value_schema
from compiler.reference.words import default, merge_rule
from schema.backup import Schedule
from schema.conditions import Facts, When
from schema.host import Manifest
from schema.profiles import Import
from schema.scalars import Checked, Text
from schema.targets import TARGETS
from schema.times import Calendar

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MARKUP = re.compile(r"[\\`*_\[\]<>]")
_ESCAPED = r"\\\g<0>"


def json_schema(modules: Modules, *, profile: bool = False) -> str:
    """The schema as text.

    Args:
        modules: the modules that a manifest may name.
        profile: whether it is for files that others import, of which nothing is required.
    """
    writer = _Writer(modules)
    top = writer.top(profile=profile)
    title = "A profile of Hostwright" if profile else "A manifest of Hostwright"
    schema = {"$schema": _DIALECT, "title": title, **top}
    if not profile:
        schema |= complete(modules)
    schema["$defs"] = dict(sorted(writer.definitions.items()))
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


class _Writer:
    """Collects the definition of each class of options that is met."""

    def __init__(self, modules: Modules) -> None:
        self.definitions: dict[str, Schema] = {}
        self._modules = modules

    def top(self, *, profile: bool) -> Schema:
        """The options at the left margin."""
        schema = self._section(Manifest)
        self._add_former(schema)
        if profile:
            help_ = "what must be true of the host for this file to count"
            schema["properties"]["when"] = {"description": help_, **self.reference(When)}
        return schema

    def _add_former(self, top: Schema) -> None:
        """Names that an option had, where they still work: an editor strikes them through."""
        for former in former_names(self._modules):
            if (place := place_of(former, self._modules)) is None:
                continue
            section, step = place
            definition = top if section is Manifest else self.definitions[_name(section)]
            told = f"{'.'.join(former.new)} was called so before; {former.until} no longer takes it"
            definition["properties"][step] = {"description": told, "deprecated": True}

    def reference(self, type_: type) -> Schema:
        """A reference to the definition of a class of options."""
        name = _name(type_)
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = self._section(type_)
        schema = {"$ref": f"#/$defs/{name}"}
        if type_ is Schedule:
            return {"anyOf": [text_schema(Calendar), schema]}
        return {"anyOf": [text_schema(Text), schema]} if type_ is Import else schema

    def _section(self, type_: type) -> Schema:
        section = Section((), type_)
        named = [entry for entry in section.entries if not entry.is_collected]
        schema: Schema = {
            "type": "object",
            "description": section.text,
            "properties": {entry.name: self._option(entry) for entry in named},
            "additionalProperties": False,
        }
        if issubclass(type_, Facts):
            schema["minProperties"] = 1
        if type_ is Import:
            schema["required"] = ["path"]
        for entry in section.entries:
            if entry.is_collected:
                schema |= self._collected(entry, named)
        return schema

    def _option(self, entry: Entry) -> Schema:
        return {**_said(entry), **self._value(entry)}

    def _value(self, entry: Entry) -> Schema:
        if entry.section is Manifest and entry.name == "modules":
            return self._all_modules()
        if issubclass(entry.section, Facts) and get_origin(entry.value_type) is tuple:
            return _words(entry.name)
        schema = value_schema(entry.value_type, self.reference)
        if entry.section is Manifest and entry.name == "imports":
            schema["type"] = ["array", "null"]
        return schema

    def _collected(self, entry: Entry, named: list[Entry]) -> Schema:
        """Every key that is no option, if it can be a name."""
        key = get_args(entry.field.type)[0]
        names = [{"enum": [one.name for one in named]}, text_schema(key)]
        return {
            "additionalProperties": {
                **_said(entry),
                **value_schema(entry.value_type, self.reference),
            },
            "propertyNames": {"anyOf": names} if issubclass(key, Checked) else True,
        }

    def _all_modules(self) -> Schema:
        """A mapping, or a list of names and one-key mappings. Others may be a user's own."""
        properties = dict(self._each_module())
        return {
            "type": ["object", "array", "null"],
            "properties": properties,
            "items": {
                "anyOf": [
                    {"enum": list(properties)},
                    {"type": "string"},
                    {
                        "type": "object",
                        "properties": properties,
                        "minProperties": 1,
                        "maxProperties": 1,
                    },
                ]
            },
        }

    def _each_module(self) -> Iterator[tuple[str, Schema]]:
        for name in self._modules.names():
            if (found := self._modules.find(name)) is not None:
                schema = self.reference(found)
                text = module_text(found)
                self.definitions[_name(found)] |= {"type": ["object", "null"], "description": text}
                yield name, {"description": text, **schema}


def _words(fact: str) -> Schema:
    """One word, or a list of them; a target is one that there is."""
    word: Schema = (
        {"enum": list(TARGETS)} if fact == "target" else {"type": "string", "minLength": 1}
    )
    return {"anyOf": [word, {"type": "array", "items": word, "minItems": 1}]}


def _said(entry: Entry) -> Schema:
    """What an editor shows of an option."""
    facts = [f"merging: {merge_rule(entry)}", f"since {entry.since}"]
    if given := default(entry):
        facts.insert(0, "required" if entry.is_required else f"default: `{given}`")
    said: Schema = {
        "title": entry.name,
        "description": entry.help,
        "markdownDescription": f"{_MARKUP.sub(_ESCAPED, entry.help)}\n\n{', '.join(facts)}",
    }
    if _has_value(entry):
        said["default"] = plain_value(entry.field.default)
    if entry.example:
        said["examples"] = [_parsed(entry)]
    return said


def _has_value(entry: Entry) -> bool:
    """Whether there is a default to offer: yaml-language-server 1.x stops offering at a null."""
    is_given = not entry.is_required and not entry.is_collected
    return is_given and entry.field.default is not None and not issubclass(entry.section, Facts)


def _parsed(entry: Entry) -> Any:
    """The data of an example; of a mapping of what is collected, the first one."""
    found = load("example", f"x: {entry.example}\n".encode()).root.get("x")
    value: Any = plain(found.node) if found else None
    return next(iter(value.values())) if entry.is_collected else value


def _name(type_: type) -> str:
    """A name for the definition of a class, which two modules may have alike."""
    file = type_.__module__.rpartition(".")[2]
    return type_.__name__ if type_.__module__.startswith("schema.") else f"{file}.{type_.__name__}"
