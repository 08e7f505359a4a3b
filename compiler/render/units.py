"""Units and drop-ins as text."""

from collections.abc import Iterator, Mapping
from itertools import groupby

from compiler.render.files import Line, header, text_file
from compiler.written import written, written_words
from schema.directives import DirectiveRule
from schema.host import Manifest
from schema.tree import File
from schema.units import Command, Directive, DropIn, Unit

WIDTH = 100
"""Columns: a longer command gets a line per argument, which a reviewer's diff shows best."""

_PARAGRAPHS = {
    "Capabilities": "Process",
    "Paths": "Process",
    "Process properties": "Process",
    "Scheduling": "Process",
    "Security": "Process",
    "User/group identity": "Process",
    "System call filtering": "Sandboxing",
    "Environment": "Credentials",
    "Device access": "Resources",
    "Network accounting and control": "Resources",
}
_SECTIONS = ("Unit", "Service", "Timer", "Install")


def unit_file(
    manifest: Manifest, unit: Unit | DropIn, rules: Mapping[tuple[str, str], DirectiveRule]
) -> File:
    """A unit or drop-in: directives in the order of the man pages, in paragraphs by meaning."""
    lines = header(manifest, unit.purpose)
    ordered = sorted(
        unit.directives,
        key=lambda one: (_SECTIONS.index(one.section), rules[one.section, one.name].order),
    )
    for section, in_section in groupby(ordered, key=lambda one: one.section):
        lines += [("", None), (f"[{section}]", unit.origin)]
        grouped = groupby(in_section, key=lambda one: _paragraph(rules[section, one.name].group))
        for place, (_, group) in enumerate(grouped):
            if place:
                lines.append(("", None))
            for directive in group:
                lines += _directive(directive, rules[section, directive.name])
    return text_file(lines, unit.origin)


def _paragraph(group: str) -> str:
    """The manual's headings that make one paragraph of a unit; a heading of its own otherwise."""
    return _PARAGRAPHS.get(group, group)


def _directive(directive: Directive, rule: DirectiveRule) -> Iterator[Line]:
    if directive.comment:
        yield f"# {directive.comment}", directive.origin
    text = f"{directive.name}={written(directive.value, rule)}"
    if isinstance(directive.value, Command) and len(text) > WIDTH:
        words = written_words(directive.value)
        text = f"{directive.name}={directive.value.prefix}" + " \\\n    ".join(words)
    for line in text.split("\n"):
        yield line, directive.origin
