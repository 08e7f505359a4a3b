"""The compiler: verbs, one file per stage.

    load -> structure -> evaluate -> lower -> check -> render -> write

Read on in `compile_host`, which is the whole pipeline, then in the file of the stage.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schema.compiled import Compiled


def compile_host(file: str, content: bytes) -> "Compiled":
    """Compile one manifest.

    Args:
        file: its name, for reports only; nothing of it enters the tree.
        content: its bytes.

    Returns:
        The tree, unless there is an error. All errors of all stages that can still run are found
        in one go, in the order of the manifest.
    """
    from attrs import evolve

    from compiler.check import check
    from compiler.echoes import without_echoes
    from compiler.evaluate import evaluate
    from compiler.load import load
    from compiler.locate import locate
    from compiler.lower import lower
    from compiler.render import render
    from compiler.structure import structure
    from schema.compiled import Compiled
    from schema.diagnostics import RejectedError, has_errors

    try:
        document = load(file, content)
    except RejectedError as rejected:
        found = tuple(evolve(one, file=file) for one in rejected.diagnostics)
        return Compiled(file, None, None, found)
    manifest, diagnostics = structure(document)
    if manifest is None:
        return Compiled(file, None, None, locate(document, diagnostics))
    catalog, problems = evaluate(manifest)
    configuration, more = lower(manifest, catalog)
    later = (*problems, *more, *check(manifest, catalog, configuration))
    diagnostics += without_echoes(diagnostics, later)
    tree = None if has_errors(diagnostics) else render(manifest, configuration)
    host = None if tree is None else manifest.host
    return Compiled(file, host, tree, locate(document, diagnostics))
