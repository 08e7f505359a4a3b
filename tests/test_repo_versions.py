"""Versions of packages are in dpkg's order."""

import subprocess

from hypothesis import example, given, settings
from hypothesis import strategies as st

from compiler.repository.versions import by_version
from tests.support import need

_SIGN = {-1: "lt", 0: "eq", 1: "gt"}
_ENOUGH = 60

texts = st.from_regex(r"([0-2]:)?[0-9]([0-9a~.+-]{0,6}[0-9a~.+])?", fullmatch=True)


@given(texts, texts)
@example("1.0", "1.0~rc1")
@example("1.0", "1.0-0")
@example("1.", "1.0")
@example("0~", "0")
@example("1.0a", "1.0+")
@example("1:1", "2")
@example("0+aaaa", "20261123170000+0123456789ab")
@settings(max_examples=_ENOUGH, deadline=None)
def test_two_versions_compare_as_dpkg_says(one: str, other: str) -> None:
    """By numbers, letters, signs and tildes; epochs first and revisions last."""
    need("dpkg")
    first, second = by_version(one), by_version(other)
    order = (first > second) - (first < second)

    done = subprocess.run(["dpkg", "--compare-versions", one, _SIGN[order], other], check=False)

    assert done.returncode == 0


def test_the_versions_of_a_package_rise_with_time() -> None:
    """Date first, then a digest that means nothing for the order of different dates."""
    versions = ["20261123170001+0000", "1:0+0000", "0+ffff", "20261123170000+ffff"]

    assert sorted(versions, key=by_version) == [versions[place] for place in (2, 3, 0, 1)]
