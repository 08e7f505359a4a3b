"""Any bytes at all, and any YAML: a tree or diagnostics, and never anything else.

HOSTWRIGHT_FUZZ_SECONDS says how long all of it may take (8), HOSTWRIGHT_FUZZ_SEED where it begins.
"""

import gc
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from compiler import compile_host
from compiler.load import load
from compiler.report import report
from compiler.structure import structure
from schema.compiled import Compiled
from schema.diagnostics import RejectedError, has_errors
from tests.mutants import byte_mutants, structure_mutants
from tests.support import compile_text

SECONDS = float(os.environ.get("HOSTWRIGHT_FUZZ_SECONDS", "8"))
SEED = os.environ.get("HOSTWRIGHT_FUZZ_SEED", "0")
SLOW = 10
"""Seconds that no manifest of a page may take, on a busy machine."""

Mutants = Callable[[random.Random], Iterator[bytes]]


def chance(seed: str) -> random.Random:
    """A generator that gives the same for the same seed, in any process."""
    return random.Random(seed)  # noqa: S311 - no secret comes of it


@pytest.mark.parametrize("mutants", [byte_mutants, structure_mutants])
def test_a_broken_manifest_gives_diagnostics(
    mutants: Mutants, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a manifest is, it gives a tree or errors, each with a place in it."""
    monkeypatch.chdir(tmp_path)  # nothing that it imports is there
    gc.enable()
    end = time.monotonic() + SECONDS / 2
    outcomes = {True: 0, False: 0}
    for number, content in zip(count(), mutants(chance(SEED)), strict=False):
        began = time.monotonic()
        try:
            compiled = compile_host("fuzz.yaml", content)
            check(compiled, content, with_reports=number % 8 == 0)
        except BaseException as error:
            error.add_note(f"manifest {number} of seed {SEED}: {content!r}")
            raise
        outcomes[compiled.tree is None] += 1
        assert time.monotonic() - began < SLOW, content
        if time.monotonic() > end:
            break
    assert min(outcomes.values()) > 0, (
        "nothing compiles, or everything does: the fuzzing is vacuous"
    )


def check(compiled: Compiled, content: bytes, *, with_reports: bool) -> None:
    """What holds of every outcome."""
    assert (compiled.tree is None) == has_errors(compiled.diagnostics)
    lines = content.decode("utf-8", "replace").split("\n")
    for diagnostic in compiled.diagnostics:
        assert diagnostic.file == "fuzz.yaml"
        assert diagnostic.mark is not None
        assert 0 <= diagnostic.mark.line <= len(lines)
    if with_reports:
        sources = {"fuzz.yaml": lines}
        for form in ("human", "json", "sarif", "github"):
            text = report(compiled.diagnostics, sources, form, colour=False)
            if form in {"json", "sarif"}:
                json.loads(text)


@pytest.mark.parametrize("mutants", [byte_mutants, structure_mutants])
def test_the_first_stages_raise_nothing_else(mutants: Mutants) -> None:
    """`load` raises RejectedError with diagnostics or nothing, `structure` raises nothing."""
    for _, content in zip(range(100), mutants(chance(f"{SEED} stages")), strict=False):
        try:
            document = load("fuzz.yaml", content)
            manifest, diagnostics = structure(document)
        except RejectedError as rejected:
            manifest, diagnostics = None, list(rejected.diagnostics)
        assert manifest is not None or diagnostics


def test_a_manifest_of_a_mebibyte_is_answered_at_once() -> None:
    """The largest that is read takes seconds, whatever is in it."""
    for piece in ("- ", "[", "a: ", "&a [", '"', "\n", "? ", "x" * 100 + "\n", "🦀", "- *a\n", "#"):
        content = (piece * (1 << 20))[: 1 << 18]
        began = time.monotonic()
        assert compile_text(content).tree is None
        assert time.monotonic() - began < SLOW, piece
