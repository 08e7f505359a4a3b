"""A merged manifest -> the same with every folder of modules that one of its files names."""

import os
from collections.abc import Sequence

from attrs import evolve

from compiler.beside import beside
from schema.document import Definition, Document, Entry, Mapping, Scalar
from schema.document import Sequence as Items

_KEY = "module_path"


def own_folders(
    document: Document, documents: Sequence[Document], named: Sequence[tuple[str, Scalar]]
) -> Document:
    """Let a merged manifest name folders of modules, in place of those that it names.

    Args:
        document: the merged manifest.
        documents: the files that it was merged from.
        named: each folder as it was written, and the file that it is relative to.
    """
    there = os.path.dirname(os.path.realpath(document.file))
    once: dict[str, Scalar] = {}
    for file, item in named:
        path = _seen_from(there, file, item) if item.mark.file else item.text
        once.setdefault(path, Scalar(path, path, item.mark))
    items = tuple(once.values())
    entry = Entry(_KEY, items[0].mark, Items(items, items[0].mark))
    others = tuple(one for one in document.root.entries if one.key != _KEY)
    root = Mapping((*others, entry), document.root.mark)
    if not document.definitions:
        return evolve(document, root=root)
    definitions = {path: one for path, one in document.definitions.items() if path[:1] != (_KEY,)}
    said = [one.root.get(_KEY) for one in documents]
    definitions[_KEY,] = tuple(Definition(one.node, one.node.mark) for one in said if one)
    for place, item in enumerate(items):
        definitions[_KEY, place] = (Definition(item, item.mark),)
    return evolve(document, root=root, definitions=definitions)


def _seen_from(folder: str, file: str, item: Scalar) -> str:
    return os.path.relpath(os.path.realpath(beside(file, item.text)), folder)
