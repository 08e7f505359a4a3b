"""`--from OPTION` is true in both directions, proved by changing options and looking at the tree.

Every golden host is compiled again with one option changed (or a list's item, or a module taken
out or added). Whatever differs then must be among the lines that the option is said to touch, in
the old tree or in the new one. A sample is tried here: every SAMPLE-th change of each host, another
one of each. HOSTWRIGHT_CHANGES=all tries them all, which takes half a minute.

The other way round, a line that an option "says" must be one that some change of it changes: of all
such claims in the sample, 9 of 10 are. What it only "has a part in" may need a second option to
change too (a passphrase alone cannot go), so there it is 1 of 3.
"""

import os
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import pytest

import modules
from compiler.explain.declared import declared_at
from compiler.explain.forwards import Reach, touched
from compiler.explain.places import Place
from compiler.reference.search import every_section
from compiler.reference.sections import Entry
from schema.conditions import Facts
from schema.diagnostics import ManifestPath
from schema.profiles import Import
from schema.tree import Tree
from tests.changes import Change, changes, written
from tests.line_changes import Changed, changed_lines
from tests.strategies import yaml_text
from tests.support import compile_text, host_names

SAMPLE = 1 if os.environ.get("HOSTWRIGHT_CHANGES") == "all" else 9
PRECISE = ("gitea-postgresql",)
"""The hosts of which all changes are tried, to see what no change of an option changes."""

READ_BY_NOBODY = {
    "External.groups",
    "External.users",
    "Manifest.module_path",
    "Manifest.modules",
}
"""Options that no line comes from: for checks, for conditions, or tried by each of their names."""


@pytest.mark.parametrize("host", host_names())
def test_what_an_option_changes_it_is_said_to_touch(host: str) -> None:
    """No line changes, appears or vanishes without being in the list of the option's lines."""
    assert [miss for change in sample(host) for miss in misses(host, change)] == []


def test_every_option_is_changed_on_some_host() -> None:
    """The tables of other values reach every option that a tree can come from."""
    every = {
        f"{entry.section.__name__}.{entry.field.name}"
        for section in every_section(modules)
        for entry in section.entries
        if entry.below is None and not issubclass(entry.section, Facts | Import)
    }
    tried = {
        f"{entry.section.__name__}.{entry.field.name}"
        for host in host_names()
        for change in changes(host)
        for option in change.options
        if isinstance(entry := declared_at(option, modules), Entry)
    }

    assert {
        one for one in every - tried if not one.endswith((".enable", ".when"))
    } == READ_BY_NOBODY


def test_what_an_option_says_is_what_it_changes() -> None:
    """Nothing is attributed to everything: what is claimed, changes with the option."""
    claims: dict[str, list[bool]] = defaultdict(list)
    for host in PRECISE:
        for option, changed in all_changed(host).items():
            for place, share in touched(tree(host), option, modules):
                if place.text not in ("", "#") and not _is_script(place):
                    claims[share].append((place.path, place.number) in changed)

    assert sum(claims["says"]) / len(claims["says"]) >= 0.9
    assert sum(claims["has a part in"]) / len(claims["has a part in"]) >= 1 / 3


def test_an_option_of_one_module_claims_no_line_of_another() -> None:
    """The port of PostgreSQL has nothing to do with Gitea."""
    option = ("modules", "postgresql", "port")
    files = {place.path.rpartition("/")[2] for place, _ in touched(tree("demo"), option, modules)}

    units = {"backup-postgresql.service", "restore-postgresql.service"}
    assert files == {"preflight.toml", *units}


def test_an_item_claims_the_lines_of_its_own() -> None:
    """Of two paths, each is said by its own lines only."""
    option = ("backup", "paths", 0)
    lines = touched(tree("overrides"), option, modules)
    said = [place.text for place, share in lines if share == "says"]

    listed = ['    "/etc",', 'paths = ["/etc", "/srv", "/backup"]']
    assert said == [*listed, "RequiresMountsFor=/etc", "    /etc \\"]


def misses(host: str, change: Change) -> Iterator[str]:
    """What a change changes although no list of its options has it."""
    changed = compile_text(change.text).tree
    if changed is None:  # not legal on this host: others have it
        return
    reaches = [Reach(option, modules) for option in change.options]
    for lines in changed_lines(tree(host), changed):
        if not any(reach.share(line) for line in lines for reach in reaches):
            yield f"{change}: {_shown(lines)}"


def sample(host: str) -> list[Change]:
    """Some of the changes of a host: of each host others."""
    return list(changes(host))[host_names().index(host) % SAMPLE :: SAMPLE]


@cache
def tree(host: str) -> Tree:
    """The tree of a golden host, as plain data says it."""
    found = compile_text(yaml_text(written(host))).tree
    assert found is not None
    return found


def all_changed(host: str) -> dict[ManifestPath, set[tuple[str, int]]]:
    """Of every option that can be changed alone, the lines that change with it."""
    found: dict[ManifestPath, set[tuple[str, int]]] = {}
    for change in changes(host):
        other = compile_text(change.text).tree if len(change.options) == 1 else None
        if other is not None:
            lines = found.setdefault(change.options[0], set())
            for group in changed_lines(tree(host), other):
                lines |= {(line.path, line.number) for line in group}
    found.pop(("layout",), None)  # it moves every file
    return found


def _is_script(place: Place) -> bool:
    """Below its header, a script is there as a whole or not at all: one line stands for it."""
    return "/hostwright/" in place.path and place.number > 6 and not place.path.endswith(".toml")


def _shown(lines: Changed) -> str:
    first = lines[0]
    return f"{first.path}:{first.number}: {first.text}"
