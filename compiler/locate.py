"""Paths of diagnostics -> places in the manifest, and the order in which a person reads them."""

from collections.abc import Iterable

from attrs import evolve

from schema.diagnostics import Diagnostic, Related
from schema.document import Document


def locate(document: Document, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Give every diagnostic its file and mark; sorted by place, each once."""
    located = dict.fromkeys(_located(document, diagnostic) for diagnostic in diagnostics)
    return tuple(sorted(located, key=_place))


def _located(document: Document, diagnostic: Diagnostic) -> Diagnostic:
    related = tuple(_related(document, one) for one in diagnostic.related)
    mark = diagnostic.mark or document.mark(diagnostic.path, at=diagnostic.at)
    file = diagnostic.file or mark.file or document.file
    return evolve(diagnostic, file=file, mark=mark, related=related)


def _related(document: Document, one: Related) -> Related:
    """Its mark says the file, which need not be that of the diagnostic."""
    mark = one.mark or document.mark(one.path)
    return evolve(one, mark=mark if mark.file else evolve(mark, file=document.file))


def _place(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    mark = diagnostic.mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    return (diagnostic.file, line, column, diagnostic.code)
