"""What came of one manifest."""

from typing import TYPE_CHECKING

from attrs import frozen

from schema.diagnostics import Diagnostic, Mark
from schema.document import Document
from schema.tree import Tree

if TYPE_CHECKING:
    from schema.catalog import Catalog
    from schema.host import Manifest
    from schema.units import Configuration


@frozen(eq=False, repr=False)
class Compiled:
    """A manifest's tree, or None, and everything there is to say about it.

    `entries`, `folder` and `staged` are set when the tree was staged for a folder, `package` and
    `staged_package` when its package was. `named` is where the manifest says its host. `document`
    is the merged manifest, with all definitions where they were asked for; `manifest`, `catalog`
    and `configuration` are what the other stages gave, as far as the compile came.
    """

    file: str
    host: str | None
    tree: Tree | None
    diagnostics: tuple[Diagnostic, ...]
    entries: int = 0
    folder: str = ""
    staged: str = ""
    package: str = ""
    staged_package: str = ""
    document: Document | None = None
    named: Mark | None = None
    manifest: "Manifest | None" = None
    catalog: "Catalog | None" = None
    configuration: "Configuration | None" = None
