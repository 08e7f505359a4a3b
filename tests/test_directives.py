"""The directives of both releases: their rules, and what a value may be."""

import pytest

from schema.directives import RELEASES, DirectiveRule, directive_rules, value_problem
from schema.grammars import escape_class, grammar_problem
from tests.directive_samples import GRAMMARS, bad_values, good_values, rows

both = pytest.mark.parametrize("release", RELEASES)


def rule(section: str, name: str, release: int = 257) -> DirectiveRule:
    return directive_rules(release)[section, name]


@both
def test_every_directive_of_the_dump_has_a_rule(release: int) -> None:
    """What systemd prints that it knows is looked up without an error."""
    rules = directive_rules(release)

    assert [(rules[key].section, rules[key].name) for key in rules] == list(rules)


def test_no_rule_is_of_a_directive_that_no_release_has() -> None:
    """Each row of the table is in one of the dumps (in any section, if it is of all)."""
    dumped = {key for release in RELEASES for key in directive_rules(release)}
    dumped |= {("*", name) for _, name in dumped}

    assert [row[:2] for row in rows("directives.tsv") if tuple(row[:2]) not in dumped] == []


def test_no_directive_has_two_rules() -> None:
    """A section and a directive stand in one row."""
    keys = [tuple(row[:2]) for row in rows("directives.tsv")]

    assert len(keys) == len(set(keys))


@both
def test_every_rule_names_a_grammar_that_says_what_it_takes(release: int) -> None:
    """No grammar name is misspelt: each can be checked, described and written."""
    rules = directive_rules(release).values()
    known = {"exec", "environment", "path-item", "line", "token", "raw"}

    assert {escape_class(one.grammar) for one in rules} == known
    assert [one for one in rules if not value_problem(one, "\0") and one.grammar != "exec"] == []


def test_every_grammar_is_used() -> None:
    """The table of grammars holds nothing that no directive needs, directly or through another."""
    text = "\n".join(" ".join(row[3:4]) for row in rows("directives.tsv"))
    text += "\n".join(row[2] for row in rows("grammars.tsv"))

    assert [name for name in GRAMMARS if name not in text] == []


@both
def test_what_took_the_place_of_an_obsolete_directive_exists(release: int) -> None:
    """The name in `obsolete:` is a directive of the same release, and not obsolete itself."""
    rules = directive_rules(release)
    obsolete = [one for one in rules.values() if one.grammar.startswith("obsolete:")]
    for one in obsolete:
        name = one.grammar.removeprefix("obsolete:").partition(" (")[0]
        section = "Unit" if name.startswith("[Unit] ") else one.section
        assert not rules[section, name.removeprefix("[Unit] ")].grammar.startswith("obsolete:")


def test_a_release_that_no_target_has_is_refused() -> None:
    """Rules are data of 252 and 257; for another there are none."""
    with pytest.raises(ValueError, match="systemd 255"):
        directive_rules(255)


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("Service", "ProtectSytem"),
        ("Timer", "ProtectSystem"),
        ("Nonsense", "Type"),
        ("Service", "Protect"),
        ("Service", "rotectSystem"),
    ],
)
@both
def test_an_unknown_directive_has_no_rule(release: int, section: str, name: str) -> None:
    """A misspelt directive, or one of another section, is not found."""
    assert (section, name) not in directive_rules(release)


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("Install", "UpheldBy"),
        ("Service", "RestartMode"),
        ("Service", "ImportCredential"),
        ("Timer", "DeferReactivation"),
        ("Unit", "WantsMountsFor"),
    ],
)
def test_a_directive_of_the_newer_release_is_unknown_to_the_older(section: str, name: str) -> None:
    """252 lacks what came after it."""
    assert [(section, name) in directive_rules(release) for release in RELEASES] == [False, True]


def test_a_unit_sorted_by_order_reads_like_the_manual() -> None:
    """Own directives come first, then those of systemd.exec, .kill and .resource-control."""
    names = ["IOWeight", "KillMode", "ProtectHome", "User", "ExecStart", "Type", "ProtectSystem"]

    assert sorted(names, key=lambda name: rule("Service", name).order) == [
        "Type",
        "ExecStart",
        "User",
        "ProtectSystem",
        "ProtectHome",
        "KillMode",
        "IOWeight",
    ]


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("ProtectSystem", "Sandboxing"),
        ("LoadCredential", "Credentials"),
        ("UMask", "Process properties"),
        ("IPAddressDeny", "Network accounting and control"),
        ("ReadWriteDirectories", "Obsolete"),
    ],
)
def test_a_rule_names_its_heading_in_the_manual(name: str, group: str) -> None:
    """The groups of a unit file are those of the manual's pages."""
    assert rule("Service", name).group == group


@pytest.mark.parametrize(
    ("directive", "shape"),
    [
        ("Service.Type", (False, False, False)),
        ("Service.User", (False, False, True)),
        ("Service.ExecStartPre", (True, False, True)),
        ("Service.ReadWritePaths", (True, True, True)),
        ("Unit.After", (True, True, False)),
    ],
)
def test_a_rule_says_whether_lines_accumulate(
    directive: str, shape: tuple[bool, bool, bool]
) -> None:
    """Repeatable, several words a line, cleared by an empty value."""
    found = rule(*directive.split("."))

    assert (found.repeatable, found.words, found.clearable) == shape


@pytest.mark.parametrize("grammar", GRAMMARS)
@both
def test_a_grammar_takes_its_good_sample_and_refuses_its_bad_one(
    release: int, grammar: str
) -> None:
    """The samples of the table, which messages show, are what they say."""
    good, bad = GRAMMARS[grammar]

    assert good == "-" or grammar_problem(grammar, release, good) is None
    assert bad == "-" or grammar_problem(grammar, release, bad) is not None


@both
def test_every_directive_takes_its_good_values_and_refuses_its_bad_ones(release: int) -> None:
    """The samples that the oracle is asked about get the same answer here."""
    rules = directive_rules(release).values()

    assert [(r.name, v) for r in rules for v in good_values(r) if value_problem(r, v)] == []
    assert [(r.name, v) for r in rules for v in bad_values(r) if not value_problem(r, v)] == []
