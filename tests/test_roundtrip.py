"""Hostile texts in every string: a diagnostic, or units that systemd reads as they are meant."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings

from schema.compiled import Compiled
from schema.tree import File, Link, Tree
from tests.meanings import meanings
from tests.strategies import Plain, manifests, yaml_text
from tests.support import compile_text, give_up
from tests.systemd import Systemd
from tests.systemd_library import is_installed

EXAMPLES = int(os.environ.get("HOSTWRIGHT_ROUNDTRIPS", "300"))
"""In each of the two tests below."""


@pytest.fixture(scope="module")
def systemd() -> Iterator[Systemd]:
    """The parser of systemd itself."""
    if not is_installed():
        give_up("not installed: systemd's libraries")
    with Systemd() as running:
        yield running


@pytest.mark.parametrize("target", ["debian-12", "debian-13"])
def test_systemd_reads_what_the_manifest_says(
    target: str, systemd: Systemd, tmp_path: Path
) -> None:
    """A text reaches argv, environment and paths as it is, or is refused by a diagnostic."""
    seen: Counter[str] = Counter()

    @seed(12 if target == "debian-12" else 13)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(manifests(target))
    def arrives(plain: Plain) -> None:
        compiled = compile_text(yaml_text(plain))
        if compiled.tree is None:
            seen["refused"] += 1
            assert_refused(compiled)
            return
        seen["read"] += 1
        read = systemd.read(written(compiled.tree, tmp_path / "units"))
        wrong = [meaning for meaning in meanings(plain, read) if meaning[1] != meaning[2]]
        assert wrong == []
        assert_pinned(plain, compiled.tree)

    arrives()
    assert seen["read"] >= EXAMPLES // 3
    assert seen["refused"] >= EXAMPLES // 10


def assert_refused(compiled: Compiled) -> None:
    """Whatever is refused is refused with a code, a place and a reason."""
    assert compiled.diagnostics
    for diagnostic in compiled.diagnostics:
        assert diagnostic.code.startswith("HW")
        assert diagnostic.mark
        assert diagnostic.message


def written(tree: Tree, folder: Path) -> Path:
    """The tree's units in a folder of their own."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, entry in tree.items():
        _, found, name = path.partition("/systemd/system/")
        if not found:
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if isinstance(entry, Link):
            (folder / name).symlink_to(entry.target)
        else:
            (folder / name).write_bytes(entry.text.encode())
    return folder


def assert_pinned(plain: Plain, tree: Tree) -> None:
    """Host keys stand in their file as they stand in the manifest."""
    for line in plain["backup"].get("known_hosts", ()):
        pinned = next(entry for path, entry in tree.items() if path.endswith("/known_hosts"))
        assert isinstance(pinned, File)
        assert line in pinned.text.split("\n")
