"""The catalogue of diagnostics: complete, shown by examples, and readable at a terminal."""

import re
from functools import cache
from pathlib import Path

import pytest

from compiler import cli
from schema.codes import RULES, Rule
from tests.rejected import REJECTED, cases, text_of
from tests.support import GOLDEN, ROOT

ABOUT_FOLDERS = {"HW001", "HW070", "HW071", "HW074", "HW075", "HW076", "HW077", "HW078"}
"""Rules that no manifest can break: about files and folders, and about what systemd says."""

GOOD = str(GOLDEN / "minimal" / "host.yaml")

each_rule = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))


@cache
def codes_in_source() -> set[str]:
    """Every code that the compiler can report."""
    packages = ("compiler", "modules", "schema")
    files = [file for package in packages for file in (ROOT / package).rglob("*.py")]
    return {code for file in files for code in re.findall(r'"(HW\d{3})"', file.read_text())}


@cache
def rejected_manifests() -> list[tuple[str, set[str]]]:
    """The manifest and the reported codes of every rejected case."""
    reports = {case: (REJECTED / case / "report").read_text() for case in cases()}
    return [(text_of(case), codes_in(report)) for case, report in reports.items()]


def codes_in(report: str) -> set[str]:
    """The codes of a report's diagnostics."""
    return set(re.findall(r"\[(HW\d{3})\]: ", report))


def test_catalogue_is_what_the_source_can_report() -> None:
    """No diagnostic without an explanation, and no explanation without a diagnostic."""
    assert set(RULES) == codes_in_source()


def test_catalogue_is_sorted() -> None:
    """A rule is found by its number."""
    assert list(RULES) == sorted(RULES)


def test_every_rule_about_manifests_is_broken_by_one() -> None:
    """Nobody has to take a rule on faith: golden/rejected shows it."""
    shown = set().union(*(codes for _, codes in rejected_manifests()))

    assert shown == set(RULES) - ABOUT_FOLDERS


@pytest.mark.parametrize("code", sorted(ABOUT_FOLDERS))
def test_every_rule_about_folders_is_broken_by_a_test(code: str) -> None:
    """The others are shown by tests that make the folders: those below, and test_verify's."""
    texts = [file.read_text() for file in (ROOT / "tests").glob("test_*.py")]

    assert any(re.search(rf'(\("{code}",|{{"{code}"}}|\[{code}\])', text) for text in texts)


@each_rule
def test_example_breaks_its_rule(rule: Rule) -> None:
    """An example of the catalogue is a command line, or stands in a rejected manifest."""
    lines = [re.escape(line.strip().rstrip("]")) for line in rule.example.splitlines()]
    example = re.compile(r".*\n\s*".join(lines))
    manifests = [manifest for manifest, codes in rejected_manifests() if rule.code in codes]

    assert rule.example.startswith(("compile ", "hostwright ")) or any(
        example.search(manifest) for manifest in manifests
    )


@each_rule
def test_rule_is_explained_in_sentences(rule: Rule) -> None:
    """A title says what was done wrong; explanation and fix are whole sentences."""
    assert rule.title[0].islower()
    assert not rule.title.endswith(".")
    assert 2 <= len(re.findall(r"[.?!](?: |$)", rule.explanation)) <= 6
    assert rule.fix.endswith(".")


def test_codes_lists_every_rule() -> None:
    """One line a rule: code and title."""
    outcome = cli.run(["codes"])

    assert outcome.text.splitlines() == [f"{rule.code}  {rule.title}" for rule in RULES.values()]
    assert outcome.status == 0


@pytest.mark.parametrize("given", ["HW012", "hw012", "12"])
def test_codes_explains_one(given: str) -> None:
    """Title, reason, fix and example, however the code was typed."""
    outcome = cli.run(["codes", given])

    assert outcome.status == 0
    assert outcome.text.startswith("HW012: an option that does not exist\n\nA misspelt option")
    assert "\n\nTo fix it: take the suggestion" in outcome.text
    assert outcome.text.endswith('\n\n    exlude: ["*.pyc"]\n')


def test_codes_explains_several() -> None:
    """Codes of one report can be asked for together."""
    outcome = cli.run(["codes", "HW019", "HW011"])

    assert re.findall(r"^HW\d+", outcome.text, re.MULTILINE) == ["HW019", "HW011"]


@each_rule
def test_explanation_fits_a_terminal(rule: Rule) -> None:
    """Eighty columns, but for examples."""
    text = cli.run(["codes", rule.code]).text
    prose = [line for line in text.splitlines() if not line.startswith("    ")]

    assert max(map(len, prose)) <= 80


@pytest.mark.parametrize(
    ("given", "hint"),
    [("H012", 'did you mean "HW012"?'), ("banana", "`hostwright codes` lists them")],
)
def test_unknown_code_is_a_wrong_command_line(given: str, hint: str) -> None:
    """Exit status 2, and what to type instead."""
    outcome = cli.run(["codes", given])

    assert outcome.status == 2
    assert outcome.errors == f'hostwright: there is no code "{given}"; {hint}\n'


def codes_of(*words: str) -> set[str]:
    """What a command line is told."""
    return codes_in(cli.run(words).errors)


def test_missing_manifest_is_hw001(tmp_path: Path) -> None:
    """A manifest that is not there is an error, not an empty tree."""
    assert codes_of("compile", str(tmp_path / "host.yaml"), "--check") == {"HW001"}


def test_foreign_output_folder_is_hw070(tmp_path: Path) -> None:
    """A folder with a file that Hostwright did not write is left alone."""
    (tmp_path / "letter").touch()

    assert codes_of("compile", GOOD, "-o", str(tmp_path)) == {"HW070"}


def test_unwritable_output_folder_is_hw071(tmp_path: Path) -> None:
    """Whatever keeps the tree from being written is said, with the folder's name."""
    (tmp_path / "file").touch()

    assert codes_of("compile", GOOD, "-o", str(tmp_path / "file" / "out")) == {"HW071"}


def test_two_manifests_of_one_host_are_hw074(tmp_path: Path) -> None:
    """Two manifests would fight for one folder."""
    assert codes_of("compile", GOOD, GOOD, "-o", str(tmp_path / "out")) == {"HW074"}
