"""A manifest on its way: values with the comments above them and the place each came from."""

from collections.abc import Iterator, Sequence

from attrs import define, field, frozen

from schema.diagnostics import ManifestPath

Plain = str | int | bool
Value = Plain | tuple[Plain, ...]
Comment = str | Sequence[str]
"""One paragraph, or several."""


@frozen
class Source:
    """Where in an imported file a value stands; line 0 is no line: it was seen on the machine."""

    key: str
    line: int = 0


@frozen
class Unused:
    """What was read and is not in the manifest, and why, in a sentence without a secret."""

    source: Source
    reason: str


@define(eq=False)
class Leaf:
    """A scalar, or a list that stands or falls as one, such as a command."""

    value: Value
    comment: tuple[str, ...] = ()
    source: Source | None = None


@define(eq=False)
class Items:
    """A list whose items can be taken out one by one."""

    comment: tuple[str, ...] = ()
    entries: list[Leaf] = field(factory=list)
    seen: set[Plain] = field(factory=set)


@define(eq=False)
class Section:
    """A mapping; `after` is a comment below its last key."""

    comment: tuple[str, ...] = ()
    entries: "dict[str, Node]" = field(factory=dict)
    after: list[str] = field(factory=list)
    source: Source | None = None


Node = Leaf | Items | Section
Path = tuple[str, ...]


@define(eq=False)
class Draft:
    """A manifest that can still change, and what was left out of it.

    Attributes:
        title: the sentence that the file begins with.
        origin: the name of the imported file; empty for the machine itself.
        notes: paragraphs below the title.
    """

    title: str
    origin: str = ""
    root: Section = field(factory=Section)
    notes: list[str] = field(factory=list)
    _listed: dict[Unused, None] = field(factory=dict)

    def put(
        self, path: Path, value: Value, comment: Comment = (), source: Source | None = None
    ) -> None:
        """Give an option its value, in the place of any that it has."""
        self._above(path).entries[path[-1]] = Leaf(value, _paragraphs(comment), source)

    def append(
        self, path: Path, value: Plain, comment: Comment = (), source: Source | None = None
    ) -> None:
        """Add an item to a list, unless it is there."""
        items = self._above(path).entries.setdefault(path[-1], Items())
        if isinstance(items, Items) and value not in items.seen:
            items.seen.add(value)
            items.entries.append(Leaf(value, _paragraphs(comment), source))

    def section(self, path: Path, comment: Comment = (), source: Source | None = None) -> Section:
        """The mapping at a path, made if there is none; a comment is added to that it has."""
        found = self._above((*path, ""))
        found.comment = (*found.comment, *_paragraphs(comment))
        found.source = found.source or source
        return found

    def leave_out(self, source: Source, reason: str) -> None:
        """List what is not carried over, once."""
        self._listed[Unused(source, reason)] = None

    @property
    def unused(self) -> list[Unused]:
        """What is not carried over, by line."""
        return sorted(self._listed, key=lambda one: one.source.line)

    def get(self, path: Path) -> Node | None:
        """What stands at a path of keys, or None."""
        node: Node | None = self.root
        for step in path:
            node = node.entries.get(step) if isinstance(node, Section) else None
        return node

    def values(self, path: Path) -> tuple[Plain, ...]:
        """The items of a list, or the one value of an option; empty when there is none."""
        node = self.get(path)
        if isinstance(node, Items):
            return tuple(one.value for one in node.entries if not isinstance(one.value, tuple))
        return (node.value,) if isinstance(node, Leaf) and not isinstance(node.value, tuple) else ()

    def nearest(self, path: ManifestPath) -> tuple[Node, Node] | None:
        """The deepest thing on the way to a path, and what holds it; None at the top itself."""
        above: Node = self.root
        found: tuple[Node, Node] | None = None
        for step in path:
            node = _child(above, step)
            if node is None:
                break
            found = node, above
            above = node
        return found

    def take_out(self, node: Node, above: Node) -> Iterator[Source]:
        """Remove a thing; gives where all that was in it came from."""
        if isinstance(above, Items):
            above.entries = [one for one in above.entries if one is not node]
        elif isinstance(above, Section):
            above.entries = {key: one for key, one in above.entries.items() if one is not node}
        yield from sources(node)

    def _above(self, path: Path) -> Section:
        section = self.root
        for step in path[:-1]:
            inner = section.entries.setdefault(step, Section())
            if not isinstance(inner, Section):
                inner = section.entries[step] = Section()
            section = inner
        return section


def _paragraphs(comment: Comment) -> tuple[str, ...]:
    """As a tuple; no comment is no paragraph."""
    one = (comment,) if isinstance(comment, str) else comment
    return tuple(paragraph for paragraph in one if paragraph)


def sources(node: Node) -> Iterator[Source]:
    """Where everything in a part of a draft came from."""
    if not isinstance(node, Items) and node.source is not None:
        yield node.source
    if isinstance(node, Section):
        for inner in node.entries.values():
            yield from sources(inner)
    elif isinstance(node, Items):
        for one in node.entries:
            yield from sources(one)


def _child(node: Node, step: str | int) -> Node | None:
    if isinstance(node, Section):
        return node.entries.get(str(step))
    if isinstance(node, Items) and isinstance(step, int) and step < len(node.entries):
        return node.entries[step]
    return None
