"""A manifest as it was written: plain YAML values, each with its place."""

from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from typing import TYPE_CHECKING

from attrs import field, frozen

from schema.diagnostics import WHOLE, ManifestPath, Mark

if TYPE_CHECKING:
    from schema.imported import Imported

PLAIN = 100
"""The priority of a definition without a tag (nixpkgs, lib/modules.nix)."""

PLAIN_ORDER = 1000
"""The place of a list's items without a tag."""


@frozen
class Tag:
    """What a tag in front of a value says about how it is merged; the lower number wins.

    The numbers are those of NixOS: `!default` is 1000, `!force` 50, `!before` 500, `!after` 1500.
    """

    text: str
    mark: Mark
    priority: int | None = None
    order: int | None = None
    removes: bool = False


@frozen(eq=False, repr=False)
class Scalar:
    """One YAML scalar: `text` is what stands there, `value` what it means in YAML 1.2."""

    text: str
    value: str | int | float | bool | None
    mark: Mark
    tag: Tag | None = None


@frozen(eq=False, repr=False)
class Sequence:
    """A YAML sequence."""

    items: "tuple[Node, ...]"
    mark: Mark
    tag: Tag | None = None


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
    tag: Tag | None = None
    _index: dict[str, Entry] = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_index", {entry.key: entry for entry in self.entries})

    def get(self, key: str) -> Entry | None:
        """The entry of a key, or None."""
        return self._index.get(key)


Node = Scalar | Sequence | Mapping
PathsToDefinitions = MappingType[ManifestPath, "tuple[Definition, ...]"]


@frozen(eq=False, repr=False)
class Definition:
    """What one place says about one option.

    Attributes:
        node: the value.
        mark: where it stands, its file included; `WHOLE` for an option's own default.
        priority: the lower number wins: default 1500, `!default` 1000, plain 100, `!force` 50.
        order: where its items stand in a list: `!before` 500, plain 1000, `!after` 1500.
        won: whether it is (a part of) the value.
        why: why it is not, in a few words; empty when it won.
        when: the condition that it hangs on, in a few words; empty without one.
    """

    node: Node
    mark: Mark
    priority: int = PLAIN
    order: int = PLAIN_ORDER
    won: bool = True
    why: str = ""
    when: str = ""


@frozen(eq=False, repr=False)
class Document:
    """A manifest, as one file says it or merged with what it imports.

    Attributes:
        file: its name as the user gave it, for reports only.
        lines: its text, line by line.
        root: its values.
        has_tags: whether a tag stands anywhere in it.
        definitions: all definitions of each option, list item and key that was defined, the losing
            ones too, by path; filled by `merge`.
        sources: the files that it was merged from, its own last; filled with the definitions.
        imports: what became of each import, in the order in which the files are merged; likewise.
    """

    file: str
    lines: tuple[str, ...]
    root: Mapping
    has_tags: bool = False
    definitions: PathsToDefinitions = field(factory=dict)
    sources: "tuple[Document, ...]" = ()
    imports: "tuple[Imported, ...]" = ()

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
            return only if _share_line(only, mark) else mark
        return mark

    def _walk(self, path: ManifestPath, at: str) -> Iterator[tuple[Mark, Node]]:
        node: Node = self.root
        for depth, step in enumerate(path):
            if isinstance(node, Mapping) and (entry := node.get(str(step))) is not None:
                node = entry.node
                last = depth == len(path) - 1 or isinstance(node, Scalar)
                empty = isinstance(node, Scalar) and node.value is None and not node.text
                plain = not isinstance(node, Mapping) and _share_line(node.mark, entry.mark)
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


def _share_line(one: Mark, other: Mark) -> bool:
    return one.line == other.line and one.file == other.file


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


def tags_in(node: Node) -> Iterator[Tag]:
    """The tags of a node and of everything in it."""
    if node.tag is not None:
        yield node.tag
    if isinstance(node, Scalar):
        return
    for below in node.items if isinstance(node, Sequence) else [one.node for one in node.entries]:
        yield from tags_in(below)


@frozen(eq=False, repr=False)
class Edge:
    """One file imports another: their places among the sources, and where and when it does."""

    by: int
    of: int
    when: Node | None
    mark: Mark


@frozen(eq=False, repr=False)
class Sources:
    """A manifest and what it imports: the documents in the order of the imports, its own last."""

    documents: tuple[Document, ...]
    edges: tuple[Edge, ...]
