"""What a manifest and a command line may say for the control file of a package."""

import subprocess

import pytest

from schema.packages import Maintainer, PackageRelation, PackageVersion
from tests.support import need


@pytest.mark.parametrize("text", ["O <o@example.org>", "Jörg (Operations) <root@web1>", "A <a@b>"])
def test_a_maintainer_is_a_name_and_an_address(text: str) -> None:
    """As mail has them."""
    assert Maintainer.problem(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "o@example.org",
        "<o@example.org>",
        "O <o>",
        "O <@example.org>",
        "O <o o@example.org>",
        "O <o@example.org>, P <p@example.org>",
        "O, P <o@example.org>",
        "O <o@example.org>\nDepends: bash",
        "O\tP <o@example.org>",
    ],
)
def test_what_is_none_is_refused(text: str) -> None:
    """Nor may it hold what has a meaning in the field, or begin another one."""
    assert Maintainer.problem(text) is not None


@pytest.mark.parametrize("text", ["jq", "g++", "aa (>= 1:2~rc1-1+b1)", "aa | bb (<< 2) | cc"])
def test_a_relation_is_a_package_or_alternatives(text: str) -> None:
    """With a version, or without."""
    assert PackageRelation.problem(text) is None


@pytest.mark.parametrize("text", ["", "a", "JQ", "a, b", "jq (> 1)", "jq (>=1)", "jq\n", "${x}"])
def test_what_is_no_relation_is_refused(text: str) -> None:
    """Two of them are two items."""
    assert PackageRelation.problem(text) is not None


@pytest.mark.parametrize("version", ["0", "1.", "1~~", "1+a.b~c", "9" * 100])
def test_dpkg_takes_every_version_that_is_taken_here(version: str) -> None:
    """It is the one that compares them."""
    need("dpkg")
    assert PackageVersion.problem(version) is None
    subprocess.run(["dpkg", "--validate-version", version], check=True)
