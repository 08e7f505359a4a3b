"""The checks that would complain if an option, or a directive, were otherwise."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Literal, get_args, get_origin

from compiler.check.kept import needed_by
from compiler.check.refusals import Refusal
from compiler.check.sandboxes import refusals_of
from compiler.explain.answers import Watch
from compiler.explain.subject import Subject
from compiler.lower.archive import archived
from compiler.reference.sections import Entry, Section, without_null
from compiler.reference.words import merge_rule
from schema.checked import codes_about
from schema.codes import RULES
from schema.diagnostics import ManifestPath
from schema.targets import Target

_REFUSED = "HW055"
_VALUE = "HW044"
"""The rules about what an override may be, and what it may say at all."""


def watches_of_option(subject: Subject, path: ManifestPath) -> tuple[Watch, ...]:
    """The rules that are about one option."""
    if path[:1] == ("units",):
        _, unit, _, name, *_ = (*path, "", "", "")
        value = Watch(_VALUE, RULES[_VALUE].title)
        return (value, *watches_of_directive(subject, str(unit), str(name)))
    declared = subject.declared(path)
    if declared is None:
        return ()
    codes = [*codes_about(".".join(declared.path))]
    above = subject.declared(path[:-1]) if len(path) == len(declared.path) else None
    if isinstance(above, Entry) and merge_rule(above) == "whole":
        codes += codes_about(".".join(above.path))
    codes += _of_type(declared)
    return tuple(Watch(code, RULES[code].title) for code in dict.fromkeys(codes) if code in RULES)


def _of_type(declared: Section | Entry) -> list[str]:
    """The rule that a value breaks which is not of its type."""
    if isinstance(declared, Section) or declared.below is not None:
        return []
    type_ = without_null(declared.value_type)
    if get_origin(type_) in (tuple, Mapping):
        type_ = get_args(type_)[-1 if get_origin(type_) is Mapping else 0]
    if get_origin(type_) is Literal or type_ is Target:
        return ["HW015"]
    return ["HW013"] if type_ is bool else ["HW014"]


def watches_of_directive(subject: Subject, unit: str, name: str) -> tuple[Watch, ...]:
    """What `units` may not make of a directive of a unit."""
    return tuple(dict.fromkeys(_refusals(subject, unit, name)))


def _refusals(subject: Subject, unit: str, name: str) -> Iterator[Watch]:
    title = RULES[_REFUSED].title
    needed = needed_by(unit) if unit.endswith(".service") else {}
    if name in needed:
        value, reason = needed[name]
        yield Watch(_REFUSED, title, f"anything but {value}: {reason}")
    for refusal in _of_host(subject):
        if refusal.name == name and fnmatchcase(unit, refusal.unit):
            values = ", ".join(refusal.values)
            yield Watch(_REFUSED, title, f"{values}: {refusal.reason}")


def _of_host(subject: Subject) -> tuple[Refusal, ...]:
    done = subject.compiled
    if done.manifest is None or done.catalog is None or done.configuration is None:
        return ()
    return refusals_of(archived(done.manifest, done.catalog), done.configuration)
