"""docs/reference.md and docs/codes.md: what the source says, and nothing of their own.

To bring them up to date: make golden (or pytest tests/test_reference.py --snapshot-update).
"""

import re
from typing import Any

import attrs
import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

import modules
from compiler import reference
from compiler.load import load
from compiler.structure import _converter
from compiler.structure.value import Value
from modules.dump import Job, JobNeeds
from schema import option
from schema.codes import RULES
from schema.host import Backup, Check, External, Keep, Manifest, Schedule
from tests.rejected import REJECTED, cases, manifest_of
from tests.snapshots import GoldenFile
from tests.support import ROOT

SECTIONS = (Manifest, Backup, Schedule, Keep, Check, External, Job, JobNeeds)
CLASSES = (*SECTIONS, *filter(None, map(modules.find, modules.names())))
OPTIONS = {
    f"{section.__name__}.{field.name}": field
    for section in CLASSES
    for field in attrs.fields(section)
}
EXAMPLES = {name: field for name, field in OPTIONS.items() if field.metadata[option.EXAMPLE]}


class Page(GoldenFile):
    """The snapshot `name` is the file docs/NAME."""

    @classmethod
    def get_location(cls, *, test_location: PyTestLocation, index: SnapshotIndex) -> str:  # noqa: ARG003
        """Where a page lies."""
        return str(ROOT / "docs" / str(index))


@pytest.fixture
def page(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """The pages of the manual, as snapshots."""
    return snapshot.use_extension(Page)


def examples() -> dict[str, reference.Example]:
    """For every code a manifest of golden/rejected: the one of the catalogue's example."""
    found: dict[str, list[tuple[bool, int, int, str]]] = {}
    for case in cases():
        text = manifest_of(case).decode("utf-8", "backslashreplace")
        report = (REJECTED / case / "report").read_text()
        codes = re.findall(r"^host\.yaml\S* \w+\[(HW\d+)\]", report, re.MULTILINE)
        for code in codes:
            is_other = RULES[code].example.split("\n")[0] not in text
            found.setdefault(code, []).append((is_other, len(codes), len(report), case))
    return {code: _example(min(ranked)[-1]) for code, ranked in found.items()}


def test_reference_is_up_to_date(page: SnapshotAssertion) -> None:
    """Every option of the source is in the manual, as the source declares it."""
    assert reference.reference() == page(name="reference.md")


def test_catalogue_is_up_to_date(page: SnapshotAssertion) -> None:
    """Every rule is in the manual, with a manifest that breaks it and the report on that."""
    assert reference.catalogue(examples()) == page(name="codes.md")


def test_every_section_of_the_reference_can_be_reached() -> None:
    """A link within the page leads to a heading of it."""
    text = reference.reference()
    names = re.findall(r"^## (.*)", text, re.MULTILINE)

    assert set(re.findall(r"\]\(#(.*?)\)", text)) <= {
        re.sub(r"[^\w-]", "", name.lower()) for name in names
    }


@pytest.mark.parametrize("field", OPTIONS.values(), ids=list(OPTIONS))
def test_option_has_help(field: "attrs.Attribute[Any]") -> None:
    """A phrase that goes on behind a colon, in a table and in a report alike."""
    text = field.metadata[option.HELP]

    assert text
    assert not text.endswith(".")


@pytest.mark.parametrize("field", EXAMPLES.values(), ids=list(EXAMPLES))
def test_example_of_an_option_is_good(field: "attrs.Attribute[Any]") -> None:
    """Whoever copies an example from a report or from the reference must get no error for it."""
    text = f"{field.name}: {field.metadata[option.EXAMPLE]}\n"
    entry = load("host.yaml", text.encode()).root.get(field.name)
    assert entry is not None
    value = Value(entry.node, (field.name,), [], _converter())

    value.to(field.type or object)

    assert value.problems == []


def _example(case: str) -> reference.Example:
    report = (REJECTED / case / "report").read_text()
    recipe = REJECTED / case / "recipe"
    if recipe.exists():
        return reference.Example(recipe.read_text(), report, is_recipe=True)
    return reference.Example((REJECTED / case / "host.yaml").read_text(), report)
