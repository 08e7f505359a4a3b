"""Whether a command is one: its words go to a program as they are, with no shell in between."""

import re
from collections.abc import Iterator

from schema.catalog import Catalog
from schema.diagnostics import Diagnostic, Severity
from schema.resources import Dump

_SHELL = r"\|\|?|&&|[12&]?>>?|<|2>&1"


def commands(catalog: Catalog) -> Iterator[Diagnostic]:
    """Pipes and redirections among the words of dump commands."""
    for module, dump in catalog.of(Dump):
        for index, word in enumerate(dump.command):
            if re.fullmatch(_SHELL, word):
                yield Diagnostic(
                    "HW065",
                    f'"{word}" means nothing here: there is no shell, so the program gets it, '
                    "and all that follows, as its own arguments",
                    ("modules", module, *dump.path, "command", index),
                    "put the line into a script, or write [/bin/bash, -eo, pipefail, -c, LINE]",
                    Severity.WARNING,
                )
