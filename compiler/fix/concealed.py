"""The lines of a manifest without its secrets: `fix --diff` shows lines around what changes."""

from collections.abc import Iterator, Sequence

from schema.diagnostics import Mark
from schema.document import Document, Mapping, Node, Scalar
from schema.secrets import HIDDEN, is_path, is_secret_name, without_secrets

_SHORT = 3
"""Letters that are no secret."""


def concealed(document: Document, marks: Sequence[Mark], lines: Sequence[str]) -> list[str]:
    """Lines of a manifest, or of what becomes of it, without secrets.

    Args:
        document: the manifest; what has the name of a secret in it is one, on all of its lines.
        marks: where else secrets stand in it.
        lines: what is shown.
    """
    secrets = list(_secrets(document.root, marks))
    texts = {part for one in secrets for part in one.text.split()}
    texts |= {_as_written(document, one.mark) for one in secrets}  # with its escapes
    known = sorted((one for one in texts if len(one) > _SHORT), key=len, reverse=True)
    return [_line(line, known) for line in lines]


def _as_written(document: Document, mark: Mark) -> str:
    return document.lines[mark.line - 1][mark.column - 1 : mark.end - 1]


def _line(line: str, known: Sequence[str]) -> str:
    line = without_secrets(line)
    for text in known:
        line = line.replace(text, HIDDEN)
    return line


def _secrets(node: Node, marks: Sequence[Mark], *, named: bool = False) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        place = (node.mark.line, node.mark.column)
        is_marked = any(place == (one.line, one.column) for one in marks)
        if is_marked or (named and node.value is not None and not is_path(node.text)):
            yield node
    elif isinstance(node, Mapping):
        for entry in node.entries:
            below = named or is_secret_name(entry.key)
            yield from _secrets(entry.node, marks, named=below)
    else:
        for item in node.items:
            yield from _secrets(item, marks, named=named)
