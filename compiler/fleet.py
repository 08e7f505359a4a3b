"""Many manifests at once: compiled and staged side by side, published together or not at all."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from attrs import evolve

from compiler import compile_host
from compiler.contents import contents
from compiler.destination import Destination, NotPublishedError
from compiler.processes import Counter, mapped
from compiler.profiles import Profiles
from schema.compiled import Compiled
from schema.diagnostics import Diagnostic, RejectedError, Severity

if TYPE_CHECKING:
    from compiler.deb.packaging import Packaging

Job = tuple[int, str]
"""A manifest and its place on the command line, which names its staging folder."""


def compile_fleet(  # noqa: PLR0913 - what a command line can say
    files: Sequence[str],
    output: str | None,
    *,
    strict: bool,
    modules: Sequence[str] = (),
    packaging: "Packaging | None" = None,
    done: Counter | None = None,
) -> list[Compiled]:
    """Compile manifests and, unless something is wrong with any of them, write what they become.

    Args:
        files: the manifests.
        output: the folder for one tree, or for a folder per host; None writes no tree.
        strict: whether a warning keeps everything from being written.
        modules: folders of the user's own modules, besides those that the manifests name.
        packaging: how packages are made, and where they go; None makes none.
        done: is told of manifests that are compiled.

    Returns:
        What came of each manifest, in their order; trees that were staged are left out.
    """
    destination = Destination.of(output, packaging, together=len(files) > 1)
    compiled = partial(compile_host, profiles=Profiles(), modules=modules)
    try:
        with destination.claimed():
            results = _compiled(partial(_compile, compiled, destination), files, done)
            if _failed(results, strict=strict):
                return results
            return _published(destination, results)
    except RejectedError as rejected:
        first, *others = _compiled(partial(_compile, compiled, Destination()), files, None)
        return [_with(first, rejected), *others]


def _compiled(
    work: Callable[[Job], Compiled], files: Sequence[str], done: Counter | None
) -> list[Compiled]:
    return _doubled(mapped(work, list(enumerate(files)), done))


def _compile(
    compiled: Callable[[str, bytes], Compiled], destination: Destination, job: Job
) -> Compiled:
    """Compile one manifest and stage what it becomes."""
    place, file = job
    try:
        content = contents(file)
    except OSError as error:
        reason = error.strerror or str(error)
        problem = Diagnostic("HW001", f"cannot read the manifest: {reason}", file=file)
        return Compiled(file, None, None, (problem,))
    result = compiled(file, content)
    try:
        result = destination.stage(place, result)
    except RejectedError as rejected:
        result = _with(result, rejected)
    return _without_stages(result)


def _without_stages(result: Compiled) -> Compiled:
    """What travels between processes: not what the stages gave, of which only a place is left."""
    named = result.document.mark(("host",)) if result.document else None
    return evolve(
        result,
        entries=len(result.tree or ()),
        named=named,
        tree=None,
        document=None,
        manifest=None,
        catalog=None,
        configuration=None,
    )


def _published(destination: Destination, results: list[Compiled]) -> list[Compiled]:
    try:
        destination.publish(results)
    except NotPublishedError as error:
        return [_with(one, error.rejected) if one is error.result else one for one in results]
    return results


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


def _with(result: Compiled, rejected: RejectedError) -> Compiled:
    return evolve(result, diagnostics=(*result.diagnostics, *rejected.diagnostics))
