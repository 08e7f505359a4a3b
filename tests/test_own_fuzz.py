"""Whatever is typed into a module of the user's own, nobody sees a traceback."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from schema.diagnostics import has_errors
from tests.own import GOOD, compiled, with_dump

FRAGMENTS = ("", "None", "1", "()", "{}", "self", "host", "yield", "raise", "lambda: 0", "1 / 0")
VALUES = ("None", "1", "True", "()", "('/a', 1)", "{}", "'a\\nb'", "'/\\0'", "Needs()", "object()")
FIELDS = ("name", "command", "output", "file", "environment", "needs", "version", "shrink_limit")
_WORDS = re.split(r"(\W+)", GOOD)


def assert_answered(source: str) -> None:
    """The module is compiled or refused."""
    with TemporaryDirectory() as folder:
        found = compiled(Path(folder), source)

        assert (found.tree is None) == has_errors(found.diagnostics)


@settings(max_examples=80, deadline=None)
@given(place=st.integers(0, len(_WORDS) - 1), fragment=st.sampled_from(FRAGMENTS))
def test_mutilated_module_is_compiled_or_refused(place: int, fragment: str) -> None:
    """One word of the source is another one."""
    assert_answered("".join([*_WORDS[:place], fragment, *_WORDS[place + 1 :]]))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(VALUES), max_size=2))
def test_odd_dump_is_compiled_or_refused(fields: dict[str, str]) -> None:
    """A field of a dump is anything."""
    assert_answered(with_dump(**fields))
