"""The loader: YAML 1.2's core schema, with places, on either of PyYAML's parsers.

What the loader refuses stands in golden/rejected/yaml-*.
"""

import math

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.load import load
from compiler.report import report
from schema.diagnostics import WHOLE, RejectedError
from schema.document import Document, Mapping, Node, Scalar, Sequence
from tests.rejected import cases, manifest_of
from tests.support import GOLDEN, compile_text, host_names

YAML_CASES = [case for case in cases() if case.startswith("yaml-")]


def value_of(text: str) -> object:
    """What a value written behind a key means."""
    entry = load("host.yaml", f"key: {text}\n".encode()).root.get("key")
    assert entry is not None
    return plain(entry.node)


def plain(node: Node) -> object:
    """A node as Python's own values."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {entry.key: plain(entry.node) for entry in node.entries}


def placed(document: Document) -> list[object]:
    """Every key and value of a document, with its place."""
    found: list[object] = []
    waiting: list[Node] = [document.root]
    while waiting:
        node = waiting.pop()
        found.append((node.mark, plain(node)))
        if isinstance(node, Mapping):
            found += [(entry.key, entry.mark) for entry in node.entries]
            waiting += [entry.node for entry in node.entries]
        elif isinstance(node, Sequence):
            waiting += node.items
    return found


@pytest.mark.parametrize(
    "text",
    [
        "12:30",
        "2026-01-31",
        "no",
        "on",
        "y",
        "Yes",
        "1_000",
        "0b101",
        "1e",
        "0x",
        "+",
        "nan",
        "0777:0",
        "=",
        "tRUE",
    ],
)
def test_plain_text_stays_text(text: str) -> None:
    """What YAML 1.1 reads as times, dates, booleans and numbers is a text in YAML 1.2."""
    assert value_of(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("FALSE", False),
        ("0750", 750),
        ("-3", -3),
        ("0o750", 488),
        ("0x1F", 31),
        ("1.5", 1.5),
        (".5e3", 500.0),
        ("-.inf", -math.inf),
        ('"7"', "7"),
        ("'null'", "null"),
        ("!!str 7", "7"),
        ("!!int 7", 7),
        ("! 7", "7"),
        ("[1, a, true]", [1, "a", True]),
        ("{a: ~}", {"a": None}),
    ],
)
def test_core_schema(text: str, value: object) -> None:
    """Everything else means what section 10.3.2 of YAML 1.2.2 says."""
    found = value_of(text)

    assert (found, type(found)) == (value, type(value))


def test_not_a_number_is_a_float() -> None:
    """It is equal to nothing, itself included."""
    found = value_of(".nan")

    assert isinstance(found, float)
    assert math.isnan(found)


def test_number_with_thousands_of_digits_is_a_text() -> None:
    """Python refuses to read it as a number, with an error that no manifest deserves."""
    assert value_of("9" * 5000) == "9" * 5000


def test_keys_are_texts_as_they_are_written() -> None:
    """An option's name is never a number or a boolean."""
    document = load("host.yaml", b"1: a\ntrue: b\n0x10: c\n")

    assert plain(document.root) == {"1": "a", "true": "b", "0x10": "c"}


def test_alias_repeats_its_value() -> None:
    """Plain aliases are YAML 1.2, and save typing."""
    document = load("host.yaml", b"a: &paths [/etc, /srv]\nb: *paths\n")

    assert plain(document.root) == {"a": ["/etc", "/srv"], "b": ["/etc", "/srv"]}


def test_yaml_1_2_can_be_said() -> None:
    """The version that a manifest is read as may stand at its top."""
    assert plain(load("host.yaml", b"%YAML 1.2\n---\na: 1\n...\n").root) == {"a": 1}


@pytest.mark.parametrize(
    ("path", "at", "place"),
    [
        (("host",), "value", (1, 7, 11)),
        (("host",), "key", (1, 1, 5)),
        (("backup", "paths"), "value", (3, 10, 11)),
        (("backup", "paths", 1), "value", (3, 17, 21)),
        (("backup", "paths", 9), "value", (3, 3, 8)),
        (("backup", "mail"), "value", (2, 1, 7)),
        (("backup", "exclude"), "value", (4, 13, 16)),
        (("modules", "gitea", "data"), "value", (6, 5, 10)),
        (("modules", "dump", "wiki", "user"), "value", (7, 25, 33)),
        ((), "value", (1, 1, 1)),
        (("units", "backup.service"), "value", (1, 1, 1)),
    ],
)
def test_path_has_a_place(path: tuple[str | int, ...], at: str, place: tuple[int, ...]) -> None:
    """A diagnostic of a later stage knows a path; the nearest thing that was written is shown."""
    text = (
        "host: web1\nbackup:\n  paths: [/etc, /srv]\n  exclude: [a*b]\nmodules:\n"
        "  - gitea\n  - dump: {wiki: {user: www-data}}\n"
    )
    mark = load("host.yaml", text.encode()).mark(path, at=at)

    assert (mark.line, mark.column) == place[:2]


@pytest.mark.parametrize("host", host_names())
def test_both_parsers_read_a_golden_manifest_alike(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without libyaml the compile is slower, and nothing else: values and places are the same."""
    content = (GOLDEN / host / "host.yaml").read_bytes()
    fast = placed(load("host.yaml", content))
    monkeypatch.setattr(yaml, "__with_libyaml__", False)

    assert placed(load("host.yaml", content)) == fast


@pytest.mark.parametrize("case", cases())
def test_both_parsers_refuse_alike(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report does not depend on how PyYAML was built."""
    content = manifest_of(case)
    fast = report(compile_text(content).diagnostics, {})
    monkeypatch.setattr(yaml, "__with_libyaml__", False)

    assert report(compile_text(content).diagnostics, {}) == fast


@pytest.mark.parametrize("case", YAML_CASES)
def test_syntax_is_explained_in_the_words_of_the_manifest(case: str) -> None:
    """Nobody has to know what a block mapping start is."""
    text = report(compile_text(manifest_of(case)).diagnostics, {})

    for jargon in ("<", "token", "scan", "parsing", "mapping values", "simple key", "expected"):
        assert jargon not in text.replace("keys (<<)", "")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60) | st.text("ab:-[]{}\"'&*!|>#%@\n\t ,\0\ufeff\ud7ff").map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Whatever a file holds, it is a document or a list of diagnostics, never a traceback."""
    try:
        outcome = plain(load("host.yaml", content).root)
    except RejectedError as rejected:
        outcome = [one.mark for one in rejected.diagnostics]

    assert isinstance(outcome, dict) or all(outcome)


def test_problem_of_the_whole_file_blames_no_line() -> None:
    """A manifest that is empty is wrong nowhere in particular."""
    with pytest.raises(RejectedError) as refused:
        load("host.yaml", b"")

    assert [one.mark for one in refused.value.diagnostics] == [WHOLE]
