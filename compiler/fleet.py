"""Many manifests at once: compiled and staged side by side, published together or not at all."""

import os
from collections.abc import Sequence
from functools import partial

from attrs import evolve

from compiler import compile_host
from compiler.write import discard, publish, stage, staging_of
from schema.compiled import Compiled
from schema.diagnostics import WHOLE, Diagnostic, RejectedError, Severity

_WORTH_PROCESSES = 32
"""From this many manifests on, a second process earns more than it costs to start."""


def compile_fleet(files: Sequence[str], output: str | None, *, strict: bool) -> list[Compiled]:
    """Compile manifests and, unless something is wrong with any of them, write their trees.

    Args:
        files: the manifests.
        output: the folder for one tree, or for a folder per host; None writes nothing.
        strict: whether a warning keeps everything from being written.

    Returns:
        What came of each manifest, in their order; trees that were staged are left out.
    """
    together = len(files) > 1
    work = partial(_compile, output=output, together=together)
    results = _mapped(work, files)
    results = _doubled(results)
    staged = [result for result in results if result.staged]
    failed = any(
        strict or one.severity is Severity.ERROR for result in results for one in result.diagnostics
    )
    try:
        if not failed:
            return [_published(result) for result in results]
        return results
    finally:
        for result in staged:
            discard(result.staged)


def _mapped(work: "partial[Compiled]", files: Sequence[str]) -> list[Compiled]:
    processes = min(os.cpu_count() or 1, 8)
    if len(files) < _WORTH_PROCESSES or processes == 1:
        return [work(file) for file in files]
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    size = max(1, len(files) // (processes * 8))
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        return list(pool.map(work, files, chunksize=size))


def _compile(file: str, output: str | None, *, together: bool) -> Compiled:
    """Compile one manifest and stage its tree, which then need not travel between processes."""
    try:
        with open(file, "rb") as manifest:
            content = manifest.read((1 << 20) + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        problem = Diagnostic("HW001", f"cannot read the manifest: {reason}", file=file)
        return Compiled(file, None, None, (problem,))
    result = compile_host(file, content)
    if result.tree is None or output is None:
        return result
    folder = os.path.join(output, result.host or "") if together else output
    staging = staging_of(folder)
    try:
        stage(result.tree, folder, staging)
    except RejectedError as rejected:
        return evolve(result, tree=None, diagnostics=(*result.diagnostics, *rejected.diagnostics))
    return evolve(result, tree=None, entries=len(result.tree), folder=folder, staged=staging)


def _doubled(results: Sequence[Compiled]) -> list[Compiled]:
    """Two manifests of one host would write the same folder: refuse the second."""
    seen: dict[str, str] = {}
    checked = []
    for result in results:
        if result.host in seen:
            problem = Diagnostic(
                "HW074",
                f'the host "{result.host}" has a manifest already: {seen[result.host]}',
                path=("host",),
                file=result.file,
                mark=WHOLE,
                fix="give each host one manifest",
            )
            checked.append(evolve(result, diagnostics=(*result.diagnostics, problem)))
        else:
            if result.host:
                seen[result.host] = result.file
            checked.append(result)
    return checked


def _published(result: Compiled) -> Compiled:
    if not result.staged:
        return result
    try:
        publish(result.staged, result.folder)
    except RejectedError as rejected:
        return evolve(result, diagnostics=(*result.diagnostics, *rejected.diagnostics))
    return result
