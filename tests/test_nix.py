"""The merge cases under real Nix: is what they say about NixOS true?

HOSTWRIGHT_NIXPKGS_LIB names the folder of nixpkgs' library (the one with modules.nix), of which
nothing is a part of this repository; nix-instantiate is in Debian's nix-bin. Without them the tests
are skipped, and tests/test_merge.py compares with what was measured last: Nix 2.8.0, and the
library of nixpkgs 26.11 as of June 2026. What differs is to be entered in the case by hand.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.merging import case, comparable, names, plain, together
from tests.support import ROOT, need
from tests.tagged_manifests import Say

_EXPRESSION = """\
let
  lib = import {library};
  merged = import {root}/tests/nix/merge.nix {{ inherit lib; }};
  on = {{ enable = lib.mkDefault true; }};
  outcome = found:
    let tried = builtins.tryEval (builtins.deepSeq found found);
    in if tried.success then {{ value = tried.value; }} else {{ error = true; }};
in with lib; {{
{cases}}}
"""
_FATAL = ("absent", "recursion")
"""Errors that end Nix itself: such a case is evaluated alone."""

_COMPLAINTS = {
    "recursion": "infinite recursion",
    "absent": "absent.nix' does not exist|No such file",
    "conflict": "conflicting definition values|both null and not null",
    "type": "is not of type|rather than an attribute set|The option `.*' does not exist",
}

_SINGLE = {
    "backup.check.verify_data": (True, False),
    "backup.drill": ("weekly", "monthly", None),
    "backup.mail": ("a@example.org", "b@example.org", "c@example.org"),
    "modules.dump.wiki.environment.LANG": ("C", "de"),
    "modules.postgresql.port": (5432, 5433, 5434),
    "units.timer.Timer.AccuracySec": ("1s", "1min", None),
}
"""Options of one value, and some values of each."""


@pytest.fixture(scope="module")
def library() -> str:
    """The folder of nixpkgs' library."""
    folder = os.environ.get("HOSTWRIGHT_NIXPKGS_LIB")
    if not folder:
        pytest.skip("HOSTWRIGHT_NIXPKGS_LIB names no folder with nixpkgs' library")
    need("nix-instantiate")
    return str(Path(folder).resolve())


def test_nixos_comes_to_what_the_cases_say(library: str, tmp_path: Path) -> None:
    """Each value is as it was written down, and each error is one."""
    usual = [name for name in names() if _error_of(name) not in _FATAL]
    done = _evaluated(library, tmp_path, usual)
    found = {name: comparable(one.get("value")) for name, one in json.loads(done.stdout).items()}

    assert found == {name: _value_of(name) for name in usual}


@pytest.mark.parametrize(
    "name", [name for name in names() if "error" in case(name).get("nixos", {})]
)
def test_nixos_complains_of_what_the_cases_say(name: str, library: str, tmp_path: Path) -> None:
    """An error is of the kind that was written down, not a slip in the Nix of the case."""
    done = _evaluated(library, tmp_path, [name], caught=False)
    kinds = [kind for kind, words in _COMPLAINTS.items() if re.search(words, done.stderr)]

    assert (done.returncode, kinds[:1]) == (1, [_error_of(name)]), done.stderr


def test_random_definitions_come_to_the_same(library: str, tmp_path: Path) -> None:
    """Any strengths and places that no deviation is about give the same value, or a conflict."""
    chance = Random(4)  # noqa: S311 - the same definitions each time
    rounds = [_some(chance) for _ in range(400)]
    modules = {f"random{place:03}": _chain(said) for place, said in enumerate(rounds)}
    found = json.loads(_evaluated_texts(library, tmp_path, modules).stdout)

    assert [comparable(one.get("value")) for one in found.values()] == [*map(_ours, rounds)]


Said = tuple[str, list[Say]]
"""An option, and what files say of it, each of which imports the one before."""


def _some(chance: Random) -> Said:
    name = chance.choice(sorted(_SINGLE)) if chance.random() < 0.6 else "backup.paths"
    said = []
    for place in range(chance.randint(1, 4)):
        priority = chance.choice([0, 50, 50, 60, 99, 100, 100])
        order = chance.choice([1, 500, 500, 1000, 1000, 1500, 9000])
        if name in _SINGLE:
            priority = chance.choice([priority, 1000, 1499])
            said.append(Say(chance.choice(_SINGLE[name]), f"!override:{priority}", priority))
        else:
            value = tuple(f"/file{place}/{item}" for item in range(chance.randint(0, 3)))
            said.append(Say(value, f"!override:{priority}+order:{order}", priority, order))
    return name, said


def _chain(said: Said) -> str:
    """The definitions as NixOS modules; imports nested in one another keep their order there."""
    name, definitions = said
    module = "{ }"
    for one in definitions:
        is_list = isinstance(one.value, tuple)
        value = f"mkOrder {one.order} {_nix(one.value)}" if is_list else _nix(one.value)
        setting = f"{name} = mkOverride {one.priority} ({value});"
        module = f"{{ imports = [ {module} ]; {setting} }}"
    return module


def _nix(value: Any) -> str:
    """A value, or a list of them, in Nix."""
    return f"[ {' '.join(map(_nix, value))} ]" if isinstance(value, tuple) else json.dumps(value)


def _yaml(name: str, said: Say) -> str:
    """A manifest that says one thing."""
    value = f"[{', '.join(said.value)}]" if isinstance(said.value, tuple) else _nix(said.value)
    text = f"{said.tag} {value}"
    for key in reversed(name.split(".")):
        text = f"{{{key}: {text}}}"
    return text


def _ours(said: Said) -> Any:
    name, definitions = said
    *profiles, host = (_yaml(name, one) for one in definitions)
    document, problems = together(host, *profiles)
    return None if problems else comparable(plain(document.root))


def _error_of(name: str) -> str | None:
    error: str | None = case(name).get("nixos", {}).get("error")
    return error


def _value_of(name: str) -> Any:
    """What NixOS comes to; None for an error."""
    if "nixos" in case(name):
        return comparable(case(name)["nixos"].get("value"))
    return comparable(case(name)["merged"])


def _evaluated(
    library: str, folder: Path, cases: Iterable[str], *, caught: bool = True
) -> subprocess.CompletedProcess[str]:
    modules = {name: case(name)["nix"] for name in cases}
    return _evaluated_texts(library, folder, modules, caught=caught)


def _evaluated_texts(
    library: str, folder: Path, modules: Mapping[str, str], *, caught: bool = True
) -> subprocess.CompletedProcess[str]:
    outcome = "outcome" if caught else ""
    lines = (f'  "{name}" = {outcome} (merged (\n{text}));\n' for name, text in modules.items())
    file = folder / "cases.nix"
    text = _EXPRESSION.format(library=library, root=ROOT, cases="".join(lines))
    file.write_text(text, encoding="utf-8")
    words = ["nix-instantiate", "--eval", "--strict", "--json", str(file)]
    return subprocess.run(words, capture_output=True, text=True, check=False)
