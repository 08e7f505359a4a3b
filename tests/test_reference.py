"""docs/reference.md, docs/reference/ and docs/codes.md: what the source says, nothing of their own.

To bring them up to date: make golden (or pytest tests/test_reference.py --snapshot-update).
"""

import re

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

import modules
from compiler.load import load
from compiler.reference.catalogue import Example, catalogue
from compiler.reference.fragments import fragment
from compiler.reference.pages import pages
from compiler.reference.plain import plain
from compiler.reference.search import every_section
from compiler.reference.sections import Entry, Section
from compiler.reference.words import MERGE_RULES, merge_rule
from compiler.structure import _converter
from compiler.structure.value import Value
from schema.codes import RULES
from tests.rejected import REJECTED, cases, text_of
from tests.snapshots import GoldenFile
from tests.strategies import Plain, yaml_text
from tests.support import ROOT, compile_text

SMALLEST: Plain = {
    "host": "web1",
    "target": "debian-12",
    "backup": {
        "repository": "/mnt/vault/web1",
        "passphrase": "/etc/credstore/passphrase",
        "paths": ["/etc"],
    },
}
NEEDS_MORE = {"HW011", "HW026", "HW051", "HW052"}
"""A fragment of a job has not all of it; users, folders and files are those of the reader."""

PAGES = sorted(pages(modules))
SECTIONS = {".".join(section.path) or "manifest": section for section in every_section(modules)}
OPTIONS = {
    ".".join(entry.path): entry for section in SECTIONS.values() for entry in section.entries
}
EXAMPLES = {
    name: entry
    for name, entry in OPTIONS.items()
    if entry.example and not {"imports", "when"} & set(entry.path)
}
"""But for those of imports and conditions, which are gone when values are structured."""


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


def examples() -> dict[str, Example]:
    """For every code a manifest of golden/rejected: the one of the catalogue's example."""
    found: dict[str, list[tuple[bool, int, int, str]]] = {}
    for case in cases():
        text = text_of(case)
        report = (REJECTED / case / "report").read_text()
        codes = re.findall(r"^\S+ (?:error|warning)\[(HW\d+)\]", report, re.MULTILINE)
        for code in codes:
            is_other = RULES[code].example.split("\n")[0] not in text
            found.setdefault(code, []).append((is_other, len(codes), len(report), case))
    return {code: _example(min(ranked)[-1]) for code, ranked in found.items()}


@pytest.mark.parametrize("name", PAGES)
def test_reference_is_up_to_date(name: str, page: SnapshotAssertion) -> None:
    """Every option of the source is in the manual, as the source declares it."""
    assert pages(modules)[name] == page(name=name)


def test_there_is_a_page_for_every_module_and_for_nothing_else() -> None:
    """A module that is taken out takes its page with it."""
    folder = ROOT / "docs" / "reference"

    assert {path.stem for path in folder.iterdir()} == set(modules.names())


def test_catalogue_is_up_to_date(page: SnapshotAssertion) -> None:
    """Every rule is in the manual, with a manifest that breaks it and the report on that."""
    assert catalogue(examples()) == page(name="codes.md")


@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_the_reference_leads_somewhere(name: str) -> None:
    """To a heading of a page, or to a page."""
    wrong = []
    for link in re.findall(r"\]\(([^)]*)\)", pages(modules)[name]):
        path, _, anchor = link.partition("#")
        there = (ROOT / "docs" / name).parent / path if path else ROOT / "docs" / name
        if not there.exists() or (anchor and anchor not in anchors(there.read_text())):
            wrong.append(link)

    assert wrong == []


@pytest.mark.parametrize("name", PAGES)
def test_every_row_of_the_reference_has_a_cell_for_each_column(name: str) -> None:
    """A bar within a cell would be one more column."""
    rows = [line for line in pages(modules)[name].splitlines() if line.startswith("| `")]
    options = [row for row in rows if re.search(r" \| 0\.\d+ \|$", row)]

    assert {len(re.findall(r"(?<!\\)\|", row)) for row in options} == {7}


@pytest.mark.parametrize("section", SECTIONS.values(), ids=list(SECTIONS))
def test_fragment_of_a_section_can_be_copied(section: Section) -> None:
    """What a page shows of a section compiles, with what every manifest needs."""
    data = merged(SMALLEST, plain(load("fragment", fragment(section).encode()).root))
    found = {one.code: one.message for one in compile_text(yaml_text(data)).diagnostics}

    assert {code: found[code] for code in found.keys() - NEEDS_MORE} == {}


@pytest.mark.parametrize("entry", OPTIONS.values(), ids=list(OPTIONS))
def test_option_has_a_merge_rule_and_a_version(entry: Entry) -> None:
    """What happens to several definitions, and since when there is the option."""
    assert merge_rule(entry) in MERGE_RULES
    assert re.fullmatch(r"0\.[123]", entry.since)


def merged(one: Plain, other: Plain) -> Plain:
    """Two pieces of a manifest as one."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other
    return {
        key: merged(one.get(key, other.get(key)), other.get(key, one.get(key)))
        for key in {**one, **other}
    }


def anchors(text: str) -> set[str]:
    """The places of the headings of a page, as GitHub names them."""
    names = re.findall(r"^#+ (.*)", text, re.MULTILINE)
    return {re.sub(r"[^\w-]", "", name.lower().replace(" ", "-")) for name in names}


@pytest.mark.parametrize("entry", OPTIONS.values(), ids=list(OPTIONS))
def test_option_has_help(entry: Entry) -> None:
    """A phrase that goes on behind a colon, in a table and in a report alike."""
    assert entry.help
    assert not entry.help.endswith(".")


@pytest.mark.parametrize("entry", EXAMPLES.values(), ids=list(EXAMPLES))
def test_example_of_an_option_is_good(entry: Entry) -> None:
    """Whoever copies an example from a report or from the reference must get no error for it."""
    found = load("host.yaml", f"x: {entry.example}\n".encode()).root.get("x")
    assert found is not None
    value = Value(found.node, (entry.name,), [], _converter())

    value.to(entry.field.type or object)

    assert value.problems == []


def _example(case: str) -> Example:
    report = (REJECTED / case / "report").read_text()
    recipe = REJECTED / case / "recipe"
    if recipe.exists():
        return Example(recipe.read_text(), report, is_recipe=True)
    return Example((REJECTED / case / "host.yaml").read_text(), report)
