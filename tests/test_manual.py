"""The pages for man(1): up to date, and such that both of its readers understand them."""

import os
import subprocess
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

import modules
from compiler.reference.manual import manual
from compiler.reference.roff import code, prose
from compiler.reference.search import every_section
from compiler.verbs import VERBS
from tests.snapshots import GoldenFile
from tests.support import ROOT, need

PAGES = ("compile.1", "hostwright.1", "hostwright-manifest.5")
NO_DATE = 'missing date, using "": TH'
"""The pages are made without a clock."""


class Page(GoldenFile):
    """The snapshot `name` is the file docs/man/NAME."""

    @classmethod
    def get_location(cls, *, test_location: PyTestLocation, index: SnapshotIndex) -> str:  # noqa: ARG003
        """Where a page lies."""
        return str(ROOT / "docs" / "man" / str(index))


def page(name: str) -> str:
    """The source of a page."""
    return manual(VERBS.values(), modules)[name]


def shown(name: str, folder: Path) -> str:
    """A page as man(1) shows it on a terminal of 80 columns."""
    need("groff")
    source = folder / name
    source.write_text(page(name))
    command = ["groff", "-man", "-Tutf8", "-Kutf8", "-P-c", "-rLL=80n", str(source)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return result.stdout


@pytest.mark.parametrize("name", PAGES)
def test_page_is_up_to_date(name: str, snapshot: SnapshotAssertion) -> None:
    """Every verb and every option is in the manual, as the source declares it."""
    assert page(name) == snapshot.use_extension(Page)(name=name)


@pytest.mark.parametrize("name", PAGES)
def test_mandoc_has_no_complaint(name: str, tmp_path: Path) -> None:
    """Its lint knows what breaks on other systems."""
    need("mandoc")
    source = tmp_path / name
    source.write_text(page(name))
    result = subprocess.run(
        ["mandoc", "-T", "lint", str(source)], capture_output=True, text=True, check=False
    )

    assert [line for line in result.stdout.splitlines() if NO_DATE not in line] == []


@pytest.mark.parametrize("name", PAGES)
def test_groff_has_no_complaint(name: str, tmp_path: Path) -> None:
    """It is what man(1) runs; all warnings are on, but for keys that are longer than a line."""
    need("groff")
    source = tmp_path / name
    source.write_text(page(name))
    result = subprocess.run(
        ["groff", "-man", "-ww", "-Wbreak", "-Tutf8", "-Kutf8", "-z", str(source)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )

    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("verb", VERBS)
def test_manual_knows_every_verb(verb: str) -> None:
    """A new verb appears by itself."""
    assert f".SS {verb}\n" in page("hostwright.1")


def test_manual_knows_every_option() -> None:
    """Of the manifest and of every module."""
    source = page("hostwright-manifest.5")
    names = {entry.name for section in every_section(modules) for entry in section.entries}

    assert [name for name in names if f"\\fB{code(name)}\\fR" not in source] == []


def test_example_can_be_copied_from_the_page(tmp_path: Path) -> None:
    """Hyphens and quotes arrive on the terminal as they must be typed."""
    text = shown("compile.1", tmp_path)

    assert "compile hosts/*.yaml -o trees" in text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (".hidden", "\\&.hidden\n"),
        ("'quoted", "\\&'quoted\n"),
        ("a\\b", "a\\eb\n"),
        ("with --modules DIR", "with \\-\\-modules DIR\n"),
        ("well-known", "well-known\n"),
        ("~ ^ `", "\\(ti \\(ha \\(ga\n"),
    ],
)
def test_prose_begins_no_request(text: str, written: str) -> None:
    """A text is never taken for a command of roff."""
    assert prose(text) == written
