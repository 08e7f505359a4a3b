"""The merge cases of golden/merge: what profiles and a host say together.

What NixOS makes of each was measured with real Nix and nixpkgs' own lib.evalModules, and is written
down in the case; tests/test_nix.py measures it again where both are at hand.
"""

from pathlib import Path
from typing import Any

import attrs
import pytest

import modules
from schema.host import Manifest
from schema.option import MERGE
from tests.merging import case, comparable, names, outcome

each_case = pytest.mark.parametrize("name", names())


@each_case
def test_files_say_together_what_the_case_says(name: str, tmp_path: Path) -> None:
    """The merged manifest, or the code and the places of what is refused, are as reviewed."""
    wanted = {key: case(name)[key] for key in ("merged", "refused") if key in case(name)}

    assert outcome(name, tmp_path) == wanted


@each_case
def test_deviation_is_told_where_there_is_one(name: str) -> None:
    """A case tells why NixOS comes to something else exactly where it does."""
    assert ("deviation" in case(name)) == (not _agrees(case(name)))


@each_case
def test_case_means_something_in_nix(name: str) -> None:
    """Each case has its rule in a sentence, and a NixOS module that means the same."""
    assert case(name)["says"].endswith(".")
    assert case(name)["nix"].strip().endswith(("}", "host"))


def test_there_are_enough_cases() -> None:
    """At least 80, each with a rule of its own."""
    rules = {case(name)["says"] for name in names()}

    assert len(rules) == len(names()) >= 80


def test_no_list_of_ours_has_a_default() -> None:
    """A manifest without imports and tags is not merged, so there must be nothing to add to."""
    found = map(modules.find, modules.names())
    known: list[type] = [Manifest, *(module for module in found if module is not None)]

    assert [where for type_ in known for where in _lists_with_defaults(type_)] == []


def _agrees(found: dict[str, Any]) -> bool:
    """Whether NixOS comes to the same value, or has an error as well."""
    nixos = found.get("nixos", {"value": found.get("merged")})
    if "refused" in found:
        return "error" in nixos
    same: bool = nixos.get("value") == comparable(found["merged"])
    return same or "nixos" not in found


def _lists_with_defaults(type_: type) -> list[str]:
    found = []
    for field in attrs.fields(type_):
        where = f"{type_.__name__}.{field.name}"
        if isinstance(field.default, tuple) and field.metadata.get(MERGE) != "whole":
            found += [where] if field.default else []
        elif attrs.has(type(field.default)):
            found += _lists_with_defaults(type(field.default))
    return found
