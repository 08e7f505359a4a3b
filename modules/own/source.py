"""Where a module of the user's own stands, and what a report says of it there."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from types import TracebackType
from typing import Any

from attrs import frozen
from attrs.exceptions import FrozenInstanceError

from schema.diagnostics import Diagnostic, Mark, Related

_LONGEST = 300
_PACKAGE = "own:"


@frozen(eq=False, repr=False)
class Folder:
    """A folder of modules: its path as the user gave it, and the place that names it, if any."""

    path: str
    mark: Mark | None = None

    @property
    def real(self) -> str:
        """The one path of the folder, however it was named."""
        return os.path.realpath(self.path)


@frozen(eq=False, repr=False)
class Source:
    """One module's file."""

    folder: Folder
    name: str

    @property
    def file(self) -> str:
        """The path that reports show."""
        return os.path.join(self.folder.path, f"{self.name}.py")

    @property
    def real(self) -> str:
        """The path that Python loads."""
        return os.path.join(self.folder.real, f"{self.name}.py")

    def refused(self, message: str, fix: str | None = None, line: int = 1) -> Diagnostic:
        """The module breaks the interface, at a line of its file."""
        return self._said("HW032", message, fix, self._mark(self.file, line))

    def failed(self, error: BaseException, doing: str, line: int = 1) -> Diagnostic:
        """The module's code raised, or is no Python: at the innermost line of its folder.

        Args:
            error: what it raised.
            doing: what was going on, as a sentence goes on after "while".
            line: the one to blame when none of the folder was running, as in a call with too many
                arguments.
        """
        file, line = self._place(error, line)
        message = f'the module "{self.name}" fails while {doing}: {self._told(error)}'
        return self._said("HW033", message, _fix(error), self._mark(file, line))

    def line_of(self, function: Any) -> int:
        """The line of a function of the module's own file, or else the first."""
        code = getattr(function, "__code__", None)
        return code.co_firstlineno if code is not None and code.co_filename == self.real else 1

    def _said(self, code: str, message: str, fix: str | None, mark: Mark) -> Diagnostic:
        path = ("modules", self.name)
        related = (Related("the manifest names it here", path=path),)
        return Diagnostic(code, message, path, fix, mark=mark, related=related)

    def _told(self, error: BaseException) -> str:
        """An error in one line, as a traceback ends."""
        name = type(error).__name__
        try:
            text = error.msg if isinstance(error, SyntaxError) else str(error)
        except Exception:  # noqa: BLE001 - an exception of the user's own, whose __str__ fails as well
            return name
        text = text.partition("  Attribute in question")[0]  # attrs prints the whole of it
        words = " ".join(text.replace(f"{package_of(self.folder)}.", "").split())
        short = words if len(words) <= _LONGEST else f"{words[: _LONGEST - 3]}..."
        return f"{name}: {short}" if short else name

    def _place(self, error: BaseException, line: int) -> tuple[str, int]:
        if isinstance(error, SyntaxError) and error.lineno:
            return self._shown(error.filename or "") or self.file, error.lineno
        found = (self.file, line)
        for frame, running in _frames(error.__traceback__):
            if (shown := self._shown(frame)) is not None:
                found = (shown, running)
        return found

    def _shown(self, file: str) -> str | None:
        """The path that reports show for a file of the folder; None for any other."""
        below = self.folder.real.rstrip("/") + "/"
        inside = file.startswith(below)
        return os.path.join(self.folder.path, file.removeprefix(below)) if inside else None

    @staticmethod
    def _mark(file: str, line: int) -> Mark:
        """The whole line, without its indentation."""
        text = ""
        if os.path.isfile(file):
            with suppress(OSError, IndexError), open(file, "rb") as source:
                lines = source.read().decode("utf-8", "replace").split("\n")
                text = lines[line - 1].rstrip()
        start = len(text) - len(text.lstrip()) + 1
        return Mark(line, start, max(len(text) + 1, start + 1), file)


@contextmanager
def set_apart() -> Iterator[None]:
    """Run code of the user: it cannot spoil standard output, and leaves no bytecode behind."""
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        sys.dont_write_bytecode = before


def _frames(traceback: TracebackType | None) -> Iterator[tuple[str, int]]:
    while traceback is not None:
        yield traceback.tb_frame.f_code.co_filename, traceback.tb_lineno
        traceback = traceback.tb_next


def _fix(error: BaseException) -> str | None:
    if isinstance(error, SystemExit):
        return "let check() yield an error instead"
    if isinstance(error, FrozenInstanceError):
        return "a module changes nothing: compute what it yields from its options each time"
    if isinstance(error, ValueError) and str(error).startswith("No mandatory attributes"):
        return (
            "write @frozen(kw_only=True) above the class: an option without a default is required"
        )
    if isinstance(error, ModuleNotFoundError) and not _is_own(error.name or ""):
        return "install it for the Python that runs Hostwright, or do without it"
    return None


def package_of(folder: Folder) -> str:
    """The name under which Python knows a folder: no other folder, or package, can have it.

    It has no dot, which would make it a part of another package.
    """
    return _PACKAGE + folder.real.replace("%", "%25").replace(".", "%2E")


def _is_own(name: str) -> bool:
    return name.startswith(_PACKAGE)
