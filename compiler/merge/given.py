"""What one file says about one option, on its way through the merge."""

from collections.abc import Hashable, Iterable

from attrs import evolve, field, frozen

from schema.diagnostics import Diagnostic, ManifestPath, Mark
from schema.document import PLAIN, PLAIN_ORDER, Definition, Node, Scalar, Sequence, tags_in

DEFAULT_PRIORITY = 1500
"""Of an option's own default (nixpkgs: mkOptionDefault)."""

OWN_DEFAULT = -1
"""The source of what no file says: the option's own default."""


@frozen(eq=False, repr=False)
class Given:
    """A definition of an option.

    Attributes:
        node: the value, with its tag until that was read.
        mark: where it stands.
        source: the place of its file among the sources.
        active: whether the conditions that it hangs on are true.
        when: those conditions, in a few words.
    """

    node: Node
    mark: Mark
    source: int
    priority: int = PLAIN
    order: int = PLAIN_ORDER
    active: bool = True
    when: str = ""

    def at(self, node: Node, mark: Mark) -> "Given":
        """What the same file says about something below this."""
        return Given(node, mark, self.source, self.priority, PLAIN_ORDER, self.active, self.when)


@frozen(eq=False, repr=False)
class Record:
    """What the merge notes on its way: problems, and where they are wanted all definitions."""

    file: str
    problems: list[Diagnostic] = field(factory=list)
    definitions: dict[ManifestPath, tuple[Definition, ...]] | None = None

    def note(self, path: ManifestPath, given: Given, why: str = "") -> None:
        """Note one definition, and why it is not (a part of) the value, if it is not."""
        if self.definitions is None:
            return
        if not given.active:
            why = f"{given.when} is not true"
        one = Definition(
            given.node, given.mark, given.priority, given.order, not why, why, given.when
        )
        self.definitions[path] = (*self.definitions.get(path, ()), one)

    def place(self, mark: Mark) -> str:
        """A place as reports write it."""
        return mark.place(self.file)

    def stronger(self, winner: Given) -> str:
        """Why a definition that is weaker than another one is not the value."""
        return f"{self.place(winner.mark)} is stronger"


def tagged(given: Given, record: Record, path: ManifestPath, *, is_list: bool) -> Given:
    """The definition with what its tag says."""
    tag = given.node.tag
    if tag is None:
        return given
    if tag.order is not None and not is_list and given.active:
        message = f"{tag.text} says where the items of a list stand, and {_name(path)} is no list"
        fix = "take it out"
        record.problems.append(Diagnostic("HW027", message, path, fix, mark=tag.mark))
    priority = given.priority if tag.priority is None else tag.priority
    order = given.order if tag.order is None else tag.order
    return evolve(given, priority=priority, order=order)


def refuse_inner_tags(path: ManifestPath, given: Given, record: Record) -> None:
    """A tag inside a value that is never mixed from two files would be without effect."""
    inner = tags_in(evolve(given.node, tag=None)) if given.active else ()
    for tag in inner:
        message = f"{tag.text} stands within {_name(path)}, which is taken as a whole"
        fix = "write it in front of the whole value, or take it out"
        record.problems.append(Diagnostic("HW027", message, path, fix, mark=tag.mark))


def best(givens: Iterable[Given]) -> list[Given]:
    """The strongest of the definitions that count."""
    active = [one for one in givens if one.active]
    strength = min((one.priority for one in active), default=0)
    return [one for one in active if one.priority == strength]


def untagged(node: Node) -> Node:
    """A node whose tag was read."""
    return node if node.tag is None else evolve(node, tag=None)


def is_null(node: Node) -> bool:
    """Whether nothing stands there, or null."""
    return isinstance(node, Scalar) and node.value is None


def key_of(node: Node) -> Hashable:
    """What two nodes have in common that say the same, wherever they stand."""
    if isinstance(node, Scalar):
        return type(node.value), node.value
    if isinstance(node, Sequence):
        return tuple(map(key_of, node.items))
    return frozenset((entry.key, key_of(entry.node)) for entry in node.entries)


def same(one: Node, other: Node) -> bool:
    """Whether two nodes say the same, wherever they stand."""
    return type(one) is type(other) and key_of(one) == key_of(other)


def _name(path: ManifestPath) -> str:
    return ".".join(step for step in path if isinstance(step, str)) or "the manifest"
