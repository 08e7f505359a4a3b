"""What a section looks like in a manifest, put together from the examples of its options."""

from collections.abc import Iterable, Sequence

from compiler.load import load
from compiler.reference.sections import Entry, Path, Section
from schema.document import Mapping


def fragment(section: Section) -> str:
    """A piece of a manifest from the left margin: what the section must have, or an example."""
    lines = _example(section) or _required(section.entries) or _first(section.entries)
    opened = section.opened_by
    if opened is not None and opened.path[-2:-1] == ("N",):
        lines = [
            *_required(Section((), opened.section).entries),
            f"{opened.name}:",
            *_deeper(lines),
        ]
        return "\n".join(_nested(opened.path[:-1], lines)) + "\n"
    return "\n".join(_nested(section.path, lines)) + "\n"


def _required(entries: Iterable[Entry]) -> list[str]:
    required = (entry for entry in entries if entry.is_required)
    return [line for entry in required for line in _written(entry.name, entry.example)]


def _example(section: Section) -> list[str]:
    """The example of the option that opens the section, if it has all that is required there."""
    opened = section.opened_by
    lines = _entries(opened.example) if opened else []
    if opened and opened.is_collected:
        lines = _entries(lines[0].partition(": ")[2])
    names = {line.partition(":")[0] for line in lines}
    required = {entry.name for entry in section.entries if entry.is_required}
    return lines if required <= names else []


def _first(entries: Sequence[Entry]) -> list[str]:
    """The first option with an example, one without a default first; else what is collected."""
    shown = [one for one in entries if one.example and not one.is_inherited]
    unset = [one for one in shown if one.field.default is None]
    if not shown:
        return []
    entry = (unset or shown)[0]
    return _entries(entry.example) if entry.is_collected else [f"{entry.name}: {entry.example}"]


def _written(name: str, example: str) -> list[str]:
    """An option with its example: a mapping in lines of its own."""
    entries = _entries(example)
    return [f"{name}:", *_deeper(entries)] if entries else [f"{name}: {example}"]


def _entries(example: str) -> list[str]:
    """A mapping in braces, as a line for each of its keys; no line for anything else."""
    text = f"x: {example}"
    found = load("example", text.encode()).root.get("x") if example else None
    if found is None or not isinstance(found.node, Mapping) or "\n" in text:
        return []
    starts = [entry.mark.column - 1 for entry in found.node.entries]
    ends = [*starts[1:], text.rindex("}")]
    return [text[start:end].rstrip(" ,") for start, end in zip(starts, ends, strict=True)]


def _nested(path: Path, lines: Sequence[str]) -> list[str]:
    """Lines below the options of a path; N is an item of a list, and JOB is called wiki."""
    nested = list(lines)
    for step in reversed(path):
        if step == "N":
            first, *rest = nested
            nested = [f"- {first}", *_deeper(rest)]
        else:
            name = "wiki" if step.isupper() else step
            nested = [f"{name}:", *_deeper(nested)]
    return nested


def _deeper(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]
