"""The folders of the user's own modules: those of the command line, then every `module_path`.

They are collected before anything is merged: how an option is merged, its module says. So no tag
and no condition decides whether a folder is looked at.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from modules import OURS, Collection
from schema.document import Document, Node, Scalar
from schema.document import Sequence as Items
from schema.scalars import text_problem

if TYPE_CHECKING:
    from modules.own.source import Folder

_KEY = "module_path"


def collection(documents: Iterable[Document], folders: Sequence[str] = ()) -> Collection:
    """The modules that some manifests can name.

    Args:
        documents: everything that was loaded for one host; a folder is relative to the file that
            names it.
        folders: those of the command line, which come first; relative to the working directory.
    """
    found = module_folders(documents, folders)
    return Collection(found) if found else OURS


def module_folders(
    documents: Iterable[Document], folders: Sequence[str] = ()
) -> "tuple[Folder, ...]":
    """The folders, in the order in which a name is looked up."""
    named = [place for document in documents for place in _named(document)]
    if not named and not folders:
        return ()
    from compiler.beside import beside
    from modules.own.source import Folder

    given = (Folder(folder) for folder in folders)
    return (*given, *(Folder(beside(file, item.text), item.mark) for file, item in named))


def with_all_folders(document: Document, documents: Sequence[Document]) -> Document:
    """A merged manifest that names the folders of all its files, whatever the merge made of them.

    Args:
        document: the merged manifest.
        documents: the files that it was merged from, its own last.

    Returns:
        The manifest, each folder seen from its own file. One that is no list of texts stays as it
        is: that is said later.
    """
    if len(documents) == 1 or not any(one.root.get(_KEY) for one in documents):
        return document
    entry = document.root.get(_KEY)
    if entry and not (isinstance(entry.node, Items) and all(map(_is_folder, entry.node.items))):
        return document
    from compiler.own_folders import own_folders

    named = [place for one in documents for place in _named(one)]
    return own_folders(document, documents, named) if named else document


def _named(document: Document) -> Iterator[tuple[str, Scalar]]:
    entry = document.root.get(_KEY)
    if entry is None:
        return
    items = entry.node.items if isinstance(entry.node, Items) else (entry.node,)
    for item in items:
        if isinstance(item, Scalar) and _is_folder(item):
            yield document.file, item


def _is_folder(node: Node) -> bool:
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return False
    return not text_problem(node.text)
