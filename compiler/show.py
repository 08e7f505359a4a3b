"""A merged document -> YAML that compiles to the same tree.

It is read by YAML 1.2's core schema here and may be read by YAML 1.1 elsewhere: what either takes
for something else than a text is quoted.
"""

import os
import re
from collections.abc import Iterator
from collections.abc import Sequence as SequenceType

from attrs import frozen

from compiler.load.core_schema import core_value
from compiler.merge.shape import Finder, Shape, below, fields_of, shape_of
from compiler.report.human import printable
from modules import find
from schema.diagnostics import Mark
from schema.document import Document, Entry, Mapping, Node, Scalar, Sequence
from schema.host import Manifest

WIDTH = 100
"""Columns: a longer list gets a line per item."""

_PLAIN = re.compile(r"-{0,2}[A-Za-z_/][A-Za-z0-9_/.@+:=-]*(?<!:)|[1-9][0-9]*[a-z]+")
_WORDS_OF_YAML_1_1 = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}

Line = tuple[str, Mark | None]
"""A line, and the place of the value that stands on it."""


def show(
    document: Document,
    known: Finder = find,
    *,
    origins: bool = False,
    modules: SequenceType[str] = (),
) -> str:
    """Write a merged manifest.

    Args:
        document: as `merge` gives it.
        known: finds the module of a name, or None: a list with a default is shown as forced.
        origins: whether each line says, in a comment, which file and line it comes from.
        modules: folders of modules that the command line names, relative to the working directory.
    """
    root = _with_folders(document, modules) if modules else document.root
    lines = list(_Writer(known, apart=origins).mapping(root, shape_of(Manifest), ""))
    if not origins:
        return "".join(f"{line}\n" for line, _ in lines)
    width = min(60, max(len(line) for line, mark in lines if mark))
    return "".join(f"{_commented(document, *line, width)}\n" for line in lines)


def _commented(document: Document, text: str, mark: Mark | None, width: int) -> str:
    if mark is None or not mark.line:
        return text
    return f"{text:<{width}}  # {printable(mark.place(document.file))}"


def _with_folders(document: Document, modules: SequenceType[str]) -> Mapping:
    """The manifest with the folders of the command line, which come first, as if it named them."""
    own = os.path.dirname(os.path.realpath(document.file))
    paths = [os.path.relpath(os.path.realpath(folder), own) for folder in modules]
    entry = document.root.get("module_path")
    named = entry.node.items if entry and isinstance(entry.node, Sequence) else ()
    nowhere = Mark(0, 1, 1)
    items = (*(Scalar(path, path, nowhere) for path in paths), *named)
    others = (one for one in document.root.entries if one is not entry)
    whole = Sequence(items, nowhere)
    return Mapping((*others, Entry("module_path", nowhere, whole)), document.root.mark)


@frozen(eq=False, repr=False)
class _Writer:
    """Writes values line by line.

    Attributes:
        known: finds the module of a name, or None.
        apart: whether items of a list that come from several lines stand on lines of their own.
    """

    known: Finder
    apart: bool

    def mapping(self, node: Mapping, shape: Shape, indent: str) -> Iterator[Line]:
        """The keys in the order of the options; names in the order in which they came up."""
        fields = fields_of(shape.type) if shape.kind == "section" else {}
        order = {name: place for place, name in enumerate(fields)}
        for entry in sorted(node.entries, key=lambda one: order.get(one.key, len(order))):
            yield from self._entry(entry, below(shape, entry.key, self.known), indent)

    def _entry(self, entry: Entry, shape: Shape, indent: str) -> Iterator[Line]:
        node = entry.node
        tag = " !force" if shape.default and isinstance(node, Sequence) else ""
        key = f"{indent}{_text(entry.key)}:{tag}"
        line = f"{key} {flow(node)}"
        if isinstance(node, Mapping) and node.entries:
            yield key, None
            yield from self.mapping(node, shape, f"{indent}  ")
        elif isinstance(node, Sequence) and (
            len(line) > WIDTH or (self.apart and _is_of_several_lines(node))
        ):
            yield key, None
            yield from ((f"{indent}  - {flow(item)}", item.mark) for item in node.items)
        else:
            first = node.items[0].mark if isinstance(node, Sequence) and node.items else node.mark
            yield line, first


def _is_of_several_lines(node: Sequence) -> bool:
    return len({(item.mark.file, item.mark.line) for item in node.items}) > 1


def flow(node: Node) -> str:
    """A value on one line."""
    if isinstance(node, Scalar):
        return _scalar(node)
    if isinstance(node, Sequence):
        return f"[{', '.join(map(flow, node.items))}]"
    pairs = (f"{_text(entry.key)}: {flow(entry.node)}" for entry in node.entries)
    return f"{{{', '.join(pairs)}}}"


def _scalar(node: Scalar) -> str:
    if isinstance(node.value, str):
        return _text(node.value)
    return "null" if node.value is None else node.text


def _text(text: str) -> str:
    """A text as YAML, in quotes unless every reader takes it for the same text."""
    is_word = text.lower() not in _WORDS_OF_YAML_1_1 and isinstance(core_value(text), str)
    if is_word and _PLAIN.fullmatch(text):
        return text
    return f'"{"".join(map(_character, text))}"'


def _character(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
