"""Every line of a golden tree has an explanation, every value of a manifest a definition."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from compiler import compile_host
from compiler.explain.declared import declared_at
from compiler.explain.definitions import definitions
from compiler.explain.lines import file_answer, line_answer, link_answer
from compiler.explain.subject import Subject, subject_of
from compiler.module_path import collection
from schema.diagnostics import ManifestPath
from schema.document import Mapping, Node, Scalar, Sequence
from schema.tree import File, Link
from tests.support import GOLDEN, ROOT, hosts

MANIFESTS = [
    *(host / "host.yaml" for host in hosts()),
    *sorted((GOLDEN / "fleet" / "hosts").glob("*.yaml")),
]
each_manifest = pytest.mark.parametrize(
    "manifest", MANIFESTS, ids=lambda path: f"{path.parent.name}-{path.stem}"
)
each_host = pytest.mark.parametrize(
    "manifest", MANIFESTS[: len(hosts())], ids=lambda path: path.parent.name
)


@cache
def subject(manifest: Path) -> Subject:
    """A golden host, with all that is known of it."""
    name = str(manifest.relative_to(ROOT))
    done = compile_host(name, manifest.read_bytes(), explained=True)
    assert done.document is not None
    found = subject_of(done, collection((done.document,)))
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    """The repository, from which the manifests are named."""
    monkeypatch.chdir(ROOT)


@each_host
def test_every_line_is_explained(manifest: Path) -> None:
    """A line names an option that there is, or is Hostwright's own; of equal ones, one is asked."""
    host = subject(manifest)
    for file, number in lines(host):
        answer = line_answer(host, file, number)
        named = [one.name for one in (answer.option, *answer.hangs_on) if one is not None]

        assert answer.note or (answer.reason and named), (file, number)
        assert answer.note or all(known(host, name) for name in named), (file, number, named)


@each_host
def test_every_file_is_explained(manifest: Path) -> None:
    """A file in short has all of its lines, and says why it is there."""
    host = subject(manifest)
    for path, entry in host.tree.items():
        answer = file_answer(host, path) if isinstance(entry, File) else link_answer(host, path)

        assert answer.reason, path
        assert len(answer.lines) == (entry.text.count("\n") if isinstance(entry, File) else 1), path


@each_manifest
def test_every_value_has_a_definition(manifest: Path) -> None:
    """Where was this set? Each value of the merged manifest stands where its definition says."""
    host = subject(manifest)
    for path, node in leaves(host.document.root, ()):
        said = definitions(host.document, path, host.modules, host.veil)
        winners = [one for one in said if one.won]

        assert winners, path
        assert all(stands_there(one.place, node) for one in winners), (path, winners)


_SEEN: set[object] = set()


def lines(host: Subject) -> Iterator[tuple[str, int]]:
    """A line of every origin; one that an earlier host had as well is not asked for again."""
    for path, entry in host.tree.items():
        for number, one in enumerate(() if isinstance(entry, Link) else entry.lines, 1):
            origin = one and (one.source, one.path, one.reason, one.also)
            if origin not in _SEEN:
                _SEEN.add(origin)
                yield path, number


def known(host: Subject, name: str) -> bool:
    """Whether an option of that name is declared; names of units have dots in them."""
    if name.startswith("units."):
        return True
    path = tuple(int(step) if step.isdecimal() else step for step in name.split("."))
    return declared_at(path, host.modules) is not None


def leaves(node: Node, path: ManifestPath) -> Iterator[tuple[ManifestPath, Scalar]]:
    """The scalars of a merged manifest."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield from leaves(entry.node, (*path, entry.key))
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from leaves(item, (*path, index))
    else:
        yield path, node


def stands_there(place: str, node: Scalar) -> bool:
    """Whether the text of a value begins at a place, perhaps behind a quote or a tag."""
    found = re.fullmatch(r"(.*):(\d+):(\d+)", place)
    assert found is not None, place
    line = _lines_of(found[1])[int(found[2]) - 1][int(found[3]) - 1 :]
    if not node.text or node.value is None or '"' in line[:1] or "'" in line[:1]:
        return True
    return line.startswith(node.text.split("\n")[0])


@cache
def _lines_of(file: str) -> list[str]:
    return Path(file).read_text().split("\n")
