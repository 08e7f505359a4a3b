"""Which options each diagnostic is about, against what golden/rejected shows."""

from collections import defaultdict
from functools import cache

import pytest

import modules
from compiler.explain.declared import declared_at
from schema.checked import ANY, FILE, checked, codes_about
from schema.codes import RULES
from schema.diagnostics import ManifestPath
from tests.rejected import cases, diagnostics_of
from tests.test_codes import ABOUT_FOLDERS


@cache
def shown() -> dict[str, set[str]]:
    """Of each code, the options that the reports of golden/rejected blame or mention."""
    found: dict[str, set[str]] = defaultdict(set)
    for case in cases():
        for diagnostic in diagnostics_of(case):
            found[diagnostic.code].add(option_at(diagnostic.path))
            if diagnostic.about:
                found[diagnostic.code].add(option_at(diagnostic.about))
    return found


def option_at(path: ManifestPath) -> str:
    """The nearest option at or above a path, by its name in the reference."""
    for length in range(len(path), 0, -1):
        declared = declared_at(path[:length], modules)
        if declared is not None and declared.path:
            return ".".join(declared.path)
    return FILE


@pytest.mark.parametrize("code", sorted(set(RULES) - ABOUT_FOLDERS))
def test_a_code_is_said_to_be_about_what_its_reports_blame(code: str) -> None:
    """Neither is a place of a report missing in data/checked.txt, nor an entry without a report."""
    about = set(checked().get(code, ()))

    assert about in ({ANY}, shown()[code])


def test_every_code_of_a_manifest_has_a_line() -> None:
    """Of a new code, somebody has to say what it is about."""
    assert list(checked()) == sorted(set(RULES) - ABOUT_FOLDERS)


def test_what_is_about_every_option_was_seen_at_several() -> None:
    """A star is for rules of the language, not for want of care."""
    stars = [code for code, options in checked().items() if options == (ANY,)]

    assert {code: len(shown()[code]) for code in stars if len(shown()[code]) < 2} == {}


def test_an_option_has_its_codes() -> None:
    """What explain lists beside an option."""
    assert codes_about("backup.keep") == ("HW021",)
