"""A borgmatic configuration, read with an account of every key: what nobody takes is listed."""

import re
from collections.abc import Iterator

from attrs import frozen

from compiler.init.borgmatic.reasons import reason
from compiler.init.draft import Draft, Source
from compiler.load.foreign import foreign
from schema.diagnostics import Diagnostic
from schema.document import Mapping, Node, Scalar, Sequence

SECTIONS = frozenset(("location", "storage", "retention", "consistency", "output", "hooks"))
"""The mappings that options stood in before borgmatic 1.8; the options are the same."""

_VARIABLE = re.compile(r"\$\{[A-Za-z0-9_]+(:?-[^}]+)?\}")


@frozen(eq=False)
class Given:
    """A value, the keys and positions on the way to it, and the line it was given on."""

    node: Node
    path: tuple[str | int, ...]
    line: int

    @property
    def name(self) -> str:
        """The option's own name, without the section around it."""
        return str(self.path[-1])

    @property
    def source(self) -> Source:
        """The place, as a report shows it: hooks.ntfy.topic, repositories[0].path."""
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return Source("".join(steps).removeprefix("."), self.line)

    def items(self) -> "Iterator[Given]":
        """The items of a list; a value that is no list is a list of one."""
        if not isinstance(self.node, Sequence):
            yield self
            return
        for number, item in enumerate(self.node.items):
            yield Given(item, (*self.path, number), item.mark.line)

    def keys(self) -> "Iterator[Given]":
        """The values of a mapping, each with its key's line."""
        if isinstance(self.node, Mapping):
            for entry in self.node.entries:
                yield Given(entry.node, (*self.path, entry.key), entry.mark.line)

    def names(self) -> "Iterator[str]":
        """The keys of a mapping."""
        return (one.name for one in self.keys())

    def key(self, name: str) -> "Given | None":
        """One value of a mapping."""
        return next((one for one in self.keys() if one.name == name), None)


class Reader:
    """The options of a file, whatever section they stand in."""

    def __init__(self, content: bytes, draft: Draft) -> None:
        root, problems = foreign(content)
        self.draft = draft
        self._root = root
        self._taken: set[tuple[str | int, ...]] = set()
        self._problems = {(one.mark.line, one.mark.column): one for one in problems if one.mark}
        self._options: dict[str, Given] = {}
        for one in _options(root):
            self._options.setdefault(one.name, one)
        constants = self._options.get("constants")
        self._constants = [*constants.names()] if constants else []

    def option(self, name: str) -> Given | None:
        """An option, or None where it is not given or is not understood."""
        found = self._options.get(name)
        return found if found is not None and not self._is_strange(found.node) else None

    def names(self) -> tuple[str, ...]:
        """The names of all options."""
        return tuple(self._options)

    def text(self, given: Given | None) -> str | None:
        """A scalar as text, if it is one and means what it says; taken by that."""
        if given is None or not isinstance(given.node, Scalar) or given.node.value is None:
            return None
        if self._is_strange(given.node):
            return None
        text = given.node.text
        if _VARIABLE.search(text) or any(f"{{{name}}}" in text for name in self._constants):
            said = "it holds a variable or a constant, which is not filled in here"
            self.leave_out(given, said)
            return None
        self.take(given)
        return text

    def is_true(self, given: Given | None) -> bool | None:
        """A boolean; None where there is none."""
        if given is None or not isinstance(given.node, Scalar):
            return None
        value = given.node.value
        return value if isinstance(value, bool) else None

    def take(self, given: Given) -> None:
        """Account for a value: it is in the manifest, or comes to the same without."""
        self._taken.add(given.path)

    def leave_out(self, given: Given, said: str) -> None:
        """Account for a value: it is listed with this reason."""
        self._taken.add(given.path)
        self.draft.leave_out(given.source, said)

    def finish(self) -> None:
        """List whatever was accounted for by nobody."""
        for one in self._problems.values():
            self._list_problem(one)
        for entry in self._root.entries:
            self._rest(Given(entry.node, (entry.key,), entry.mark.line))

    def _rest(self, given: Given) -> None:
        if given.path in self._taken:
            return
        node = given.node
        if self._stands_for_all(given):
            return
        below = [*given.keys()] if isinstance(node, Mapping) else []
        if isinstance(node, Sequence):
            below = [*given.items()]
        for one in below:
            self._rest(one)
        if not below:
            self.draft.leave_out(given.source, reason(given))

    def _stands_for_all(self, given: Given) -> bool:
        """List a mapping as one, if nothing in it was taken and all of it goes for one reason."""
        leaves = [*_leaves(given)]
        reasons = {reason(one) for one in leaves}
        is_section = len(given.path) == 1 and given.path[0] in SECTIONS
        alike = len(leaves) > 1 and len(reasons) == 1
        if is_section or not alike or any(_is_below(one, given.path) for one in self._taken):
            return False
        self.draft.leave_out(given.source, f"{reasons.pop()} ({len(leaves)} values)")
        return True

    def _is_strange(self, node: Node) -> bool:
        return (node.mark.line, node.mark.column) in self._problems

    def _list_problem(self, problem: Diagnostic) -> None:
        line = problem.mark.line if problem.mark else 0
        said = "a key that is given twice: the first one was taken"
        if problem.code != "HW005":
            said = "an include, a merge key or a tag, which is not understood here: write out what "
            said += "it brings, or look at what borgmatic config validate --show prints"
        self.draft.leave_out(Source("YAML", line), said)


def _options(root: Mapping) -> Iterator[Given]:
    for entry in root.entries:
        given = Given(entry.node, (entry.key,), entry.mark.line)
        if entry.key in SECTIONS and isinstance(entry.node, Mapping):
            yield from given.keys()
        else:
            yield given


def _leaves(given: Given) -> Iterator[Given]:
    """The scalars in a value, and the collections that are empty."""
    below = [*given.keys()] if isinstance(given.node, Mapping) else []
    if isinstance(given.node, Sequence):
        below = [*given.items()]
    for one in below:
        yield from _leaves(one)
    if not below:
        yield given


def _is_below(path: tuple[str | int, ...], other: tuple[str | int, ...]) -> bool:
    return path[: len(other)] == other
