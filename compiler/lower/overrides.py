"""The manifest's `units`: merged over what the compiler made, typed and escaped like ours.

A directive that takes one value is replaced; one that accumulates gets the items added; null takes
out what the compiler set, and so does an empty item in a list.
"""

import re
from collections.abc import Iterable, Mapping

from attrs import evolve

from schema.diagnostics import Diagnostic, ManifestPath
from schema.directives import DirectiveRule, directive_rules
from schema.host import Manifest, Setting
from schema.targets import TARGETS, Target
from schema.tree import Origin
from schema.units import Command, Directive, Unit

_PREFIX = re.compile(r"[-@:+!|]*(?=/)")
_SECTIONS = {"service": ("Unit", "Service", "Install"), "timer": ("Unit", "Timer", "Install")}


def override(
    manifest: Manifest, units: tuple[Unit, ...]
) -> tuple[tuple[Unit, ...], list[Diagnostic]]:
    """Merge `units` into the compiled units.

    Returns:
        The units, and what names a unit, section or directive that does not exist.
    """
    problems: list[Diagnostic] = []
    known: dict[str, Unit] = {}
    for unit in units:
        known.setdefault(unit.name, unit)
    for name, sections in manifest.units.items():
        if name not in known:
            problems.append(_unknown_unit(name, known))
            continue
        for section, settings in sections.items():
            path: ManifestPath = ("units", name, section)
            if section not in _SECTIONS[name.rpartition(".")[2]]:
                problems.append(_unknown_section(path, _SECTIONS[name.rpartition(".")[2]]))
                continue
            known[name], found = _merge(manifest.target, known[name], path, settings)
            problems += found
    # Of two units with one name, `check` reports the second: it must still be there.
    return tuple(known.pop(unit.name, unit) for unit in units), problems


def _merge(
    target: Target, unit: Unit, path: ManifestPath, settings: Mapping[str, Setting]
) -> tuple[Unit, list[Diagnostic]]:
    rules = directive_rules(target.systemd)
    directives = list(unit.directives)
    problems: list[Diagnostic] = []
    section = str(path[2])
    for name, setting in settings.items():
        at = (*path, name)
        rule = rules.get((section, name))
        if rule is None:
            problems.append(_unknown_directive(at, target))
            continue
        made, found = _directives(rule, at, setting)
        problems += found
        if setting is None or not rule.repeatable or "" in setting:
            directives = [one for one in directives if (one.section, one.name) != (section, name)]
        directives += made
    return evolve(unit, directives=tuple(directives)), problems


def _directives(
    rule: DirectiveRule, path: ManifestPath, setting: Setting
) -> tuple[list[Directive], list[Diagnostic]]:
    if setting is None:
        return [], []
    if not setting:
        fix = "null takes out what is there; a list says what to add"
        return [], [Diagnostic("HW044", f"{rule.name}= is given an empty list", path, fix)]
    if len(setting) > 1 and not rule.repeatable and rule.grammar != "exec":
        return [], [Diagnostic("HW044", f"{rule.name}= takes one value, not a list", path)]
    origin = Origin("units", path, "set in the manifest")
    if rule.grammar == "exec":
        return _commands(rule, path, setting, origin)
    nested = [index for index, item in enumerate(setting) if isinstance(item, tuple)]
    if nested:
        where = (*path, nested[0])
        return [], [Diagnostic("HW044", f"{rule.name}= takes texts, not a list of lists", where)]
    places = [(*path, index) for index in range(len(setting))] if len(setting) > 1 else [path]
    return [
        Directive(rule.section, rule.name, str(item), evolve(origin, path=place))
        for item, place in zip(setting, places, strict=True)
    ], []


def _commands(
    rule: DirectiveRule,
    path: ManifestPath,
    setting: tuple[str | tuple[str, ...], ...],
    origin: Origin,
) -> tuple[list[Directive], list[Diagnostic]]:
    """An argv list, or a list of them; an empty text among these only clears what was there."""
    if len(setting) > 1 and any(isinstance(item, tuple) for item in setting):
        setting = tuple(item for item in setting if item != "")
    commands = [item for item in setting if isinstance(item, tuple)]
    if len(setting) == 1 and " " in str(setting[0]).strip() and not commands:
        split = ", ".join(str(setting[0]).split())
        return [], [
            Diagnostic(
                "HW044",
                f"{rule.name}= takes a list of words, and this is one word with blanks in it: "
                "systemd would look for a program of that name",
                path,
                f"write [{split}]",
            )
        ]
    if not commands:
        commands = [tuple(str(item) for item in setting)]
    elif len(commands) < len(setting):
        return [], [
            Diagnostic(
                "HW044",
                f"{rule.name}= mixes an argv list with lists of them",
                path,
                "write [[/bin/first, word], [/bin/second, word]]",
            )
        ]
    directives = []
    for index, words in enumerate(commands):
        if words is setting[index]:
            origin = evolve(origin, path=(*path, index))
        prefix = found.group() if words and (found := _PREFIX.match(words[0])) else ""
        if not words or not words[0].removeprefix(prefix).startswith("/"):
            return [], [
                Diagnostic(
                    "HW044",
                    f"{rule.name}= takes an argv list that begins with the "
                    "absolute path of a program",
                    path,
                    "for example: [/bin/true, word]",
                )
            ]
        command = Command((words[0].removeprefix(prefix), *words[1:]), prefix)
        directives.append(Directive(rule.section, rule.name, command, origin))
    return directives, []


def _unknown_unit(name: str, known: Mapping[str, Unit]) -> Diagnostic:
    return Diagnostic(
        "HW040",
        f'there is no unit "{name}" on this host',
        ("units", name),
        _of_a_module(name)
        or _nearest(name if "." in name else f"{name}.service", known)
        or f"the units are: {', '.join(known)}",
        at="key",
    )


def _of_a_module(unit: str) -> str | None:
    """What to say of the unit of a module that this host does not have."""
    import modules

    name = unit.removeprefix("backup-").removesuffix(".service")
    absent = unit == f"backup-{name}.service" and name in modules.names()
    return f"it comes with the module {name}, which is not on this host" if absent else None


def _unknown_section(path: ManifestPath, sections: tuple[str, ...]) -> Diagnostic:
    return Diagnostic(
        "HW041",
        f'a {str(path[1]).rpartition(".")[2]} has no section "{path[2]}"',
        path,
        _nearest(str(path[2]).capitalize(), sections) or f"its sections are: {', '.join(sections)}",
        at="key",
    )


def _unknown_directive(path: ManifestPath, target: Target) -> Diagnostic:
    _, unit, section, name = map(str, path)
    having = [
        other.name
        for other in TARGETS.values()
        if (section, name) in directive_rules(other.systemd)
    ]
    if having:
        return Diagnostic(
            "HW043",
            f"{target.name} has systemd {target.systemd}, which has no {name}=",
            path,
            f"it came with {having[-1]}; on {target.name} systemd would ignore the line",
            at="key",
        )
    rules = directive_rules(target.systemd)
    names = [name for in_section, name in rules if in_section == section]
    home = next((other for other in ("Unit", "Service", "Timer") if (other, name) in rules), None)
    return Diagnostic(
        "HW042",
        f'unknown directive "{name}" in [{section}] of {unit}: systemd would ignore it',
        path,
        f"it belongs into [{home}]" if home else _nearest(name, names),
        at="key",
    )


def _nearest(name: str, known: Iterable[str]) -> str | None:
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=1, cutoff=0.7)
    return f'did you mean "{near[0]}"?' if near else None
