"""docs/reference.md, with the options of every manifest, and docs/reference/MODULE.md."""

import os
from collections.abc import Mapping

from attrs import frozen

from compiler.reference.fragments import fragment
from compiler.reference.sections import (
    Entry,
    Modules,
    Section,
    manifest,
    module_sections,
    module_text,
    sections_below,
)
from compiler.reference.words import MERGE_RULES, default, kind_of, merge_rule
from compiler.render.templates import render_template

_TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "templates")
_TABLE = os.path.join(_TEMPLATES, "table.md.j2")
_INDEX = "reference.md"


@frozen(eq=False, repr=False)
class Row:
    """One row of a section's table, as text of Markdown."""

    name: str
    kind: str
    default: str
    help: str
    merging: str
    since: str


@frozen(eq=False, repr=False)
class Described:
    """A section as it stands on a page."""

    name: str
    anchor: str
    text: str
    fragment: str
    rows: tuple[Row, ...]


def pages(modules: Modules) -> Mapping[str, str]:
    """The text of each page, by its path below docs/."""
    seen: dict[type, Section] = {}
    own = list(sections_below(manifest(), seen))
    tops = list(module_sections(modules))
    places = dict.fromkeys(seen, _INDEX)
    values = {
        "table": _TABLE,
        "smallest": fragment(own[0]),
        "sections": [_described(one, seen, places, _INDEX) for one in own],
        "modules": [(one.path[-1], _first_sentence(module_text(one.type))) for one in tops],
        "rules": MERGE_RULES.items(),
    }
    found = {_INDEX: render_template(os.path.join(_TEMPLATES, "reference.md.j2"), values)}
    return found | dict(_module_page(one, dict(seen), dict(places)) for one in tops)


def _module_page(
    top: Section, seen: dict[type, Section], places: dict[type, str]
) -> tuple[str, str]:
    name = top.path[-1]
    page = f"reference/{name}.md"
    sections = list(sections_below(top, seen))
    places |= dict.fromkeys(seen.keys() - places.keys(), page)
    values = {
        "table": _TABLE,
        "name": name,
        "text": module_text(top.type),
        "sections": [_described(one, seen, places, page) for one in sections],
    }
    return page, render_template(os.path.join(_TEMPLATES, "module.md.j2"), values)


def _described(
    section: Section, seen: Mapping[type, Section], places: Mapping[type, str], page: str
) -> Described:
    rows = tuple(_row(entry, seen, places, page) for entry in section.entries)
    text = section.text if section.path else "The keys at the left margin."
    name = _name(section)
    return Described(name, _anchor(name), text, fragment(section), rows)


def _row(entry: Entry, seen: Mapping[type, Section], places: Mapping[type, str], page: str) -> Row:
    example = f"; for example `{_cell(entry.example)}`" if entry.example else ""
    given = default(entry)
    return Row(
        entry.name,
        _cell(kind_of(entry, _code)) + _link(entry, seen, places, page),
        given if given in ("", "required") else _code(_cell(given)),
        _cell(entry.help) + example,
        merge_rule(entry),
        entry.since,
    )


def _link(entry: Entry, seen: Mapping[type, Section], places: Mapping[type, str], page: str) -> str:
    """Where the options below an option stand, which may be another page."""
    below = entry.below
    section = None if below is None else seen.get(below.type)
    if below is None or section is None:
        return ""
    name = _name(section)
    there = (
        ""
        if places[below.type] == page
        else os.path.relpath(places[below.type], os.path.dirname(page))
    )
    return f": [{name}]({there}#{_anchor(name)})"


def _name(section: Section) -> str:
    return ".".join(section.path).replace(".N", "[]") or "The manifest"


def _anchor(name: str) -> str:
    """How GitHub names the place of a heading."""
    kept = (one for one in name.lower().replace(" ", "-") if one.isalnum() or one in "-_")
    return "".join(kept)


def _first_sentence(text: str) -> str:
    return text.partition("\n\n")[0].replace("\n", " ")


def _code(text: str) -> str:
    return f"`{text}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
