"""What there is to say of an option."""

from collections.abc import Iterator
from typing import Any

import attrs

from compiler.explain.answers import OptionAnswer, Part, Said
from compiler.explain.declared import is_section
from compiler.explain.definitions import (
    CONFLICT,
    class_name,
    definitions,
    given_above,
    own_default,
)
from compiler.explain.forwards import touched
from compiler.explain.names import name_of
from compiler.explain.subject import Subject
from compiler.explain.watches import watches_of_option
from compiler.merge.remove import REMOVED, REMOVES
from compiler.reference.sections import Entry, Section
from compiler.reference.words import in_yaml, kind_of, merge_rule
from schema.backup import Keep
from schema.diagnostics import ManifestPath

_CONDITION = 3
"""Steps of a path that names the condition of a module: modules, NAME, when."""


def option_answer(subject: Subject, path: ManifestPath, *, brief: bool = False) -> OptionAnswer:
    """All that is known of an option or section; without its lines and checks if `brief`."""
    is_condition = path[:1] == ("modules",) and path[2:_CONDITION] == ("when",)
    path = path[:_CONDITION] if is_condition else path  # all of it is true, or none is
    declared = subject.declared(path)
    said = definitions(subject.document, path, subject.modules, subject.veil)
    is_open = is_section(path, subject.modules)
    value = "" if is_open else _value(subject, path, said)
    if is_condition and said[0].strength != "default":
        said = tuple(map(_decided, said[:-1]))
        value = said[0].value if len(said) == 1 else ""
    if is_open:
        said = tuple(
            attrs.evolve(one, value="") for one in said if not one.place.startswith("decl")
        )
    note = _note(subject, path, said)
    if brief:
        return OptionAnswer(name_of(path), value, said, note=note)
    help_, kind, default, declared_in, merging = _declaration(subject, path, declared)
    return OptionAnswer(
        name_of(path),
        value,
        said,
        note=note,
        help=help_,
        kind=kind,
        default=default,
        declared=declared_in,
        merging=merging,
        below=() if is_condition else tuple(_below(subject, path, declared)),
        watches=watches_of_option(subject, path),
        touches=_touches(subject, path),
    )


def part(subject: Subject, path: ManifestPath) -> Part:
    """An option in one line: its value, and the place that said so."""
    answer = option_answer(subject, path, brief=True)
    won = next((one for one in answer.said if one.won), None)
    place = "" if won is None else won.place if won.strength != "default" else "default"
    return Part(answer.name, answer.value, place)


def _value(subject: Subject, path: ManifestPath, said: tuple[Said, ...]) -> str:
    """The value that came of it, of a list all items; else what the strongest definition says."""
    if any(one.why == CONFLICT for one in said):
        return ""
    winners = [one for one in said if one.won]
    if subject.compiled.tree is None and len(winners) == 1:
        return winners[0].value  # where it was refused, the manifest has something else instead
    found: Any = subject.compiled.manifest
    for step in path if found is not None else ():
        found = _step(found, step)
    is_plain = found is not None and not attrs.has(type(found)) and path[:1] != ("units",)
    if is_plain or isinstance(found, Keep):
        return subject.veil.over(path, in_yaml(found))
    return next((one.value for one in winners), "")


def _step(value: Any, step: str | int) -> Any:
    if isinstance(value, tuple):
        return value[step] if isinstance(step, int) and step < len(value) else None
    if hasattr(value, "items"):
        return value.get(step)
    if attrs.has(type(value)) and isinstance(step, str) and hasattr(value, step):
        return getattr(value, step)
    fields = attrs.fields(type(value)) if attrs.has(type(value)) else ()
    collected = (getattr(value, one.name) for one in fields)
    return next((one[step] for one in collected if hasattr(one, "items") and step in one), None)


def _decided(one: Said) -> Said:
    """A condition of a module, which is true or not: there is none that would win over it."""
    return attrs.evolve(one, verdict="is true" if one.won else "is not true")


def _removal(said: tuple[Said, ...]) -> str:
    """Who took an option out; empty where something is left of what was written."""
    written = [one for one in said if one.strength != "default"]
    if not written or any(one.won for one in written):
        return ""
    return next((f"taken out: {one.why}" for one in written if one.why.endswith(REMOVES)), "")


def _note(subject: Subject, path: ManifestPath, said: tuple[Said, ...]) -> str:
    if said and all(one.verdict for one in said):
        return "is true" if all(one.won for one in said) else "is not true"
    if removal := _removal(said):
        return removal
    if not said and (given := given_above(subject.document, path, subject.modules)):
        return f"from the default {given} of {name_of(path[:-1])}"
    is_set = any(one.strength != "default" for one in said)
    if any(one.why == CONFLICT for one in said):
        return "undecided"
    is_module = path[:1] == ("modules",) and len(path) > 1
    if is_module and subject.enabled is not None and path[1] not in subject.enabled:
        there = subject.document.definitions.get(path[:2], ())
        is_off = any(one.won for one in there)
        return f"the module {path[1]} is {'switched off' if is_off else 'not on this host'}"
    if path[:1] == ("units",) and len(path) > 3 and any(one.value == "null" for one in said):
        return "takes it out"
    return "" if is_set else "not set"


def _below(
    subject: Subject, path: ManifestPath, declared: Section | Entry | None
) -> Iterator[Part]:
    """Items of a list, options of a section, keys of a mapping: what was written, then the rest."""
    written = sorted(
        {one[: len(path) + 1] for one in subject.document.definitions if _is_below(one, path)},
        key=lambda one: (isinstance(one[-1], str), one[-1]),
    )
    for one in written:
        if subject.declared(one) is not None and one[-1] != REMOVED:
            yield part(subject, one)
    opened = declared.below if isinstance(declared, Entry) else declared
    if opened is None or len(opened.path) != len(path):
        return
    for entry in opened.entries:
        one = (*path, entry.name)
        if one not in written and not entry.is_collected:
            yield part(subject, one)


def _is_below(one: ManifestPath, path: ManifestPath) -> bool:
    return len(one) > len(path) and one[: len(path)] == path


def _touches(subject: Subject, path: ManifestPath) -> tuple[int, int] | None:
    if not subject.tree:
        return None
    shares = [share for _, share in touched(subject.tree, path, subject.modules)]
    says = shares.count("says")
    return says, len(shares) - says


def _declaration(
    subject: Subject, path: ManifestPath, declared: Section | Entry | None
) -> tuple[str, str, str, str, str]:
    """Help, kind, default, declaring class, and merge rule."""
    if isinstance(declared, Section):
        return (
            declared.text.partition("\n\n")[0],
            "",
            "",
            class_name(declared.type, subject.modules),
            "",
        )
    if declared is None:
        return "", "", "", "", ""
    told = own_default(subject.document, path, subject.modules)
    value = "required" if declared.is_required else told[0] if told else ""
    place = told[1] if told else class_name(declared.section, subject.modules)
    return declared.help, kind_of(declared), value, place, merge_rule(declared)
