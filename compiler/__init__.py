"""The compiler: verbs, one file per stage.

    load -> collect -> rename -> merge -> structure -> evaluate -> lower -> check -> render -> write

Read on in `compile_host`, which is the whole pipeline, then in the file of the stage.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compiler.profiles import Profiles
    from modules import Collection
    from schema.compiled import Compiled
    from schema.diagnostics import Diagnostic
    from schema.document import Document


def compile_host(
    file: str,
    content: bytes,
    profiles: "Profiles | None" = None,
    *,
    modules: "Sequence[str]" = (),
    explained: bool = False,
) -> "Compiled":
    """Compile one manifest.

    Args:
        file: its name, for reports and for what it imports; nothing of it enters the tree.
        content: its bytes.
        profiles: the imported files that were read for other hosts.
        modules: folders of the user's own modules, besides those that the manifest names.
        explained: whether the document is to know all definitions, the losing ones too.

    Returns:
        The tree, unless there is an error. All errors of all stages that can still run are found
        in one go, in the order of the manifest.
    """
    from attrs import evolve

    from compiler.locate import locate
    from schema.compiled import Compiled
    from schema.diagnostics import RejectedError

    try:
        document, known, found = _read(file, content, profiles, modules, explained=explained)
    except RejectedError as rejected:
        return Compiled(file, None, None, rejected.diagnostics)
    result = _compiled(document, known, found)
    return evolve(result, diagnostics=locate(document, result.diagnostics), document=document)


def _read(
    file: str,
    content: bytes,
    profiles: "Profiles | None",
    folders: "Sequence[str]",
    *,
    explained: bool,
) -> "tuple[Document, Collection, list[Diagnostic]]":
    """All files of a manifest as one document, and the modules that it can name.

    Raises:
        RejectedError: one of them cannot be read.
    """
    from attrs import evolve

    from compiler.collect import collect
    from compiler.load import load
    from compiler.locate import locate
    from compiler.merge import merge
    from compiler.module_path import collection, with_all_folders
    from compiler.profiles import Profiles
    from compiler.rename import rename_sources
    from schema.diagnostics import RejectedError

    try:
        document = load(file, content)
    except RejectedError as rejected:
        found = tuple(evolve(one, file=file) for one in rejected.diagnostics)
        raise RejectedError(found) from None
    sources, missing = collect(document, profiles or Profiles())
    if missing:
        raise RejectedError(locate(document, missing))
    known = collection(sources.documents, folders)
    sources, renamed = rename_sources(sources, known.find)
    document, conflicts = merge(sources, known.find, explained=explained)
    document = with_all_folders(document, sources.documents)
    return document, known, [*known.complaints, *renamed, *conflicts]


def _compiled(
    document: "Document", known: "Collection", found: "Sequence[Diagnostic]"
) -> "Compiled":
    """What the other stages make of a document."""
    from compiler.check import check
    from compiler.echoes import without_echoes
    from compiler.evaluate import evaluate
    from compiler.lower import lower
    from compiler.render import render
    from compiler.structure import structure
    from schema.compiled import Compiled
    from schema.diagnostics import has_errors

    manifest, wrong = structure(document, known)
    diagnostics = (*found, *wrong)
    if manifest is None:
        return Compiled(document.file, None, None, diagnostics)
    catalog, problems = evaluate(manifest, known)
    configuration, more = lower(manifest, catalog)
    later = (*problems, *more, *check(manifest, catalog, configuration))
    diagnostics = (*diagnostics, *without_echoes(diagnostics, later))
    tree = None if has_errors(diagnostics) else render(manifest, configuration)
    return Compiled(
        document.file,
        None if tree is None else manifest.host,
        tree,
        diagnostics,
        manifest=manifest,
        catalog=catalog,
        configuration=configuration,
    )
