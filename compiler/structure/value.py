"""A node on its way to a type."""

from collections.abc import Iterable
from typing import Any, TypeVar

from attrs import frozen

from schema.diagnostics import Diagnostic, ManifestPath, Mark
from schema.document import Mapping, Node, Scalar, Sequence

T = TypeVar("T")


class UnfitError(Exception):
    """A value was reported and cannot be used."""


@frozen(eq=False, repr=False)
class Value:
    """A node, its path, the list that problems go to, and the converter that goes on below it."""

    node: Node
    path: ManifestPath
    problems: list[Diagnostic]
    converter: Any

    def at(self, step: str | int, node: Node) -> "Value":
        """The value of a key or an item below this one."""
        return Value(node, (*self.path, step), self.problems, self.converter)

    def instead(self, node: Node) -> "Value":
        """The same place with another node."""
        return Value(node, self.path, self.problems, self.converter)

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
        place = mark or self.node.mark
        self.problems.append(Diagnostic(code, message, self.path, fix, mark=place))

    def refuse(
        self, code: str, message: str, fix: str | None = None, mark: Mark | None = None
    ) -> UnfitError:
        """Say what is wrong; the error to raise when the value cannot be used."""
        self.report(code, message, fix, mark)
        return UnfitError()

    @property
    def name(self) -> str:
        """How the option is called in a message."""
        keys = (step for step in self.path if isinstance(step, str))
        return ".".join(keys) or "the manifest"

    @property
    def is_null(self) -> bool:
        """Whether nothing stands there, or null."""
        return isinstance(self.node, Scalar) and self.node.value is None


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
    """A text that fits into a sentence."""
    return text if len(text) <= 60 else text[:57] + "..."


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The question that helps after a slip of the keyboard, or None."""
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=1)
    return f'did you mean "{near[0]}"?' if near else None
