"""Whether systemd will take every directive: what it cannot parse, it only logs and drops."""

from collections.abc import Iterator, Mapping
from typing import Literal

from compiler.written import written
from schema.diagnostics import Diagnostic
from schema.directives import DirectiveRule, directive_rules, value_problem
from schema.host import Manifest
from schema.units import Command, Configuration, Directive, DropIn, Expanded, Unit, Words


def directives(manifest: Manifest, configuration: Configuration) -> Iterator[Diagnostic]:
    """Every value of every unit and drop-in, by the manual of the target's systemd.

    What the manifest sets itself is checked by its grammar; the compiler's own values come from
    typed options, and the golden trees show that each of them is good.
    """
    rules = directive_rules(manifest.target.systemd)
    units: tuple[Unit | DropIn, ...] = (*configuration.units, *configuration.dropins)
    for unit in units:
        for directive in unit.directives:
            if (problem := _problem(directive, rules)) is not None:
                code, message = problem
                at: Literal["key", "value"] = "key" if code == "HW045" else "value"
                said = f"{directive.name}= {message}"
                yield Diagnostic(code, said, directive.origin.path, at=at)


def _problem(
    directive: Directive, rules: Mapping[tuple[str, str], DirectiveRule]
) -> tuple[str, str] | None:
    rule = rules[directive.section, directive.name]
    if directive.origin.source == "units" and not isinstance(directive.value, Command | Expanded):
        items = directive.value.items if isinstance(directive.value, Words) else (directive.value,)
        for item in items:
            if item == "" and rule.clearable:
                continue
            if (problem := value_problem(rule, item)) is not None:
                return ("HW045" if rule.grammar.startswith("obsolete:") else "HW044"), problem
    try:
        written(directive.value, rule)
    except ValueError as error:
        return "HW046", str(error)
    return None
