"""Whatever somebody asks, there is an answer or a list of what there is; never a traceback."""

import contextlib
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import modules
from compiler import compile_host
from compiler.explain.forward_answers import forward_answer
from compiler.explain.manifest_lines import standing
from compiler.explain.questions import UnknownError, answers_to, option_named
from compiler.explain.structured import structured
from compiler.explain.subject import Subject, subject_of
from compiler.explain.terminal import written
from tests.support import GOLDEN

PIECES = (
    *(
        "backup",
        "service",
        "backup.service",
        "units",
        "modules",
        "dump",
        "words",
        "paths",
        "0",
        "99",
    ),
    *("Service", "Unit", "ExecStart", "Environment", "command", "needs", "enable", "when", "tags"),
    *(
        "/",
        ":",
        ".",
        "..",
        "@",
        "=",
        "",
        " ",
        "\0",
        "\n",
        "*",
        "[",
        "%",
        "{}",
        "é",
        "🦀",
        "-1",
        "٣",
    ),
    *("50-words.conf", "tmpfiles.d", "restore.toml", "hostwright", ".hostwright", "host.yaml"),
)
questions = st.lists(st.sampled_from(PIECES), max_size=6).map("".join) | st.lists(
    st.sampled_from(PIECES), max_size=6
).map(".".join)


@cache
def host() -> Subject:
    """The golden host with the oddest values."""
    content = (GOLDEN / "hostile" / "host.yaml").read_bytes()
    found = subject_of(compile_host("host.yaml", content, explained=True), modules)
    assert found is not None
    return found


@settings(max_examples=150, deadline=None)
@given(question=questions)
def test_any_question_has_an_answer_or_is_unknown(question: str) -> None:
    """Both forms of the answer can be written."""
    with contextlib.suppress(UnknownError):
        answers = answers_to(host(), question)
        assert written(answers) != ""
        assert structured(answers).startswith("{")


@settings(max_examples=100, deadline=None)
@given(question=questions)
def test_any_option_has_lines_or_is_unknown(question: str) -> None:
    """Forwards as well."""
    with contextlib.suppress(UnknownError):
        path = option_named(host(), question)
        assert written([forward_answer(host(), path)]).endswith("\n")


@pytest.mark.parametrize("line", [0, 1, 12, 10**9])
def test_any_line_of_a_manifest_can_be_asked_for(line: int) -> None:
    """One that defines nothing gives nothing."""
    found = standing(host(), "host.yaml", line)

    assert found is not None
    assert all(path in host().document.definitions for path in found.options)


def test_a_manifest_is_named_by_the_end_of_its_path() -> None:
    """As a file of the tree is."""
    found = standing(host(), "./host.yaml", 2)

    assert found is not None
    assert found.options == (("host",),)
