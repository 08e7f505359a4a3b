"""A command line in the making: words, each with the options of the manifest that it comes from."""

from compiler.lower.lines import Paths
from schema.host import Manifest
from schema.layout import library
from schema.units import Command

Word = tuple[str, Paths]
"""A word, and where it comes from."""

LAYOUT: Paths = (("layout",),)


def command(*words: str | Word, prefix: str = "") -> Command:
    """One command line; a word that is only a text comes from Hostwright itself."""
    told = [(word, ()) if isinstance(word, str) else word for word in words]
    return Command(tuple(text for text, _ in told), prefix, tuple(paths for _, paths in told))


def installed(manifest: Manifest, name: str) -> Word:
    """The place of one of our scripts on the host."""
    return f"{library(manifest.layout)}/hostwright/{name}", LAYOUT


def each(words: tuple[str, ...], *paths: tuple[str | int, ...]) -> tuple[Word, ...]:
    """Words that all come from the same options."""
    return tuple((word, paths) for word in words)


def listed(words: tuple[str, ...], path: tuple[str | int, ...]) -> tuple[Word, ...]:
    """The items of a list of the manifest."""
    return tuple((word, ((*path, index),)) for index, word in enumerate(words))
