"""Tags where nothing is merged: on what is about a file, and not about the host."""

from collections.abc import Iterator

from schema.diagnostics import Diagnostic
from schema.document import Document, tags_in

_OF_FILES = {
    "imports": "imports are not merged with those of other files",
    "module_path": "every folder that a file names is looked at",
}
"""What is read before anything is merged, and why a tag says nothing there."""


def misplaced_tags(document: Document) -> Iterator[Diagnostic]:
    """The tags of a document that no merge reads."""
    for key, reason in _OF_FILES.items():
        entry = document.root.get(key)
        for tag in () if entry is None else tags_in(entry.node):
            message = f"{tag.text} has no meaning here: {reason}"
            yield Diagnostic("HW027", message, (key,), "take it out", mark=tag.mark)
