"""Which conditions are true, when what they ask for may hang on conditions itself."""

from collections.abc import Callable, Iterator

from compiler.merge.active import Ways, holds
from compiler.merge.conditions import Condition, Facts
from schema.diagnostics import Diagnostic, Mark
from schema.document import Mapping, Scalar, Sequence

Round = Callable[[Facts | None, Facts | None], Facts]
"""What is true of a host if conditions ask some facts, and their `unless` others."""


def settled(ways: Ways, rounds: int, once: Round) -> tuple[Facts, Diagnostic | None]:
    """The facts of a host, conditions included.

    They are what follows from the files without conditions, step by step, and nothing that only
    holds itself up: tried once more from the start, with each `unless` as it turned out, the same
    must come of it.

    Args:
        ways: the conditions on files.
        rounds: how many conditions there are at all; each step but the last makes one true.
        once: does one step.

    Returns:
        The facts, and what is wrong when there are none that the conditions agree with.
    """
    facts, before = _followed(rounds, once, None)
    if facts == before:
        again, last = _followed(rounds, once, facts)
        if again == last == facts:
            return facts, None
        before = again
    return facts, _undecided(ways, facts, before)


def _followed(rounds: int, once: Round, denied: Facts | None) -> tuple[Facts, Facts]:
    """The facts of the last two steps: the same, if the conditions could be decided."""
    before = once(None, denied)
    for _ in range(rounds + 2):
        facts = once(before, denied)
        if facts == before:
            break
        before, facts = facts, before
    return before, facts


def facts_of(root: Mapping) -> Facts:
    """What conditions can ask for."""
    tags, modules = root.get("tags"), root.get("modules")
    words = tags.node.items if tags and isinstance(tags.node, Sequence) else ()
    entries = modules.node.entries if modules and isinstance(modules.node, Mapping) else ()
    enabled = (one.key for one in entries if not _is_off(one.node))
    return Facts(
        _text(root, "host"),
        _text(root, "target"),
        frozenset(enabled),
        frozenset(one.text for one in words if isinstance(one, Scalar)),
    )


def _text(root: Mapping, key: str) -> str:
    entry = root.get(key)
    return entry.node.text if entry and isinstance(entry.node, Scalar) else ""


def _is_off(node: object) -> bool:
    enable = node.get("enable") if isinstance(node, Mapping) else None
    return enable is not None and isinstance(enable.node, Scalar) and enable.node.value is False


def _undecided(ways: Ways, one: Facts, other: Facts) -> Diagnostic:
    """The facts that conditions change back and forth, and a condition that asks for them."""
    changed = sorted((one.modules ^ other.modules) | (one.tags ^ other.tags))
    named = [name for name in ("host", "target") if getattr(one, name) != getattr(other, name)]
    what = " or ".join([*named, *changed])
    return Diagnostic(
        "HW029",
        f"the conditions cannot be decided: whether {what} is there hangs on itself",
        ("modules",) if changed else ("host",),
        "let no condition hang on what it brings itself",
        mark=next(_changing(ways, one, other), None),
    )


def _changing(ways: Ways, one: Facts, other: Facts) -> Iterator[Mark]:
    """Where conditions stand that are true of one of the facts, and not of the other."""

    def changes(condition: Condition | None) -> bool:
        return holds(condition, one, None) != holds(condition, other, None)

    for edge, condition in zip(ways.sources.edges, ways.edges, strict=True):
        if changes(condition):
            yield edge.mark
    for document, condition in zip(ways.sources.documents, ways.own, strict=True):
        entry = document.root.get("when")
        if entry is not None and changes(condition):
            yield entry.mark
