"""Tags in front of values: read with their numbers, at their places, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.load import load
from schema.diagnostics import Diagnostic, Mark, RejectedError
from schema.document import Mapping, Node, Scalar, Sequence, Tag


def node_of(text: str) -> Node:
    """What stands behind `a:`."""
    entry = load("host.yaml", text.encode()).root.get("a")
    assert entry is not None
    return entry.node


def tag_of(text: str) -> Tag:
    """The tag in front of what stands behind `a:`."""
    tag = node_of(text).tag
    assert tag is not None
    return tag


def refused(text: str) -> list[Diagnostic]:
    """What the loader says against a text."""
    with pytest.raises(RejectedError) as caught:
        load("host.yaml", text.encode())
    return list(caught.value.diagnostics)


@pytest.mark.parametrize(
    ("tag", "priority", "order"),
    [
        ("!default", 1000, None),
        ("!force", 50, None),
        ("!before", None, 500),
        ("!after", None, 1500),
        ("!override 10", 10, None),
        ("!override:10", 10, None),
        ("!order 300", None, 300),
        ("!force+before", 50, 500),
        ("!order:7+override:8", 8, 7),
        ("!override 0", 0, None),
        ("!override 9998", 9998, None),
    ],
)
@pytest.mark.parametrize("value", ["x", '"x: y"', "[x]", "{x: 1}", "\n  - x", "\n  x: 1"])
def test_tag_has_the_numbers_of_nixos(
    tag: str, priority: int | None, order: int | None, value: str
) -> None:
    """In front of every kind of value, and with a blank before the number, too."""
    found = tag_of(f"a: {tag} {value}\n")

    assert (found.priority, found.order, found.removes) == (priority, order, False)


def test_tag_does_not_change_its_value() -> None:
    """A number is a number behind a tag, and a text in quotes a text."""
    number, text = node_of("a: !force 30"), node_of("a: !override 30 '30'")

    assert isinstance(number, Scalar)
    assert isinstance(text, Scalar)
    assert (number.value, text.value) == (30, "30")


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("a: !force   xyz # c", Mark(1, 13, 16)),
        ("a: !override 10 'x y'", Mark(1, 17, 22)),
        ("a: !default [x]", Mark(1, 13, 14)),
        ("a: !default {x: 1}", Mark(1, 13, 14)),
        ("a: &anchor !force xyz", Mark(1, 19, 22)),
    ],
)
def test_place_of_a_value_is_behind_its_tag(text: str, mark: Mark) -> None:
    """A report points at the value, not at the tag."""
    assert node_of(text).mark == mark


def test_tag_has_a_place_of_its_own() -> None:
    """A report about a tag points at the tag, its number included."""
    assert tag_of("a: !override 10 x").mark == Mark(1, 4, 16)


def test_value_on_the_next_line_is_where_its_tag_is() -> None:
    """A list below its tag has no place of its own that says more."""
    assert node_of("a: !before\n  - x\n").mark == Mark(1, 4, 11)


def test_remove_stands_alone_or_before_an_item() -> None:
    """A key, or an item of a list, can be removed."""
    items = node_of("a: [!remove x, y]")

    assert tag_of("a: !remove").removes
    assert isinstance(items, Sequence)
    assert [one.tag is not None and one.tag.removes for one in items.items] == [True, False]


@pytest.mark.parametrize(
    "text",
    [
        "a: '!override 10 x'",
        'a: "!order 10 x"',
        "a: |\n  !override 10 x\n",
        "a: x !override 10 y",
        "a: {b: [!override 1 z, '!override 10 x']}",
    ],
)
def test_text_that_looks_like_a_tag_stays_as_it_is(text: str) -> None:
    """Only a tag's blank becomes a part of the tag; that in a text is left alone."""
    assert "!override:10" not in _texts(node_of(text))
    assert "!order:10" not in _texts(node_of(text))


def _texts(node: Node) -> str:
    if isinstance(node, Scalar):
        return node.text
    below = node.items if isinstance(node, Sequence) else [entry.node for entry in node.entries]
    return " ".join(map(_texts, below))


@given(st.text(st.sampled_from("!override 10:[]{},'\"# \nab-|"), max_size=40))
def test_text_with_pieces_of_tags_is_read_or_refused(text: str) -> None:
    """Whatever looks like a tag with a number, the loader neither crashes nor loops."""
    try:
        root = load("host.yaml", f"a: {text}".encode()).root
    except RejectedError:
        return
    assert isinstance(root, Mapping)


@pytest.mark.parametrize(
    ("text", "code", "fix"),
    [
        ("a: !froce x", "HW008", 'did you mean "!force"?'),
        ("a: !override x", "HW027", "for example: !override 40"),
        ("a: !override 9999 x", "HW027", "for example: !override 40"),
        ("a: !order x", "HW027", "for example: !order 400"),
        ("a: !force:10 x", "HW027", "write !force, or !override 10"),
        ("a: !force+default x", "HW027", "keep one of its parts"),
        ("!force a: x", "HW027", "write it behind the colon: a: !force VALUE"),
    ],
)
def test_tag_that_is_none_is_refused(text: str, code: str, fix: str) -> None:
    """A tag that says nothing would be a strength that somebody counts on."""
    assert [(one.code, one.fix) for one in refused(text)] == [(code, fix)]
