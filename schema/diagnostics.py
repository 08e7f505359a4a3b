"""What can be wrong, as values: a code, a place in the manifest, the rule, and the fix."""

from collections.abc import Iterable
from enum import Enum
from typing import Literal

from attrs import frozen

ManifestPath = tuple[str | int, ...]
"""Keys and list positions from the top of the manifest to a value."""


class Severity(Enum):
    """How much a diagnostic matters: an error stops the compile, a warning does under --strict."""

    ERROR = "error"
    WARNING = "warning"


@frozen
class Mark:
    """A stretch of one line of a manifest; line and columns count from 1.

    `file` is the name of the file as the user gave it, or empty for the manifest itself.
    """

    line: int
    column: int
    end: int
    file: str = ""

    def place(self, file: str) -> str:
        """FILE:LINE:COLUMN, as reports write it; `file` is the manifest's own name."""
        return f"{self.file or file}:{self.line}:{self.column}"


WHOLE = Mark(1, 1, 1)
"""The manifest as a whole: no line of it is to blame, and a report shows none."""


@frozen
class Related:
    """A second place that a diagnostic speaks of ("first given here")."""

    message: str
    mark: Mark | None = None
    path: ManifestPath = ()
    is_secret: bool = False


@frozen
class Diagnostic:
    """One thing that is wrong.

    `mark` is set when the place is known as text (the loader, the structurer); later stages
    know the `path` only, and `compiler.locate` finds the mark. `at` says whether the path means
    its key or its value. `about` is another option that has a part in it, such as a missing one.
    `file` is filled in by `compiler.locate` as well. `is_secret` says of the place, here and in
    `Related`, that a secret stands there, which no report shows.
    """

    code: str
    message: str
    path: ManifestPath = ()
    fix: str | None = None
    severity: Severity = Severity.ERROR
    at: Literal["key", "value"] = "value"
    mark: Mark | None = None
    related: tuple[Related, ...] = ()
    about: ManifestPath = ()
    file: str = ""
    is_secret: bool = False


class RejectedError(Exception):
    """A stage cannot give its value; the diagnostics say why."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(f"{len(self.diagnostics)} diagnostics")


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """True when one of them is an error rather than a warning."""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
