"""What a directive's value may be: by table, and whatever the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.directives import RELEASES, directive_rules, value_choices, value_problem
from tests.directive_samples import BAD, GOOD, table


def problem(directive: str, text: str, release: int = 257) -> str | None:
    section, _, name = directive.partition(".")
    return value_problem(directive_rules(release)[section, name], text)


@pytest.mark.parametrize(("directive", "text"), table(GOOD))
def test_a_good_value_has_no_problem(directive: str, text: str) -> None:
    """What the manual allows goes through."""
    assert problem(directive, text) is None


@pytest.mark.parametrize(("directive", "text"), table(BAD))
def test_a_bad_value_has_a_problem(directive: str, text: str) -> None:
    """What systemd would refuse, or log and ignore, is an error here."""
    assert problem(directive, text) is not None


@pytest.mark.parametrize(
    ("directive", "word"),
    [
        ("Service.Type", "notify-reload"),
        ("Service.PrivateTmp", "disconnected"),
        ("Service.PrivateUsers", "identity"),
        ("Service.ProtectControlGroups", "strict"),
        ("Service.SystemCallFilter", "@sandbox"),
        ("Service.ConfigurationDirectory", "borg::ro"),
        ("Unit.FailureAction", "soft-reboot"),
    ],
)
def test_a_value_of_the_newer_release_is_wrong_for_the_older(directive: str, word: str) -> None:
    """The same directive takes more in 257 than in 252."""
    refused = [problem(directive, word, release) is not None for release in RELEASES]

    assert refused == [True, False]


@pytest.mark.parametrize(
    ("directive", "text", "sentence"),
    [
        ("Service.PrivateDevices", "maybe", "takes yes or no, for example yes"),
        ("Service.ProtectSystem", "strictt", "takes yes, no, full or strict"),
        ("Service.KeyringMode", "own", "takes one of: inherit, private, shared"),
        ("Service.Nice", "50", "takes a whole number from -20 to 19"),
        (
            "Service.User",
            "a b",
            (
                "takes a user or group name (a-z A-Z 0-9 _ -, at most 31, no digit or - first) "
                "or its number, for example borg"
            ),
        ),
        (
            "Timer.Unit",
            "x.timer",
            "takes the full name of a unit that is no timer, for example backup.service",
        ),
        (
            "Service.LimitAS",
            "2G:1G",
            (
                "takes SOFT:HARD or one for both, each infinity or a size in bytes, with K, M, G "
                "or T behind it, for example 512M: the soft limit is above the hard one"
            ),
        ),
        ("Service.CPUShares", "100", "is obsolete: CPUWeight took its place"),
        ("Unit.Description", " x", "begins or ends with a blank, which systemd drops"),
        ("Service.DevicePolicy", "", "takes one of: auto, closed, strict"),
    ],
)
def test_a_problem_states_the_rule(directive: str, text: str, sentence: str) -> None:
    """The sentence goes on after the directive's name."""
    assert problem(directive, text) == sentence


def test_several_words_in_one_text_are_to_be_a_list() -> None:
    """A line as systemd has it is a list in the manifest."""
    assert problem("Service.RestrictAddressFamilies", "AF_UNIX AF_INET") == (
        "takes several values as a list: [AF_UNIX, AF_INET]"
    )


def test_an_empty_value_is_only_good_where_it_clears_something() -> None:
    """An empty line clears a list in systemd, but no dependency."""
    assert problem("Service.ExecStart", "") is None
    assert problem("Service.CapabilityBoundingSet", "") is None
    assert problem("Unit.After", "") is not None


def test_the_choices_are_the_words_of_the_manual() -> None:
    """For suggestions, and for the schema of the manifest."""
    assert value_choices(directive_rules(257)["Service", "ProtectHome"]) == (
        "yes",
        "no",
        "read-only",
        "tmpfs",
    )
    assert "CAP_DAC_READ_SEARCH" in value_choices(
        directive_rules(257)["Service", "AmbientCapabilities"]
    )
    assert value_choices(directive_rules(257)["Service", "ReadWritePaths"]) == ()


@given(st.sampled_from(sorted(directive_rules(257))), st.text())
def test_any_text_is_judged_without_an_error(key: tuple[str, str], text: str) -> None:
    """A check says what is wrong, it never breaks."""
    found = value_problem(directive_rules(257)[key], text)

    assert found is None or found[0].islower()
