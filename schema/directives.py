"""Which directives each release of systemd has, and what each of them takes.

`data/systemd-*.items` is what `systemd --dump-configuration-items` of the release prints: a
directive that is not in it does not exist there. `data/directives.tsv` is what the manual's pages
say about each of them. Both are read when they are first asked for, a rule is made when its
directive is.
"""

import os
from collections.abc import Iterator, Mapping
from functools import cache

from attrs import frozen

from schema.grammars import grammar_problem, grammar_words, of_release

RELEASES = (252, 257)


@frozen(eq=False, repr=False)
class DirectiveRule:
    """What one release's manual says about one directive of one section.

    Attributes:
        section: the unit file's section, without brackets.
        name: the directive, without `=`.
        grammar: what one value may be, as `data/grammars.tsv` names it (`path`, `integer:0..7`).
        group: the heading of the manual's page that the directive stands under.
        order: its place in the manual; a unit file sorted by it reads like the manual.
        repeatable: whether several lines accumulate (otherwise the last one wins).
        words: whether one line can hold several values, with blanks between them.
        clearable: whether an empty value means something: it clears the list, or unsets the value.
        systemd: the release.
    """

    section: str
    name: str
    grammar: str
    group: str
    order: int
    repeatable: bool
    words: bool
    clearable: bool
    systemd: int


class _Rules(Mapping[tuple[str, str], DirectiveRule]):
    """The rules of one release, each made when it is first looked up."""

    def __init__(self, systemd: int) -> None:
        self._systemd = systemd
        self._sections = _dumped(systemd)
        self._made: dict[tuple[str, str], DirectiveRule] = {}

    def __getitem__(self, key: tuple[str, str]) -> DirectiveRule:
        rule = self._made.get(key)
        if rule is None:
            section, name = key
            if f"\n{name}=" not in self._sections[section]:
                raise KeyError(key)
            rule = self._made[key] = _rule(self._systemd, section, name)
        return rule

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for section, lines in self._sections.items():
            for line in lines.split():
                name, equals, _ = line.partition("=")
                if equals:
                    yield section, name

    def __len__(self) -> int:
        return sum(1 for _ in self)


@cache
def directive_rules(systemd: int) -> Mapping[tuple[str, str], DirectiveRule]:
    """The rule of every (section, directive) that a release of systemd knows, in the dump's order.

    Raises:
        ValueError: for a release that no target has.
    """
    if systemd not in RELEASES:
        raise ValueError(f"systemd {systemd} is none of {RELEASES}")
    return _Rules(systemd)


def value_problem(rule: DirectiveRule, text: str) -> str | None:
    """What is wrong with one value, as the end of a sentence ("takes yes or no"), or None.

    The text is what the author means, before any escaping; where the directive takes words, it is
    one word. What is refused here systemd would refuse or, worse, log and ignore.
    """
    if not text and rule.clearable:
        return None
    problem = grammar_problem(rule.grammar, rule.systemd, text)
    words = text.split()
    if problem is None or not rule.words or len(words) < 2:
        return problem
    if any(grammar_problem(rule.grammar, rule.systemd, word) for word in words):
        return problem
    return f"takes several values as a list: [{', '.join(words)}]"


def value_choices(rule: DirectiveRule) -> tuple[str, ...]:
    """The fixed words among the values that the directive takes; () where there are none."""
    return grammar_words(rule.grammar, rule.systemd)


def _rule(systemd: int, section: str, name: str) -> DirectiveRule:
    documented = _documented()
    order, row = documented.get((section, name)) or documented["*", name]
    shape, grammar, group = row.split("\t")
    return DirectiveRule(
        section=section,
        name=name,
        grammar=of_release(grammar, systemd),
        group=group,
        order=order,
        repeatable=shape in {"lines", "words", "more"},
        words=shape in {"words", "more"},
        clearable=shape in {"optional", "lines", "words"},
        systemd=systemd,
    )


@cache
def _dumped(systemd: int) -> dict[str, str]:
    """Section to its lines of the dump, `Directive=TYPE`."""
    sections = {}
    for part in _read(f"systemd-{systemd}.items").split("\n["):
        header, _, lines = part.partition("\n")
        sections[header.strip("[]")] = f"\n{lines}"
    return sections


@cache
def _documented() -> dict[tuple[str, str], tuple[int, str]]:
    """Section (or *) and directive to its place and its other columns: shape, grammar, heading."""
    rows = {}
    for order, line in enumerate(_read("directives.tsv").split("\n")):
        if line and line[0] != "#":
            section, name, row = line.split("\t", 2)
            rows[section, name] = (order, row)
    return rows


def _read(name: str) -> str:
    with open(os.path.join(os.path.dirname(__file__), "data", name), encoding="utf-8") as file:
        return file.read()
