"""A node on its way to a type."""

from collections.abc import Iterable
from typing import Any, TypeVar

from attrs import evolve, frozen

from modules import OURS, Collection
from schema.diagnostics import WHOLE, Diagnostic, ManifestPath, Mark
from schema.document import Mapping, Node, Scalar, Sequence

T = TypeVar("T")

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+-=@")


class UnfitError(Exception):
    """A value was reported and cannot be used."""


@frozen(eq=False, repr=False)
class Value:
    """A node, its path, the list that problems go to, and the converter that goes on below it.

    `key` is the place of its key, and `example` how its option looks in YAML, where that is known;
    `collection` has the modules that can be named.
    """

    node: Node
    path: ManifestPath
    problems: list[Diagnostic]
    converter: Any
    key: Mark = WHOLE
    example: str | None = None
    collection: Collection = OURS

    def at(
        self, step: str | int, node: Node, key: Mark | None = None, example: str | None = None
    ) -> "Value":
        """The value of a key or an item below this one."""
        path = (*self.path, step)
        place = key or node.mark
        return Value(node, path, self.problems, self.converter, place, example, self.collection)

    def instead(self, node: Node) -> "Value":
        """The same place with another node."""
        return evolve(self, node=node)

    def or_else(self, example: str | None) -> "Value":
        """The same with an example of another form of it."""
        return evolve(self, example=example)

    def to(self, type_: type[T]) -> T:
        """This value as a type.

        Raises:
            UnfitError: it was reported and cannot be used.
        """
        structured: T = self.converter.structure(self, type_)
        return structured

    def report(
        self, code: str, message: str, fix: str | None = None, mark: Mark | None = None
    ) -> None:
        """Say what is wrong, and go on."""
        place = mark or self.place
        self.problems.append(Diagnostic(code, message, self.path, fix, mark=place))

    def report_unknown(self, meant: str | None, fix: str) -> None:
        """Say that there is no option of the name, and which one the reader may have meant."""
        message = f'unknown option "{self.path[-1]}" in {self.above}'
        about = (*self.path[:-1], meant) if meant else ()
        self.problems.append(
            Diagnostic("HW012", message, self.path, asked(meant) or fix, mark=self.key, about=about)
        )

    def refuse(
        self, code: str, message: str, fix: str | None = None, mark: Mark | None = None
    ) -> UnfitError:
        """Say what is wrong; the error to raise when the value cannot be used."""
        self.report(code, message, fix, mark)
        return UnfitError()

    @property
    def name(self) -> str:
        """How the option is called in a message."""
        return _dotted(self.path)

    @property
    def above(self) -> str:
        """How the section that the option stands in is called."""
        return _dotted(self.path[:-1])

    @property
    def place(self) -> Mark:
        """Where the value stands; where nothing stands, where its key does."""
        return self.key if self.is_null and not getattr(self.node, "text", "") else self.node.mark

    @property
    def is_null(self) -> bool:
        """Whether nothing stands there, or null."""
        return isinstance(self.node, Scalar) and self.node.value is None


def _dotted(path: ManifestPath) -> str:
    return ".".join(step for step in path if isinstance(step, str)) or "the manifest"


def kind(node: Node) -> str:
    """What a node is, in a sentence."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    if node.value is None:
        return "nothing"
    names = {bool: "the boolean", int: "the number", float: "the number", str: "the text"}
    return f'{names[type(node.value)]} "{short(node.text)}"'


def short(text: str) -> str:
    """A text that fits into a sentence, without its secrets: half of one would not be known."""
    from schema.secrets import without_secrets

    text = without_secrets(text)
    return text if len(text) <= 60 else text[:57] + "..."


def for_example(example: str | None) -> str | None:
    """The fix that shows a good value."""
    return f"for example: {example}" if example else None


def asked(meant: str | None) -> str | None:
    """The question that helps after a slip of the keyboard."""
    return f'did you mean "{meant}"?' if meant else None


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The name that was meant if this one is a slip of the keyboard, or None."""
    from difflib import SequenceMatcher, get_close_matches

    near = get_close_matches(name, list(known), n=2, cutoff=0.65)
    alike = {SequenceMatcher(None, one, name).ratio() for one in near}
    return near[0] if near and len(alike) == len(near) else None


def quoted(text: str) -> str:
    """A text as it can stand in a YAML list of one line."""
    plain = text.lstrip("-") and text[0] not in "=@+" and not set(text) - _PLAIN
    return text if plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
