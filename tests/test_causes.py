"""Which options a part of a module's resource comes from: as it says, or any of its own."""

from typing import Literal

import attrs
import pytest

from compiler.evaluate import evaluate
from compiler.load import load
from compiler.lower.causes import behind, lone
from compiler.structure import structure
from schema.diagnostics import ManifestPath
from schema.host import Manifest
from schema.resources import Dump
from tests.manifests import manifest


def lowered(modules: str) -> tuple[Manifest, list[tuple[str, Dump]]]:
    """A host with some modules, and their dumps."""
    found, _ = structure(load("host.yaml", manifest(modules=modules).encode()))
    assert found is not None
    return found, list(evaluate(found)[0].of(Dump))


def options(
    *fields: str, of: str = "{gitea: }", said: Literal["all", "none"] = "all"
) -> set[ManifestPath]:
    """The options behind some fields of the one dump of a host."""
    host, [(module, dump)] = lowered(of)
    if said == "none":
        dump = attrs.evolve(dump, options=None)
    return set(behind(host, module, dump, *fields))


def test_a_field_comes_from_the_options_that_the_module_names() -> None:
    """Gitea's command is made of where its data lies."""
    assert options("command") == {("modules", "gitea", "data")}


def test_a_field_that_every_module_has_needs_no_words() -> None:
    """`required` comes from `required`."""
    assert options("required", said="none") == {("modules", "gitea", "required")}


def test_a_module_that_says_nothing_may_use_any_option_of_its_own() -> None:
    """A module of somebody's own need not say where a field comes from: then it is all of them."""
    names = ("user", "data", "config", "database", "database_name")

    assert options("command", said="none") == {("modules", "gitea", name) for name in names}


def test_the_options_of_a_job_stand_below_its_name() -> None:
    """A job of the module dump has options of its own."""
    job = "{dump: {wiki: {user: www-data, command: [/bin/true]}}}"

    assert options("command", of=job) == {("modules", "dump", "wiki", "command")}


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        ("{}", set()),
        ("{postgresql: }", {("modules", "postgresql")}),
        ("{gitea: }", {("modules", "gitea"), ("modules", "gitea", "database")}),
        ("{gitea: , postgresql: }", set()),
    ],
)
def test_of_one_dump_all_depends_that_any_dump_takes(
    modules: str, expected: set[ManifestPath]
) -> None:
    """Of two dumps, either can go without taking along what both need."""
    host, dumps = lowered(modules)

    assert set(lone(host, dumps)) == expected
