"""The JSON Schema, form by form: what an option may look like, and what may be missing where."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import modules
from compiler.cli import run
from compiler.reference.json_schema import json_schema
from compiler.reference.search import every_section
from compiler.reference.sections import Entry
from tests.json_schemas import complaints, validator, written


def options() -> list[Entry]:
    """Every option, of the manifest and of all modules."""
    return [entry for section in every_section(modules) for entry in section.entries]


@pytest.mark.parametrize("entry", options(), ids=lambda entry: ".".join(entry.path))
def test_default_and_examples_are_valid(entry: Entry) -> None:
    """What an editor offers is what it takes."""
    schema = described(entry)
    rest = {"$defs": validator().schema["$defs"]}
    offered = [*schema.get("examples", []), *([schema["default"]] if "default" in schema else [])]

    assert [one for one in offered if not Draft202012Validator(schema | rest).is_valid(one)] == []


@pytest.mark.parametrize("entry", options(), ids=lambda entry: ".".join(entry.path))
def test_option_has_its_help_in_the_schema(entry: Entry) -> None:
    """An editor shows it where the mouse is."""
    assert described(entry)["description"] == entry.help


def described(entry: Entry) -> dict[str, Any]:
    """The schema of an option, in the definition of its section."""
    top: dict[str, Any] = validator().schema
    definitions = top["$defs"]
    name = entry.section.__name__
    file = entry.section.__module__.rpartition(".")[2]
    section = definitions.get(f"{file}.{name}", definitions.get(name, top))
    found: dict[str, Any] = (
        section["additionalProperties"] if entry.is_collected else section["properties"][entry.name]
    )
    return found


@pytest.mark.parametrize(
    "lines",
    [
        ["modules: [postgresql, {gitea: {user: git}}, {ntfy: {topic: x}}]"],
        ["modules:"],
        ["modules: {postgresql: , gitea: {enable: false}}"],
        ["modules: {healthchecks: {when: {target: debian-13}}}"],
        ["modules: {dump: {wiki: {user: wiki, command: [/bin/true]}, enable: true}}"],
        ["modules: {mine: {}}", "module_path: [../modules]"],
        ["modules: [mine]", "imports: [base.yaml]"],
        ["imports: [base.yaml, {path: more, when: {tags: [a, b], unless: {host: 'db*'}}}]"],
        ["imports:"],
        ["tags: [staging]"],
        ["units: {backup.service: {Service: {Nice: 19, Environment: [A=b, 1], ExecStart: ~}}}"],
        ["units: {backup.service: {Service: {ExecStartPre: [[/bin/true, x], /bin/false]}}}"],
        ["external:", "  users: []"],
    ],
)
def test_form_is_valid(lines: list[str]) -> None:
    """Every form that an option may have."""
    assert complaints(written(*lines)) == []


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        (["modules: {mine: {}}"], "'mine' is not one of"),
        (["modules: [mine]"], "'mine' is not one of"),
        (["modules: {healthchecks: }"], "None is not of type 'object'"),
        (["modules: [healthchecks]"], "should not be valid under"),
        (["modules: {dump: {wiki: {user: wiki}}}"], "'command' is a required property"),
        (["modules: {dump: {Wiki: {user: wiki, command: [x]}}}"], "is not valid under any"),
        (["imports: [{when: {tags: [a]}}]"], "is not valid under any"),
        (["imports: base.yaml"], "is not of type 'array', 'null'"),
        (["imports: [{path: a, when: {}}]"], "is not valid under any"),
        (["when: {tags: [a]}"], "('when' was unexpected)"),
    ],
)
def test_form_is_invalid(lines: list[str], wrong: str) -> None:
    """What the compiler refuses, too."""
    assert wrong in " ".join(complaints(written(*lines)))


@pytest.mark.parametrize(
    "text", [b"host: web1", b"imports: [base.yaml]", b"imports: [a.yaml]\nbackup: {paths: []}"]
)
def test_nothing_is_required_where_something_is_imported(text: bytes) -> None:
    """The rest may come from a profile, also the items of a list."""
    assert (complaints(text) == []) == (b"imports" in text)


def test_profile_may_hang_on_a_condition() -> None:
    """`when` stands at the top of what is imported, and nowhere at the top of a host."""
    text = b"when: {target: [debian-12], unless: {tags: staging}}\nbackup: {paths: [/srv]}"

    assert complaints(text, profile=True) == []


def test_profile_has_no_unknown_options() -> None:
    """Nothing is required, and all the rest is as strict."""
    assert complaints(b"bakcup: {}", profile=True) != []


MODULE = '''\
"""A wiki."""

from collections.abc import Iterator
from typing import ClassVar

from attrs import frozen

from schema.module import Host, Module
from schema.option import option
from schema.renaming import Rename, Renamed
from schema.resources import Archive, Resource
from schema.scalars import AbsolutePath


@frozen(kw_only=True)
class Wiki(Module):
    """A wiki."""

    renames: ClassVar[tuple[Rename, ...]] = (
        Renamed("folder", "data", since="0.2", until="99"),
        Renamed("place.name", "enable", since="0.1", until="0.2"),
    )
    data: AbsolutePath = option(help="where it is", example="/srv/wiki")

    def declare(self, host: Host) -> Iterator[Resource]:
        yield Archive(self.data, "its data")
'''


@pytest.mark.parametrize(
    ("options", "is_valid"),
    [("data: /srv", True), ("folder: /srv", True), ("place: {name: x}", False), ("data: x", False)],
)
def test_former_name_is_valid_while_it_works(options: str, is_valid: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """Also where the option must be given: it is, under the name that it had."""
    (tmp_path / "wiki.py").write_text(MODULE)
    text = written(f"modules: {{wiki: {{{options}}}}}")

    assert (complaints(text, str(tmp_path)) == []) == is_valid


def test_former_name_is_struck_through(tmp_path: Path) -> None:
    """An editor shows what it is called now."""
    (tmp_path / "wiki.py").write_text(MODULE)
    definition = validator(str(tmp_path)).schema["$defs"]["wiki.Wiki"]

    assert definition["properties"]["folder"] == {
        "description": "modules.wiki.data was called so before; 99 no longer takes it",
        "deprecated": True,
    }


def test_removed_key_is_not_there() -> None:
    """A schema sees no tags: what is removed is no value."""
    assert complaints(b"imports: [a.yaml]\nbackup: {schedule: !remove }") == []


def test_verb_prints_the_schema() -> None:
    """Also that of profiles."""
    assert run(["schema", "--profile"]).text == json_schema(modules, profile=True)
