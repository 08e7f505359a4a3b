"""The sections of the manifest with a form of their own: schedule, modules, units."""

from collections.abc import Iterator
from typing import Any

import attrs

from compiler.structure.options import structure_options
from compiler.structure.scalars import checked
from compiler.structure.value import UnfitError, Value, asked, kind, nearest
from schema import option
from schema.backup import Schedule
from schema.diagnostics import Mark, Related
from schema.document import Mapping, Node, Scalar, Sequence
from schema.host import Setting
from schema.module import Module
from schema.scalars import Text
from schema.times import Calendar


def structure_schedule(value: Value, type_: type[Schedule]) -> Schedule:
    """A calendar expression, or its mapping."""
    if isinstance(value.node, Scalar):
        example = attrs.fields_dict(type_)["at"].metadata[option.EXAMPLE]
        return Schedule(at=value.or_else(example).to(Calendar))
    schedule: Schedule = structure_options(value, type_)
    return schedule


def structure_modules(value: Value, _: Any) -> dict[str, Module]:
    """The enabled modules by name, in the order of the names."""
    found: dict[str, Module] = {}
    for name, node in _known_modules(value):
        module = value.collection.find(name)
        try:
            if module is not None:
                found[name] = _module(value.at(name, node), name, module)
        except UnfitError:
            continue
    return {name: found[name] for name in sorted(found) if found[name].enable}


def _module(value: Value, name: str, module: type[Module]) -> Module:
    source = value.collection.source(name)
    if source is None:
        return value.to(module)
    from modules.own.source import set_apart

    try:
        with set_apart():
            return value.to(module)
    except (UnfitError, KeyboardInterrupt):
        raise
    except BaseException as error:  # noqa: BLE001 - a rule of the user's own
        value.problems.append(source.failed(error, "its options are read"))
        raise UnfitError from None


def _known_modules(value: Value) -> Iterator[tuple[str, Node]]:
    """Each module that exists, once; null options are all defaults."""
    places: dict[str, Mark] = {}
    for name, mark, node in _listed_modules(value):
        at = value.at(name, node)
        if name in places:
            at.problems.append(_twice(at, mark, places[name]))
            continue
        places[name] = mark
        if value.collection.find(name) is None:
            value.problems.extend(value.collection.problems(name))
            if value.collection.is_broken(name):
                continue
            known = value.collection.names()
            fix = asked(nearest(name, known)) or (
                f"the modules are: {', '.join(known)}; dump runs any command for what has none"
            )
            at.report("HW016", f'unknown module "{name}"', fix, mark)
            continue
        yield name, Mapping((), node.mark) if at.is_null else node


def _twice(value: Value, mark: Mark, first: Mark) -> Any:
    from schema.diagnostics import Diagnostic

    return Diagnostic(
        "HW018",
        f'the module "{value.path[-1]}" is given twice',
        value.path,
        "keep one of them",
        mark=mark,
        related=(Related("given here first", first),),
    )


def _listed_modules(value: Value) -> Iterator[tuple[str, Mark, Node]]:
    """Name, place and options, from a mapping or from a list of names and one-key mappings."""
    node = value.node
    if value.is_null:
        return
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield entry.key, entry.mark, entry.node
        return
    if not isinstance(node, Sequence):
        fix = "for example: [postgresql]"
        if isinstance(node.value, str):
            fix = f"write [{', '.join(node.text.replace(',', ' ').split())}]"
        raise value.refuse("HW013", f"modules takes a mapping or a list, not {kind(node)}", fix)
    for index, item in enumerate(node.items):
        if isinstance(item, Scalar) and isinstance(item.value, str):
            yield item.value, item.mark, Scalar("", None, item.mark)
        elif isinstance(item, Mapping) and len(item.entries) == 1:
            entry = item.entries[0]
            yield entry.key, entry.mark, entry.node
        else:
            at = value.at(index, item)
            if isinstance(item, Mapping) and item.entries:
                fix = f'begin a new line with "- {item.entries[1].key}:"'
                rule = "an item of modules is one module"
                at.report("HW013", f"{rule}, not {len(item.entries)}", fix, item.entries[1].mark)
            else:
                fix = "write its name"
                at.report("HW013", f"an item of modules is one module, not {kind(item)}", fix)


def structure_setting(value: Value, _: Any) -> Setting:
    """A directive of `units`: the text as it was written, so that 0750 and no stay as they are."""
    node = value.node
    if value.is_null and isinstance(node, Scalar) and node.text in ("", "~", "null"):
        return None
    if isinstance(node, Scalar):
        return (_text(value),)
    if isinstance(node, Mapping):
        raise value.refuse(
            "HW013",
            f"{value.name} takes a value or a list, not a mapping",
            'write a text, or a list of texts such as ["NAME=value"]',
        )
    items: list[str | tuple[str, ...]] = []
    for index, item in enumerate(node.items):
        at = value.at(index, item)
        if isinstance(item, Sequence):
            items.append(tuple(_text(at.at(place, word)) for place, word in enumerate(item.items)))
        else:
            items.append(_text(at))
    return tuple(items)


def _text(value: Value) -> str:
    if not isinstance(value.node, Scalar):
        raise value.refuse("HW013", f"{value.name} takes texts, not {kind(value.node)}")
    return checked(value, value.node.text, Text, value.node.mark)
