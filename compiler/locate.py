"""Paths of diagnostics -> places in the manifest, and the order in which a person reads them."""

from collections.abc import Iterable

from attrs import evolve

from schema.diagnostics import Diagnostic
from schema.document import Document


def locate(document: Document, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Give every diagnostic its file and mark; sorted by place, each once."""
    located = dict.fromkeys(_located(document, diagnostic) for diagnostic in diagnostics)
    return tuple(sorted(located, key=_place))


def _located(document: Document, diagnostic: Diagnostic) -> Diagnostic:
    related = tuple(
        one if one.mark else evolve(one, mark=document.mark(one.path)) for one in diagnostic.related
    )
    mark = diagnostic.mark or document.mark(diagnostic.path, at=diagnostic.at)
    return evolve(diagnostic, file=document.file, mark=mark, related=related)


def _place(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    mark = diagnostic.mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    return (diagnostic.file, line, column, diagnostic.code)
