"""`hostwright fix`: renamed options are rewritten in place, and nothing else of a file changes."""

import pytest

from schema.renaming import Removed, Rename
from tests.renaming import fixed, now


def after(text: str, *table: Rename) -> str:
    """A text that can be fixed, fixed."""
    found = fixed(text, *table)
    assert found.diagnostics == ()
    return found.content.decode()


def refusal(text: str, *table: Rename) -> str:
    """Why a text is left as it is."""
    found = fixed(text, *table)
    assert found.content.decode() == text
    assert found.moves == ()
    return " ".join(one.message for one in found.diagnostics)


def test_text_without_old_names_stays_as_it_is() -> None:
    """Nothing to do is nothing done, to the byte."""
    assert after("a:   {kept: 1}", now("a.old", "a.new")) == "a:   {kept: 1}"


@pytest.mark.parametrize(
    ("written", "rewritten"),
    [
        ("prune", "keep"),
        ("'prune'", "'keep'"),
        ('"prune"', '"keep"'),
    ],
)
def test_name_keeps_its_quotes(written: str, rewritten: str) -> None:
    """In the same section only the name is replaced."""
    text = "backup:\n  # rules\n  {}  :   7   # days\n\n  paths: [/etc]\n"

    found = after(text.format(written), now("backup.prune", "backup.keep"))

    assert found == text.format(rewritten)


def test_name_in_brackets_is_replaced() -> None:
    """Brackets, commas and blanks stay, over several lines, too."""
    text = "backup: { paths: [/etc],\n  prune : 7, }\n"

    found = after(text, now("backup.prune", "backup.keep"))

    assert found == text.replace("prune", "keep")


def test_option_goes_to_another_section_with_its_comments() -> None:
    """What is said right above it, behind it, in it and below it is about it."""
    text = """\
backup:
    paths: [/etc]

    # kept for long
    prune:  # see the wiki
        daily: 7
        # weekly: 4

    # another
    mail: a@b
other:
  x: 1
"""

    found = after(text, now("backup.prune", "other.keep"))

    assert (
        found
        == """\
backup:
    paths: [/etc]


    # another
    mail: a@b
other:
  x: 1
  # kept for long
  keep:  # see the wiki
      daily: 7
      # weekly: 4
"""
    )


def test_section_that_is_not_there_is_made() -> None:
    """It comes last, and is indented as the manifest is."""
    text = "a:\n    old: 1\n    x: 2\n"

    found = after(text, now("a.old", "b.c.new"))

    assert found == "a:\n    x: 2\nb:\n    c:\n        new: 1\n"


def test_section_that_is_emptied_goes() -> None:
    """Its comments stay, above what was in it."""
    text = "x: 1\n# above\na:  # behind\n  # inside\n  old: 1\n"

    found = after(text, now("a.old", "new"))

    assert found == "x: 1\n# above\n# behind\n# inside\nnew: 1\n"


def test_module_that_is_emptied_stays() -> None:
    """A module that is named is switched on, with options or without."""
    text = "modules:\n  postgresql:  # a\n    port: 1\n"

    found = after(text, now("modules.postgresql.port", "port"))

    assert found == "modules:\n  postgresql: {}  # a\nport: 1\n"


def test_option_goes_into_a_section_without_options() -> None:
    """A key with nothing behind it gets its first option."""
    found = after("b:  # yet\na: 1\n", now("a", "b.a"))

    assert found == "b:  # yet\n  a: 1\n"


def test_option_goes_into_brackets() -> None:
    """Its comments come above their line, and a comma in it is quoted."""
    found = after("a: x,y  # why\nb: {c: 1}\n", now("a", "b.a"))

    assert found == "# why\nb: {c: 1, a: 'x,y'}\n"


def test_option_stays_alone_in_its_brackets() -> None:
    """Where it was the only one there is no comma."""
    assert after("a: {old: 1}\n", now("a.old", "a.b.new")) == "a: {b: {new: 1}}\n"


