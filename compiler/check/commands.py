"""Whether a command is one: its words go to a program as they are, with no shell in between."""

import re
from collections.abc import Iterator

from schema.catalog import Catalog
from schema.diagnostics import Diagnostic, ManifestPath, Severity
from schema.resources import Dump

_SHELL = r"\|\|?|&&|[12&]?>>?|<|2>&1"


def commands(catalog: Catalog) -> Iterator[Diagnostic]:
    """Pipes and redirections among the words of dump commands."""
    for module, dump in catalog.of(Dump):
        for step, words in dump.commands:
            yield from _command(("modules", module, *dump.path, *step), words)


def _command(path: ManifestPath, words: tuple[str, ...]) -> Iterator[Diagnostic]:
    for index, word in enumerate(words):
        if re.fullmatch(_SHELL, word):
            yield Diagnostic(
                "HW065",
                f'"{word}" means nothing here: there is no shell, so the program gets it, '
                "and all that follows, as its own arguments",
                (*path, index),
                "put the line into a script, or write [/bin/bash, -eo, pipefail, -c, LINE]",
                Severity.WARNING,
            )
