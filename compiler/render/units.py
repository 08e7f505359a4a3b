"""Units and drop-ins as text."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from compiler.render.files import Line, header, text_file
from compiler.written import written, written_words
from schema.diagnostics import ManifestPath
from schema.directives import DirectiveRule
from schema.host import Manifest
from schema.tree import File, Origin
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
    lines = header(manifest, unit.origin, unit.purpose)
    ordered = sorted(
        unit.directives,
        key=lambda one: (_SECTIONS.index(one.section), rules[one.section, one.name].order),
    )
    for section, in_section in groupby(ordered, key=lambda one: one.section):
        directives = list(in_section)
        lines += [("", None), (f"[{section}]", _asking(unit, directives))]
        grouped = groupby(directives, key=lambda one: _paragraph(rules[section, one.name].group))
        for place, (_, group) in enumerate(grouped):
            if place:
                lines.append(("", None))
            for directive in group:
                lines += _directive(directive, rules[section, directive.name])
    return text_file(lines, unit.origin)


def _paragraph(group: str) -> str:
    """The manual's headings that make one paragraph of a unit; a heading of its own otherwise."""
    return _PARAGRAPHS.get(group, group)


def _asking(unit: Unit | DropIn, directives: Sequence[Directive]) -> Origin:
    """A section that only an override has lines in is there because of the override."""
    own = any(one.origin.source != "units" for one in directives)
    return unit.origin if own else directives[0].origin


def _directive(directive: Directive, rule: DirectiveRule) -> Iterator[Line]:
    value, origin = directive.value, directive.origin
    if directive.comment:
        yield f"# {directive.comment}", origin
    text = f"{directive.name}={written(value, rule)}"
    if not isinstance(value, Command):
        yield text, origin
        return
    if len(text) <= WIDTH:
        words = dict.fromkeys(path for paths in value.options for path in paths)
        yield text, Origin(origin.source, origin.path, origin.reason, (*origin.also, *words))
        return
    written_out = written_words(value)
    text = f"{directive.name}={value.prefix}" + " \\\n    ".join(written_out)
    options = value.options or ((),) * len(written_out)
    origins = (_of_word(origin, number, paths) for number, paths in enumerate(options))
    yield from zip(text.split("\n"), origins, strict=True)


def _of_word(origin: Origin, number: int, paths: tuple[ManifestPath, ...]) -> Origin:
    """A word that has a line of its own comes from the options of its own."""
    if not paths:
        return origin
    if not number:
        return Origin(origin.source, origin.path, origin.reason, (*origin.also, *paths))
    path, *others = paths
    source = str(path[1]) if path[0] == "modules" else origin.source
    return Origin(source, path, origin.reason, (*others, origin.path, *origin.also))
