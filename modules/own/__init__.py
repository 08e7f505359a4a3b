"""Modules of the user's own: found in folders, loaded apart from ours, and never trusted.

Whatever is wrong with one is a diagnostic at its own file and line. While its code runs, what it
prints goes to standard error, and Python writes no bytecode beside it.
"""

import os
import re
from collections.abc import Iterator

from attrs import field, frozen

import modules
from modules.own.source import Folder, Source
from schema.diagnostics import Diagnostic, Mark, Related
from schema.module import Module

NAME_RULE = "lower-case letters and digits, words joined by _, a letter first"
"""What the file of a module can be called, which is its key in manifests."""

_NAME = r"[a-z][a-z0-9]*(_[a-z0-9]+)*"
Loaded = tuple[type[Module] | None, tuple[Diagnostic, ...]]


@frozen(eq=False, repr=False)
class Own:
    """The modules of some folders; each is loaded when it is named, and not before.

    Attributes:
        sources: where each module is, by name.
        misnamed: the names of files that no module can have, and those that they should have.
        problems: what is wrong with the folders and with the names of their files.
        is_complete: whether every folder could be read.
    """

    sources: dict[str, Source]
    misnamed: frozenset[str]
    problems: tuple[Diagnostic, ...]
    is_complete: bool
    _loaded: dict[str, Loaded] = field(factory=dict, init=False)

    @property
    def is_crippled(self) -> bool:
        """Whether one of those that were looked up does not work, or one cannot be looked up."""
        return bool(self.misnamed) or any(problems for _, problems in self._loaded.values())

    def load(self, name: str) -> Loaded:
        """A module's class, unless something is wrong with it; and what is.

        The folder of a module that is named twice is read once, and its code runs once.
        """
        if name not in self.sources:
            return None, ()
        if name not in self._loaded:
            from modules.own.interface import load

            self._loaded[name] = load(self.sources[name])
        return self._loaded[name]


def own_modules(folders: tuple[Folder, ...]) -> Own:
    """List some folders, each once; the first that has a name keeps it."""
    sources: dict[str, Source] = {}
    misnamed: set[str] = set()
    problems: list[Diagnostic] = []
    is_complete = True
    once: dict[str, Folder] = {}
    for folder in folders:
        once.setdefault(folder.real, folder)
    for folder in once.values():
        try:
            files = sorted(os.listdir(folder.path))
        except (OSError, ValueError) as error:
            problems.append(_unreadable(folder, error))
            is_complete = False
            continue
        for source in _sources(folder, files):
            if not is_name(source.name):
                problems.append(_misnamed(source))
                misnamed |= {source.name, _better(source.name)}
                continue
            problem = _taken(source, sources)
            problems += [problem] if problem else []
            sources.setdefault(source.name, source)
    return Own(sources, frozenset(misnamed), tuple(problems), is_complete)


def _sources(folder: Folder, files: list[str]) -> Iterator[Source]:
    for file in files:
        if file.endswith(".py") and not file.startswith("_"):
            yield Source(folder, file.removesuffix(".py"))


def _misnamed(source: Source) -> Diagnostic:
    better = _better(source.name)
    fix = f"rename the file to {better}.py" if is_name(better) else "rename the file"
    return Diagnostic(
        "HW032",
        f'"{source.name}" is no name of a module: {NAME_RULE}',
        fix=f"{fix}; a file that is no module begins with _",
        mark=Mark(1, 1, 2, source.file),
    )


def _better(name: str) -> str:
    """The name that was meant, most likely."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def is_name(text: str) -> bool:
    """Whether a text can be the name of a module."""
    return re.fullmatch(_NAME, text, re.ASCII) is not None


def _taken(source: Source, known: dict[str, Source]) -> Diagnostic | None:
    first = known.get(source.name)
    if first is None and source.name not in modules.names():
        return None
    whose = "Hostwright has one of this name" if first is None else "an earlier folder has one"
    related = () if first is None else (Related("this one is used", Mark(1, 1, 2, first.file)),)
    return Diagnostic(
        "HW034",
        f'the name "{source.name}" is taken: {whose}, and this module would never be used',
        fix="rename the file",
        mark=Mark(1, 1, 2, source.file),
        related=related,
    )


def _unreadable(folder: Folder, error: OSError | ValueError) -> Diagnostic:
    reason = getattr(error, "strerror", None) or str(error)
    return Diagnostic(
        "HW035",
        f'cannot read the folder of modules "{folder.path}": {reason}',
        fix="name a folder with one Python file per module; a manifest names it relative to itself",
        mark=folder.mark,
    )
