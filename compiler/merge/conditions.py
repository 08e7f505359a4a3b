"""`when:` conditions: over facts that stand in the manifest itself, true or false once for all."""

from collections.abc import Callable
from fnmatch import fnmatchcase

from attrs import frozen

from schema.diagnostics import Diagnostic
from schema.document import Mapping, Node, Scalar, Sequence, Tag, tags_in
from schema.targets import TARGETS

KEYS = ("host", "target", "modules", "tags", "unless")


@frozen
class Facts:
    """What conditions ask for."""

    host: str = ""
    target: str = ""
    modules: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()


@frozen(eq=False, repr=False)
class Condition:
    """All of it must be true, and nothing of `unless`. An empty tuple asks for nothing."""

    host: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    unless: "Condition | None" = None

    def holds(self, facts: Facts, denied: Facts | None = None) -> bool:
        """Whether it is true of a host.

        Args:
            facts: what is true of it.
            denied: what `unless` asks instead, where that is not the same yet.
        """
        if self.host and not any(_fits(facts.host, one) for one in self.host):
            return False
        if self.target and facts.target not in self.target:
            return False
        if not (facts.modules.issuperset(self.modules) and facts.tags.issuperset(self.tags)):
            return False
        return self.unless is None or not self.unless.holds(denied or facts)

    def __str__(self) -> str:
        alternatives = (("host", self.host), ("target", self.target))
        said = [f"{name} is {' or '.join(words)}" for name, words in alternatives if words]
        if self.modules:
            said.append(f"{' and '.join(self.modules)} enabled")
        if self.tags:
            said.append(f"tagged {' and '.join(self.tags)}")
        if self.unless is not None:
            said.append(f"not ({self.unless})")
        return ", ".join(said)


def _fits(name: str, pattern: str) -> bool:
    """Whether a name fits; `*` and `?` alone have a meaning, and brackets have none."""
    return fnmatchcase(name, pattern.replace("[", "[[]"))


NEVER = Condition(host=("",))
"""What stands for a condition that is none, which is reported: nothing hangs on a guess."""


def parse_condition(
    node: Node, known: Callable[[str], object], problems: list[Diagnostic]
) -> Condition:
    """A condition as it was written.

    Args:
        node: a mapping of facts.
        known: finds the module of a name, or None.
        problems: where to report what is no condition.
    """
    before = len(problems)
    problems += map(_meaningless, tags_in(node))
    condition = _parsed(node, known, problems, KEYS)
    return condition if len(problems) == before else NEVER


def _parsed(
    node: Node, known: Callable[[str], object], problems: list[Diagnostic], keys: tuple[str, ...]
) -> Condition:
    if not isinstance(node, Mapping) or not node.entries:
        fix = "for example: when: {target: debian-13}"
        message = "a condition is a mapping of what must be true"
        problems.append(Diagnostic("HW013", message, ("when",), fix, mark=node.mark))
        return NEVER
    facts: dict[str, tuple[str, ...]] = {}
    unless = None
    for entry in node.entries:
        if entry.key not in keys:
            message = f'there is no fact "{entry.key}" to ask for'
            fix = f"a condition asks for: {', '.join(keys)}"
            problems.append(Diagnostic("HW012", message, ("when",), fix, mark=entry.mark))
        elif entry.key == "unless":
            unless = _parsed(entry.node, known, problems, KEYS[:-1])
        else:
            facts[entry.key] = _words(entry.key, entry.node, known, problems)
    return Condition(**facts, unless=unless)


def _meaningless(tag: Tag) -> Diagnostic:
    message = f"{tag.text} stands in a condition, which is not merged with others"
    return Diagnostic("HW027", message, ("when",), "take it out", mark=tag.mark)


def _words(
    fact: str, node: Node, known: Callable[[str], object], problems: list[Diagnostic]
) -> tuple[str, ...]:
    """One word, or a list of them."""
    items = node.items if isinstance(node, Sequence) else (node,)
    words = []
    for item in items:
        if not isinstance(item, Scalar) or not isinstance(item.value, str) or not item.value:
            message = f"{fact} takes a word, or a list of words"
            problems.append(Diagnostic("HW013", message, ("when", fact), mark=item.mark))
            continue
        words.append(item.value)
        if problem := _unknown(fact, item, known):
            problems.append(problem)
    if not items:
        message = f"{fact} is an empty list, which asks for nothing"
        fix = "write what it must be, or take the line out"
        problems.append(Diagnostic("HW017", message, ("when", fact), fix, mark=node.mark))
    return tuple(words)


def _unknown(fact: str, item: Scalar, known: Callable[[str], object]) -> Diagnostic | None:
    """A fact that can never be true is a slip of the keyboard."""
    path = ("when", fact)
    if fact == "target" and item.text not in TARGETS:
        message = f'"{item.text}" is not one of: {", ".join(TARGETS)}'
        return Diagnostic("HW015", message, path, mark=item.mark)
    if fact == "modules" and known(item.text) is None:
        fix = "`hostwright options modules` lists them"
        return Diagnostic("HW016", f'unknown module "{item.text}"', path, fix, mark=item.mark)
    return None
