"""The forms in which one thing can be written, as the one in which it can be merged."""

import re

from attrs import evolve

from compiler.merge.given import Given, Record, is_null
from schema.diagnostics import Diagnostic, ManifestPath, Mark
from schema.document import Entry, Mapping, Node, Scalar, Sequence

_COMMANDS = re.compile(r"Exec(Start|Stop|Reload|Condition)(Pre|Post)?")


def filled(given: Given) -> Given:
    """Nothing as a mapping with nothing in it: `postgresql:`."""
    node = given.node
    return evolve(given, node=Mapping((), node.mark, node.tag)) if is_null(node) else given


def place_of(entry: Entry) -> Mark:
    """Where an option stands: its value; of a section, or where nothing stands, the key."""
    is_section = isinstance(entry.node, Mapping) or is_null(entry.node)
    return entry.mark if is_section else entry.node.mark


def by_name(given: Given, record: Record) -> Given:
    """`modules` as a mapping, unless the list of them is none that could be read as one."""
    node = given.node
    if not isinstance(node, Sequence):
        return given
    entries: dict[str, Entry] = {}
    for item in node.items:
        entry = _named(item, record)
        if entry is None or entry.key in entries:
            return given
        entries[entry.key] = entry
    return evolve(given, node=Mapping(tuple(entries.values()), node.mark, node.tag))


def _named(item: Node, record: Record) -> Entry | None:
    """A module of the list form: its name alone, or its name and options; a tag goes for both."""
    if isinstance(item, Scalar) and isinstance(item.value, str):
        return Entry(item.value, item.mark, Scalar("", None, item.mark, item.tag))
    if not isinstance(item, Mapping) or len(item.entries) != 1:
        return None
    entry = item.entries[0]
    if item.tag is None:
        return entry
    if entry.node.tag is not None:
        message = f"{entry.key} has two tags, {item.tag.text} and {entry.node.tag.text}"
        path: ManifestPath = ("modules", entry.key)
        mark = entry.node.tag.mark
        record.problems.append(Diagnostic("HW027", message, path, "keep one of them", mark=mark))
        return entry
    return evolve(entry, node=evolve(entry.node, tag=item.tag))


def as_commands(path: ManifestPath, given: Given) -> Given:
    """A command of `units` as a list of commands, so that the words of two are not mixed."""
    node = given.node
    is_command = _COMMANDS.fullmatch(str(path[-1])) is not None
    if not is_command or not isinstance(node, Sequence) or not node.items:
        return given
    if any(isinstance(item, Sequence) for item in node.items):
        return given
    inner = Sequence(node.items, node.mark)
    return evolve(given, node=Sequence((inner,), node.mark, node.tag))
