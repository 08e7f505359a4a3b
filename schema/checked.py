"""Which options each diagnostic is about, so that `explain` can say which check watches one."""

import os
from functools import cache

ANY = "*"
"""Stands for every option: a rule of the language, or of all values of a kind."""

FILE = "."
"""Stands for the manifest as a text, before it has options."""


def codes_about(option: str) -> tuple[str, ...]:
    """The codes of the diagnostics about an option, such as `backup.keep` or `modules.dump.JOB`."""
    return tuple(code for code, options in checked().items() if option in options)


@cache
def checked() -> dict[str, tuple[str, ...]]:
    """Of each code, the options that it is about (see the head of `data/checked.txt`)."""
    folder = os.path.join(os.path.dirname(__file__), "data")
    with open(os.path.join(folder, "checked.txt"), encoding="utf-8") as file:
        text = "".join(line for line in file if not line.startswith("#"))
    found: dict[str, tuple[str, ...]] = {}
    for entry in text.replace("\n ", " ").splitlines():
        if entry.strip():
            code, *options = entry.split()
            found[code] = tuple(options)
    return found