def test_option_goes_out_of_brackets() -> None:
    """One comma goes with it."""
    found = after("a: {x: 1, old: [1, 2], y: 2}\nb:\n  c: 1\n", now("a.old", "b.new"))

    assert found == "a: {x: 1, y: 2}\nb:\n  c: 1\n  new: [1, 2]\n"


def test_last_line_without_a_newline_stays_so() -> None:
    """Only lines that are added may differ."""
    assert after("old: 1\na:\n  x: 1", now("old", "a.new")) == "a:\n  x: 1\n  new: 1"


def test_lines_that_are_added_end_like_the_others() -> None:
    """A manifest of another system stays one."""
    assert after("old: 1\r\na:\r\n  x: 1", now("old", "a.b.new")) == (
        "a:\r\n  x: 1\r\n  b:\r\n    new: 1"
    )


def test_tag_goes_with_its_value() -> None:
    """A definition that was forced is forced under its new name."""
    found = after("a:\n  old: !override 10 [1]\n  x: 1\n", now("a.old", "b.new"))

    assert found == "a:\n  x: 1\nb:\n  new: !override 10 [1]\n"


def test_module_in_a_list_is_renamed() -> None:
    """A name alone is as good as one with options."""
    text = "modules: [gitea, postgresql: {port: 1}]\n"
    table = now("modules.gitea", "modules.forgejo"), now("modules.postgresql", "modules.pg")

    assert after(text, *table) == "modules: [forgejo, pg: {port: 1}]\n"


def test_every_dump_job_is_renamed() -> None:
    """A * stands for any name."""
    text = "modules:\n  dump:\n    one: {cmd: [/a]}\n    two:\n      cmd: [/b]\n"

    found = after(text, now("modules.dump.*.cmd", "modules.dump.*.command"))

    assert found == text.replace("cmd", "command")


def test_name_of_many_versions_ago_is_today_s() -> None:
    """A name that changed twice is rewritten once."""
    found = after("a: 1\nx: 2\n", now("a", "b.c"), now("b.c", "d"))

    assert found == "d: 1\nx: 2\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: {old: &x 1}\nz: *x\n", "it has an anchor or an alias"),
        ("a: !force {old: 1, y: 1}\n", "the section that it leaves has a tag"),
        ("a: &x {old: 1, y: 1}\nz: *x\n", "the section that it leaves has a tag or an anchor"),
        ("a: {old: 1,\n  y: 1}\n", "its brackets go over several lines"),
        ("a:\n  ? old\n  : 1\n", "something else stands on the same line"),
        ("a:\n  old: |\n    x\nb: {c: 1}\n", "its value goes over several lines"),
        ("a: {old: 1}\nb: ''\n", "but b is no mapping here"),
        ("a: {old: 1}\nb: null\n", "the section that it belongs to is null"),
    ],
)
def test_text_that_nobody_should_edit_by_rule_is_left_alone(text: str, reason: str) -> None:
    """A guess could change what another line means, so a person is asked."""
    assert reason in refusal(text, now("a.old", "b.new"))


def test_alias_of_a_section_is_no_reason_to_guess() -> None:
    """Where one text stands for two sections, both must be meant."""
    text = "a: &x {old: 1}\nb: *x\n"

    assert "unusual" in refusal(text, now("a.old", "a.new"))
    assert after(text, now("a.old", "a.new"), now("b.old", "b.new")) == text.replace("old", "new")


def test_removed_option_needs_a_person() -> None:
    """Nothing else is changed meanwhile: the file is one piece of work."""
    removed = Removed("b", reason="it is gone", fix="take it out", since="0.2")

    assert refusal("a: 1\nb: 2\n", now("a", "c"), removed) == '"b" is gone since 0.2: it is gone'


def test_old_and_new_name_need_a_person() -> None:
    """Which of the two was meant, nobody can know."""
    assert "both are given" in refusal("a: 1\nc: 2\n", now("a", "c"))
