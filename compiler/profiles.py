"""Imported files on disk: each is read once, however many hosts and profiles import it."""

import os
import stat

from attrs import evolve

from compiler.contents import contents
from compiler.load import load
from schema.diagnostics import Diagnostic, RejectedError
from schema.document import Document


class Profiles:
    """The files that were imported so far, by the names that reports show.

    Two names may mean one file: what tells files apart is where they really are.
    """

    def __init__(self) -> None:
        self._loaded: dict[str, Document | RejectedError] = {}
        self._real: dict[str, str] = {}

    def real(self, name: str) -> str:
        """The one path of a file or folder, however it is named.

        Raises:
            ValueError: there is a NUL in the name.
        """
        if name not in self._real:
            self._real[name] = os.path.realpath(name)
        return self._real[name]

    def load(self, name: str) -> Document:
        """The document of a file.

        Raises:
            OSError: it cannot be read.
            RejectedError: it is no manifest; the diagnostics name the file.
        """
        if name not in self._loaded:
            self._loaded[name] = _loaded(name)
        found = self._loaded[name]
        if isinstance(found, RejectedError):
            raise found
        return found


def _loaded(name: str) -> Document | RejectedError:
    if not stat.S_ISREG(os.stat(name).st_mode):
        raise OSError(0, "it is no regular file")
    content = contents(name)
    try:
        return load(name, content, imported=True)
    except RejectedError as rejected:
        found: tuple[Diagnostic, ...] = rejected.diagnostics
        return RejectedError(evolve(one, file=name) for one in found)
