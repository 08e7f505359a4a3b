"""Manifests that must be refused, each with the exact report that a person gets.

A folder of golden/rejected holds a manifest, what it imports (tests/rejected.py), and a `report`.
To accept what changed: pytest --snapshot-update, then read `git diff golden/rejected`.
"""

import os
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from compiler import cli
from compiler.report import report
from schema.diagnostics import Severity, has_errors
from tests.rejected import cases, copy_of, diagnostics_of, manifest_of, others, sources_of, text_of
from tests.snapshots import GoldenFile
from tests.support import GOLDEN, compile_text

FRAGMENTS = (
    "",
    "\n",
    "\n  ",
    "- ",
    ": ",
    "[",
    "]",
    "{",
    "}",
    '"',
    "~",
    "7",
    "true",
    "&a ",
    "*a",
    "/",
    "%d",
)
FORMATS = ("human", "json", "sarif", "github")
PASSWORDS = ("correct-horse-battery-staple", "correct-horse", "4815162342", "20240131")
"""The secrets that the manifests called secret-* give away."""

secrets = [case for case in cases() if case.startswith("secret-")]
each_case = pytest.mark.parametrize("host", [f"rejected/{case}" for case in cases()])


@cache
def report_of(case: str, form: str = "human") -> str:
    """What a person, or a tool, is told about a case."""
    return report(diagnostics_of(case), sources_of(case), form)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the manifest of every case, and a tree from an earlier compile in `out`."""
    folder = tmp_path_factory.mktemp("rejected")
    for case in cases():
        copy_of(case, folder)
    good = str(GOLDEN / "minimal" / "host.yaml")
    assert cli.run(["compile", good, "-o", str(folder / "out")]).status == 0
    return folder


@each_case
def test_report_is_golden(host: str, snapshot: SnapshotAssertion) -> None:
    """Place, rule and fix of every mistake are exactly as they were reviewed."""
    golden = snapshot.use_extension(GoldenFile)

    assert report_of(Path(host).name) == golden(name="report")


@each_case
def test_folder_holds_a_manifest_a_report_and_nothing_else(host: str) -> None:
    """A stray folder, or a case that is not refused, would be a test of nothing."""
    manifests = {"host.yaml", "recipe"} & set(os.listdir(GOLDEN / host))
    written = manifest_of(Path(host).name).decode("utf-8", "replace")

    assert len(manifests) == 1
    assert "report" in os.listdir(GOLDEN / host)
    assert "imports" in written or "module_path" in written or others(Path(host).name) == []
    assert report_of(Path(host).name) != ""


@each_case
def test_refused_manifest_leaves_the_tree_as_it_was(host: str, workplace: Path) -> None:
    """The exit status is 1, nobody sees a traceback, and the old tree stays."""
    case, out = Path(host).name, workplace / "out"
    before = (os.stat(out).st_ino, sorted(os.listdir(workplace)))

    outcome = cli.run(["compile", str(workplace / case / "host.yaml"), "-o", str(out), "--strict"])

    assert (outcome.status, outcome.text) == (1, "")
    assert "Traceback" not in outcome.errors
    assert (os.stat(out).st_ino, sorted(os.listdir(workplace))) == before


@each_case
def test_diagnostics_are_in_the_order_of_the_file(host: str) -> None:
    """A report is read with the manifest beside it, from top to bottom."""
    found = diagnostics_of(Path(host).name)
    places = [(one.file, one.mark.line, one.mark.column) for one in found if one.mark]

    assert places == sorted(places)
    assert len(places) == len(found)


def test_warnings_alone_do_not_refuse_a_manifest(workplace: Path, tmp_path: Path) -> None:
    """A warning is shown, and the tree is written, unless --strict is given."""
    for case in cases():
        diagnostics = diagnostics_of(case)
        if not has_errors(diagnostics):
            manifest = str(workplace / case / "host.yaml")
            outcome = cli.run(["compile", manifest, "-o", str(tmp_path / "out")])
            assert (case, outcome.status) == (case, 0)
            assert {one.severity for one in diagnostics} == {Severity.WARNING}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("case", secrets)
def test_no_report_repeats_a_secret(case: str, form: str) -> None:
    """More people read the log of a pipeline than the manifest."""
    written = text_of(case)

    assert any(password in written for password in PASSWORDS)
    assert not any(password in report_of(case, form) for password in PASSWORDS)


@settings(max_examples=150, deadline=None)
@given(
    case=st.sampled_from(cases()),
    place=st.floats(0, 1),
    length=st.integers(0, 12),
    fragment=st.sampled_from(FRAGMENTS),
)
def test_mutilated_manifest_is_compiled_or_refused(
    case: str, place: float, length: int, fragment: str
) -> None:
    """Whatever a slip of the keyboard makes of a manifest, nobody sees a traceback."""
    text = manifest_of(case)[:10_000]
    start = int(place * len(text))
    compiled = compile_text(text[:start] + fragment.encode() + text[start + length :])

    assert (compiled.tree is None) == has_errors(compiled.diagnostics)
