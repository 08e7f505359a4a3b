"""What is true of any profiles and hosts, however they are cut up."""

from collections.abc import Sequence as SequenceType
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler import cli
from compiler.show import show
from schema.document import Document, Mapping, Node, Scalar, Sequence
from tests.merging import comparable, explained, plain, together
from tests.splits import halves
from tests.support import GOLDEN, compile_text
from tests.tagged_manifests import Say, fragments, lists, scalars, written

MANIFESTS = sorted(
    str(path.relative_to(GOLDEN))
    for path in (*GOLDEN.glob("*/host.yaml"), *GOLDEN.glob("fleet/hosts/*.yaml"))
)
quick = settings(max_examples=150, deadline=None)
slow = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
every_manifest = pytest.mark.parametrize("manifest", MANIFESTS)


@quick
@given(st.lists(fragments(), min_size=2, max_size=3))
def test_order_of_files_matters_to_the_order_of_lists_only(profiles: list[str]) -> None:
    """As in NixOS: scalars, mappings and what lists hold are the same in any order of imports."""
    outcomes = [_regardless_of_order(list(order)) for order in permutations(profiles)]

    assert all(one == outcomes[0] for one in outcomes)


@quick
@given(fragments())
def test_profile_says_the_same_as_its_text_in_the_host(profile: str) -> None:
    """A manifest that says nothing but what it imports is what it imports."""
    assert _outcome(together("{}", profile)) == _outcome(together(profile))


@quick
@given(fragments(), fragments())
def test_imports_of_imports_say_the_same_as_imports(one: str, other: str) -> None:
    """A file in between that says nothing changes nothing."""
    assert _outcome(together("{}", one, "{}", other)) == _outcome(together("{}", one, other))


@quick
@given(st.lists(scalars(), min_size=1, max_size=5))
def test_strongest_scalar_wins(said: list[Say]) -> None:
    """The lowest number decides, and two values of that number contradict each other."""
    strongest = min(one.priority for one in said)
    values = {one.value for one in said if one.priority == strongest}
    document, problems = together(*(written("mail", one) for one in said))

    if len(values) > 1:
        assert [one.code for one in problems] == ["HW024"]
    else:
        assert plain(document.root) == {"backup": {"mail": values.pop()}}
        assert problems == []


@quick
@given(st.lists(lists(), min_size=1, max_size=5))
def test_lists_are_joined_by_strength_and_place(said: list[Say]) -> None:
    """In the order of files, sorted by place; weaker ones go if one is stronger than plain."""
    strongest = min(one.priority for one in said)
    kept = [one for one in said if one.priority == strongest or strongest >= 100]
    items = [item for one in sorted(kept, key=lambda one: one.order) for item in one.value]
    *profiles, host = (written("paths", one) for one in said)
    document, problems = together(host, *profiles)

    assert plain(document.root) == {"backup": {"paths": list(dict.fromkeys(items))}}
    assert problems == []


@slow
@given(base=fragments(), one=fragments(), other=fragments())
def test_profile_of_two_profiles_counts_once(
    tmp_path: Path, base: str, one: str, other: str
) -> None:
    """A diamond says the same as three imports in a row."""
    for name, text in {"base": base, "one": one, "other": other}.items():
        above = "" if name == "base" else "imports: [base.yaml]\n"
        said = "" if text == "{}" and above else text
        (tmp_path / f"{name}.yaml").write_text(f"{above}{said}")
    (tmp_path / "diamond.yaml").write_text("imports: [one.yaml, other.yaml, base.yaml]\n")

    outcome = _outcome(explained(tmp_path / "diamond.yaml"))

    assert outcome == _outcome(together("{}", base, one, other))


@quick
@given(fragments(), fragments())
def test_what_is_shown_is_merged_already(profile: str, host: str) -> None:
    """`show` has no tags left, and showing what was shown changes nothing."""
    document, problems = together(host, profile)
    if not problems:
        shown = show(document)
        again, _ = together(shown or "{}")

        assert plain(again.root) == plain(document.root)
        assert show(again) == shown


