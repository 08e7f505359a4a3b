"""The diagnostics' catalogue: of every code, what the rule is, why it is there, how to keep it."""

import os
from collections.abc import Iterator, Mapping
from functools import cache

from attrs import frozen

_INDENT = "    "


@frozen
class Rule:
    """One rule that a manifest, a command line or a tree can break.

    Attributes:
        code: what reports call it.
        title: what was done wrong, in a few words.
        explanation: why it is wrong: what would happen at night.
        fix: what to do, as an order.
        example: some lines of a manifest, or a command line, that break the rule.
    """

    code: str
    title: str
    explanation: str
    fix: str
    example: str


class _Rules(Mapping[str, Rule]):
    """The rules by code, in order; `data/codes.txt` is read when the first one is asked for."""

    def __getitem__(self, code: str) -> Rule:
        return _catalogue()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(_catalogue())

    def __len__(self) -> int:
        return len(_catalogue())


RULES: Mapping[str, Rule] = _Rules()


@cache
def _catalogue() -> dict[str, Rule]:
    with open(
        os.path.join(os.path.dirname(__file__), "data", "codes.txt"), encoding="utf-8"
    ) as file:
        entries = file.read().split("\n[")[1:]
    rules = map(_rule, entries)
    return {rule.code: rule for rule in rules}


def _rule(entry: str) -> Rule:
    head, explanation, fix, example = entry.strip("\n").split("\n\n")
    code, title = head.split("] ")
    return Rule(
        code,
        title,
        explanation.replace("\n", " "),
        fix.removeprefix("Fix: ").replace("\n", " "),
        "\n".join(line.removeprefix(_INDENT) for line in example.split("\n")),
    )
