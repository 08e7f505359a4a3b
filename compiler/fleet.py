"""Many manifests at once: compiled and staged side by side, published together or not at all."""

import os
from collections.abc import Callable, Sequence
from functools import partial

from attrs import evolve

from compiler import compile_host
from compiler.contents import contents
from compiler.profiles import Profiles
from compiler.staging import claimed, plain, reported, staging_area
from compiler.standing import refuse_tree
from compiler.write import FOLDER_MODE, publish, settle, stage, sync, withdraw
from schema.compiled import Compiled
from schema.diagnostics import Diagnostic, RejectedError, Severity

Job = tuple[int, str]
"""A manifest and its place on the command line, which names its staging folder."""


def compile_fleet(
    files: Sequence[str], output: str | None, *, strict: bool, modules: Sequence[str] = ()
) -> list[Compiled]:
    """Compile manifests and, unless something is wrong with any of them, write their trees.

    Args:
        files: the manifests.
        output: the folder for one tree, or for a folder per host; None writes nothing.
        strict: whether a warning keeps everything from being written.
        modules: folders of the user's own modules, besides those that the manifests name.

    Returns:
        What came of each manifest, in their order; trees that were staged are left out.
    """
    if output is None:
        return _compiled(files, None, None, modules)
    output, together = plain(output), len(files) > 1
    area = os.path.join(output, ".staging.hostwright") if together else staging_area(output)
    try:
        if together:
            refuse_tree(output)
        is_new = not os.path.lexists(output)
        with claimed(area, output):
            if together and is_new:
                with reported(output):
                    os.chmod(output, FOLDER_MODE)
            results = _compiled(files, output, area, modules)
            return results if _failed(results, strict=strict) else _published(results, area, output)
    except RejectedError as rejected:
        first, *others = _compiled(files, None, None, modules)
        return [_with(first, rejected), *others]


def _compiled(
    files: Sequence[str], output: str | None, area: str | None, modules: Sequence[str]
) -> list[Compiled]:
    from compiler.processes import mapped

    compiled = partial(compile_host, profiles=Profiles(), modules=modules)
    work = partial(_compile, compiled, output=output, area=area, together=len(files) > 1)
    return _doubled(mapped(work, list(enumerate(files))))


def _compile(
    compiled: Callable[[str, bytes], Compiled],
    job: Job,
    output: str | None,
    area: str | None,
    *,
    together: bool,
) -> Compiled:
    """Compile one manifest and stage its tree, which then need not travel between processes."""
    place, file = job
    try:
        content = contents(file)
    except OSError as error:
        reason = error.strerror or str(error)
        problem = Diagnostic("HW001", f"cannot read the manifest: {reason}", file=file)
        return Compiled(file, None, None, (problem,))
    result = _without_stages(compiled(file, content))
    if result.tree is None or output is None:
        return evolve(result, tree=None, entries=len(result.tree or ()))
    folder = os.path.join(output, result.host or "") if together else output
    staging = f"{area}/{place}"
    try:
        staged = staging if stage(result.tree, folder, staging) else ""
    except RejectedError as rejected:
        return evolve(_with(result, rejected), tree=None)
    return evolve(result, tree=None, entries=len(result.tree), folder=folder, staged=staged)


def _without_stages(result: Compiled) -> Compiled:
    """What travels between processes: not what the stages gave, of which only a place is left."""
    named = result.document.mark(("host",)) if result.document else None
    return Compiled(result.file, result.host, result.tree, result.diagnostics, named=named)


def _doubled(results: Sequence[Compiled]) -> list[Compiled]:
    """Two manifests of one host would write the same folder: refuse the second."""
    seen: dict[str, str] = {}
    checked = []
    for result in results:
        if result.host in seen:
            problem = _second(result, seen[result.host])
            checked.append(evolve(result, diagnostics=(*result.diagnostics, problem)))
        else:
            checked.append(result)
        if result.host:
            seen.setdefault(result.host, result.file)
    return checked


def _second(result: Compiled, first: str) -> Diagnostic:
    said = f'the host "{result.host}" has a manifest already: {first}'
    if first == result.file:
        said = f"the manifest {first} is given twice"
    fix = "give each host one manifest"
    return Diagnostic("HW074", said, ("host",), fix, mark=result.named, file=result.file)


def _failed(results: Sequence[Compiled], *, strict: bool) -> bool:
    return any(
        strict or one.severity is Severity.ERROR for result in results for one in result.diagnostics
    )


def _published(results: list[Compiled], area: str, output: str) -> list[Compiled]:
    """Publish every tree, or none: those that came first go back when a later one cannot."""
    staged = [result for result in results if result.staged]
    if not staged:
        return results
    sync(area, output)
    for count, result in enumerate(staged):
        try:
            publish(result.staged, result.folder)
        except RejectedError as rejected:
            for earlier in reversed(staged[:count]):
                withdraw(earlier.staged, earlier.folder)
            return [_with(one, rejected) if one is result else one for one in results]
    settle(staged[0].folder)
    return results


def _with(result: Compiled, rejected: RejectedError) -> Compiled:
    return evolve(result, diagnostics=(*result.diagnostics, *rejected.diagnostics))
