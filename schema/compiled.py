"""What came of one manifest."""

from attrs import frozen

from schema.diagnostics import Diagnostic
from schema.tree import Tree


@frozen(eq=False, repr=False)
class Compiled:
    """A manifest's tree, or None, and everything there is to say about it.

    `entries`, `folder` and `staged` are set when the tree was staged for a folder.
    """

    file: str
    host: str | None
    tree: Tree | None
    diagnostics: tuple[Diagnostic, ...]
    entries: int = 0
    folder: str = ""
    staged: str = ""