@every_manifest
def test_shown_manifest_compiles_to_the_same_tree(manifest: str) -> None:
    """Of every golden host and of the fleet; and it is a fixed point."""
    outcome = cli.run(["show", str(GOLDEN / manifest)])
    again = together(outcome.text)[0]

    assert _digest(outcome.text) == _digest_of(manifest)
    assert show(again) == outcome.text


@every_manifest
def test_every_leaf_has_a_definition_with_a_place(manifest: str) -> None:
    """Whatever is in the merged manifest stands in a file, and the place says where."""
    document, problems = explained(GOLDEN / manifest)
    lost = [
        path for path, node in _leaves(document.root, ()) if not _is_defined(document, path, node)
    ]

    assert (problems, lost) == ([], [])


@slow
@given(manifest=st.sampled_from(MANIFESTS), data=st.data())
def test_manifest_cut_into_profile_and_host_gives_the_same_tree(
    tmp_path: Path, manifest: str, data: st.DataObject
) -> None:
    """Wherever an option stands, in the profile or in the host, the tree is the same."""
    whole, _ = explained(GOLDEN / manifest)
    profile, host = halves(whole.root, lambda: data.draw(st.booleans()))
    (tmp_path / "profile.yaml").write_text(show(_document(profile)) or "{}\n")
    text = f"imports: [profile.yaml]\n{show(_document(host))}"

    assert _digest(text, tmp_path / "host.yaml") == _digest_of(manifest)


def _regardless_of_order(profiles: SequenceType[str]) -> Any:
    document, problems = together("{}", *profiles)
    if problems:
        return {(one.code, one.path) for one in problems}
    return _sorted(plain(document.root))


def _sorted(value: Any) -> Any:
    """The value, with every list that is no command sorted."""
    if isinstance(value, dict):
        return {key: below if key == "command" else _sorted(below) for key, below in value.items()}
    return sorted(value) if isinstance(value, list) else value


def _outcome(merged: tuple[Document, list[Any]]) -> Any:
    document, problems = merged
    return sorted(one.code for one in problems) or comparable(plain(document.root))


def _document(root: Mapping) -> Document:
    return Document("host.yaml", (), root)


def _digest(text: str, file: Path | None = None) -> str:
    tree = compile_text(text, str(file or "host.yaml")).tree
    assert tree is not None, text
    return tree.digest


def _digest_of(manifest: str) -> str:
    file = GOLDEN / manifest
    return _digest(file.read_text(encoding="utf-8"), file)


def _leaves(node: Node, path: tuple[str | int, ...]) -> list[tuple[tuple[str | int, ...], Node]]:
    """Every scalar, and what is empty, by its path."""
    if isinstance(node, Mapping) and node.entries:
        return [leaf for one in node.entries for leaf in _leaves(one.node, (*path, one.key))]
    if isinstance(node, Sequence) and node.items:
        return [
            leaf for place, one in enumerate(node.items) for leaf in _leaves(one, (*path, place))
        ]
    return [(path, node)]


def _is_defined(document: Document, path: tuple[str | int, ...], node: Node) -> bool:
    """Whether a definition that won, of the leaf or of what it is a part of, has its place."""
    known = (path[:length] for length in range(len(path), 0, -1))
    found = next((document.definitions[one] for one in known if one in document.definitions), ())
    won = [one for one in found if one.won and one.mark.line]
    return bool(won) and (not isinstance(node, Scalar) or _stands_at(document, node))


def _stands_at(document: Document, node: Scalar) -> bool:
    """Whether the file begins the leaf's text at the leaf's mark, maybe behind a quote."""
    file = node.mark.file or document.file
    line = Path(file).read_text(encoding="utf-8").split("\n")[node.mark.line - 1]
    begin = line[node.mark.column - 1 :]
    first = node.text[:1]
    is_escaped = not first.isprintable() or first in "\"'\\"
    return is_escaped or begin.startswith((first, f'"{first}', f"'{first}", "|", ">"))
