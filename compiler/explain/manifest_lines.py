"""What stands on a line of a manifest, or of a file that it imports."""

import os
from collections.abc import Iterator

from attrs import frozen

from compiler.explain.definitions import defined_at
from compiler.explain.subject import Subject
from compiler.merge.files import OF_FILES
from compiler.merge.remove import REMOVED
from schema.diagnostics import ManifestPath, Mark
from schema.document import Document, Mapping, Node, Scalar, Sequence
from schema.imported import Imported

_DEPTH = 12
"""Steps of a path at most: no option lies deeper."""


@frozen
class Standing:
    """What stands on a line.

    Attributes:
        options: those that it defines, or removes something from.
        imports: those that are written there, or hang on the condition that is.
        note: what the line is when there is neither.
    """

    options: tuple[ManifestPath, ...] = ()
    imports: tuple[Imported, ...] = ()
    note: str = ""


@frozen
class _Written:
    """A key or an item, and the line on which it begins."""

    path: ManifestPath
    node: Node
    line: int


def standing(subject: Subject, file: str, line: int) -> Standing | None:
    """What stands on a line; None when the host has no such file."""
    sources = subject.document.sources
    found = [
        _standing(subject, one, place, line)
        for place, one in enumerate(sources)
        if _is_meant(one.file, file)
    ]
    if not found:
        return None
    options = dict.fromkeys(path for one in found for path in one.options)
    imports = dict.fromkeys(edge for one in found for edge in one.imports)
    note = "" if options or imports else found[0].note
    return Standing(tuple(options), tuple(imports), note)


def imports_below(
    subject: Subject, place: int, path: ManifestPath = ("imports",)
) -> tuple[Imported, ...]:
    """The imports of a source: all of them, or those of one entry (a folder brings several)."""
    found = tuple(one for one in subject.document.imports if one.by == place)
    entry = subject.document.sources[place].root.get("imports")
    if len(path) == 1 or entry is None:
        return found
    items = entry.node.items if isinstance(entry.node, Sequence) else (entry.node,)
    starts = [(one.mark.line, one.mark.column) for one in items]

    def item_of(one: Imported) -> int:
        return sum(start <= (one.mark.line, one.mark.column) for start in starts) - 1

    return tuple(one for one in found if item_of(one) == path[1])


def _standing(subject: Subject, source: Document, place: int, line: int) -> Standing:
    count = len(source.lines) - (source.lines[-1:] == ("",))
    if not 0 < line <= count:
        return Standing(note=f"{source.file} has {count} line{'s' * (count != 1)}")
    written = list(_written(source.root, (), set()))
    there = [one for one in written if one.line == line]
    text = source.lines[line - 1].strip()
    if not there and (not text or text.startswith("#")):
        return Standing(note=f"{source.file}:{line} is {'a comment' if text else 'a blank line'}")
    there = there or _going_on(written, line)
    of_files = [one for one in there if one.path[0] in OF_FILES]
    imports = tuple(edge for one in of_files for edge in _imports(subject, place, one.path))
    options = _options(subject, source, line, [one for one in there if one not in of_files])
    note = "" if imports or options else f"{source.file}:{line} defines no option of this host"
    return Standing(options, imports, note)


def _going_on(written: list[_Written], line: int) -> list[_Written]:
    """What began above and goes on: the rest of a long value, or the bracket that ends it."""
    return [one for one in written if one.line < line][-1:]


def _imports(subject: Subject, place: int, path: ManifestPath) -> tuple[Imported, ...]:
    if path[0] == "when":
        return tuple(one for one in subject.document.imports if one.of == place)
    return imports_below(subject, place, path[:2])


def _options(
    subject: Subject, source: Document, line: int, there: list[_Written]
) -> tuple[ManifestPath, ...]:
    """The innermost options, and the lists from which an item is taken out."""
    definitions = subject.document.definitions
    own = source is subject.document.sources[-1]
    marked = [
        path
        for path, found in definitions.items()
        if path and any(_is_at(one.mark.file, own, source, one.mark.line, line) for one in found)
    ]
    removed = [path[:-1] for path in marked if path[-1] == REMOVED]
    removed += [one.path[:-1] for one in there if isinstance(one.path[-1], int) and _takes_out(one)]
    known = [path for path in marked if path[-1] != REMOVED]
    known += [one.path for one in there if one.path in definitions]
    known += [_known(subject, one.path) for one in there if not known]
    found = dict.fromkeys(path for path in (*removed, *known) if path)
    return tuple(
        path for path in found if path in removed or not any(_is_above(path, one) for one in found)
    )


def _is_at(file: str, own: bool, source: Document, marked: int, line: int) -> bool:  # noqa: FBT001
    return marked == line and (file == source.file or (own and not file))


def _takes_out(one: _Written) -> bool:
    return one.node.tag is not None and one.node.tag.removes


def _known(subject: Subject, path: ManifestPath) -> ManifestPath:
    """The innermost option of what stands there: a word of a command is no option."""
    while path and isinstance(path[-1], int):
        path = path[:-1]
    while path and (subject.declared(path) is None or not defined_at(subject.document, path)):
        path = path[:-1]
    return path


def _is_above(one: ManifestPath, other: ManifestPath) -> bool:
    return len(one) < len(other) and other[: len(one)] == one


def _written(node: Node, path: ManifestPath, seen: set[int]) -> Iterator[_Written]:
    """Every key and item, in the order of the text; what an alias repeats stands there once."""
    if len(path) == _DEPTH or id(node) in seen or isinstance(node, Scalar):
        return
    seen.add(id(node))
    below: list[tuple[str | int, Node, Mark]]
    if isinstance(node, Mapping):
        below = [(entry.key, entry.node, entry.mark) for entry in node.entries]
    else:
        below = [(place, item, item.mark) for place, item in enumerate(node.items)]
    for step, one, mark in below:
        yield _Written((*path, step), one, mark.line)
        yield from _written(one, (*path, step), seen)


def _is_meant(file: str, given: str) -> bool:
    """Whether a file was named by its path, or by the end of it."""
    tail = os.path.normpath(given)
    return os.path.normpath(file) == tail or file.endswith(f"/{tail}")
