"""A manifest as it was written: plain YAML values, each with its place."""

from collections.abc import Iterator

from attrs import field, frozen

from schema.diagnostics import WHOLE, ManifestPath, Mark


@frozen(eq=False, repr=False)
class Scalar:
    """One YAML scalar: `text` is what stands there, `value` what it means in YAML 1.2."""

    text: str
    value: str | int | float | bool | None
    mark: Mark


@frozen(eq=False, repr=False)
class Sequence:
    """A YAML sequence."""

    items: "tuple[Node, ...]"
    mark: Mark


@frozen(eq=False, repr=False)
class Entry:
    """One key of a mapping, with the key's own place."""

    key: str
    mark: Mark
    node: "Node"


@frozen(eq=False, repr=False)
class Mapping:
    """A YAML mapping, in the order of the text; every key is a string and stands once."""

    entries: tuple[Entry, ...]
    mark: Mark
    _index: dict[str, Entry] = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_index", {entry.key: entry for entry in self.entries})

    def get(self, key: str) -> Entry | None:
        """The entry of a key, or None."""
        return self._index.get(key)


Node = Scalar | Sequence | Mapping


@frozen(eq=False, repr=False)
class Document:
    """A loaded manifest. `file` is its name as the user gave it, for reports only."""

    file: str
    lines: tuple[str, ...]
    root: Mapping

    def mark(self, path: ManifestPath, *, at: str = "value") -> Mark:
        """The place of a path: of its value, or of its last key.

        A path that goes on where the manifest stops (an option left at its default) gives the
        place of the nearest thing above it that was written. A list of one is where its item is.
        """
        mark, node = WHOLE, None
        for mark, node in self._walk(path, at):  # noqa: B007 - the last one is wanted
            pass
        if at == "value" and isinstance(node, Sequence) and len(node.items) == 1:
            only = node.items[0].mark
            return only if only.line == mark.line else mark
        return mark

    def _walk(self, path: ManifestPath, at: str) -> Iterator[tuple[Mark, Node]]:
        node: Node = self.root
        for depth, step in enumerate(path):
            if isinstance(node, Mapping) and (entry := node.get(str(step))) is not None:
                node = entry.node
                last = depth == len(path) - 1 or isinstance(node, Scalar)
                empty = isinstance(node, Scalar) and node.value is None and not node.text
                plain = not isinstance(node, Mapping) and node.mark.line == entry.mark.line
                is_value = at == "value" and last and plain and not empty
                yield (node.mark if is_value else entry.mark), node
            elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
                yield node.mark, node
            elif (found := _listed_module(node, step)) is not None:
                node = found.node
                yield found.mark, node
            else:
                return


def _listed_module(node: Node, step: str | int) -> Entry | None:
    """`modules` may be a list of names and one-key mappings; its paths use the names."""
    if not isinstance(node, Sequence):
        return None
    for item in node.items:
        if isinstance(item, Scalar) and item.text == step:
            return Entry(item.text, item.mark, item)
        if isinstance(item, Mapping) and (entry := item.get(str(step))) is not None:
            return entry
    return None
