"""Regular expressions of exclude patterns: none of them can keep a compile, or borg, for ever."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.expressions import never_ends, open_ends
from schema.patterns import matches

PIECES = (
    "a",
    "b",
    ".",
    "[ab]",
    "(",
    "(?:",
    ")",
    "|",
    "*",
    "+",
    "?",
    "{2}",
    "{1,9}",
    "/",
    r"\.",
    "$",
)


@pytest.mark.parametrize(
    "expression",
    [
        *("(a+)+$", "(a*)*b", "(?:a+)+", "(?P<n>a+){2,}", "((a+))+", "((a+)b?)+", "(?i:a+)+"),
        *("(a|a)*b", "(a|aa)+$", r"(\w|\d)+$", "([a-z]|x)+y", "(a?){30}a", "(a{1,9}){1,30}"),
        *("(.*,)*$", "(x+x+)+y", "(/?[^/]+)+x", "(/a*a*)*$", "^(([a-z])+.)+[A-Z]([a-z])+$"),
    ],
)
def test_nested_repetition_never_ends(expression: str) -> None:
    """A text that can be shared out among repetitions in two ways is shared out in thousands."""
    assert never_ends(expression)


@pytest.mark.parametrize(
    ("expression", "open_ended"),
    [
        ("(^|/)\\.", 0),
        (r"^srv/[0-9]{4}\.bak$", 0),
        (r"(\d{1,3}\.){3}\d", 0),
        ("(a+)?", 1),
        ("(foo|bar)+", 1),
        ("[]a]+[^]a]{", 1),
        ("(/[^/]+)*$", 2),
        ("([^/]+/)*cache", 2),
        (r"(\([a-z]*\))+", 2),
        ("(/[^/]+){2,3}", 3),
    ],
)
def test_other_repetition_is_fine(expression: str, open_ended: int) -> None:
    """What begins or ends with a mark of its own can be shared out in one way only."""
    assert re.compile(expression)
    assert (never_ends(expression), open_ends(expression)) == (False, open_ended)


@pytest.mark.parametrize("pattern", ["re:" + "a*" * 20 + "b", "sh:srv/" + "a*" * 20 + "b"])
def test_slow_pattern_is_not_tried(pattern: str) -> None:
    """It ends some day, so it is legal; a check that would wait for it is left out."""
    start = time.monotonic()

    assert not matches(pattern, "/srv/" + "a" * 200)
    assert time.monotonic() - start < 5


@settings(max_examples=200, deadline=2000)
@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_whatever_is_let_through_ends(expression: str) -> None:
    """The deadline is the assertion: no path keeps a pattern busy for seconds."""
    try:
        re.compile(expression)
    except re.error:
        return
    if not never_ends(expression):
        matches(f"re:{expression}", "/" + "ab" * 6 + "a" * 12 + "/c")
