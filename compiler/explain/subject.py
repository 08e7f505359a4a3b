"""What questions are about: a compiled manifest, or as much of one as there is."""

from functools import cached_property

from attrs import evolve, field, frozen

from compiler.explain.declared import declared_at
from compiler.explain.secrecy import Veil
from compiler.reference.sections import Entry, Modules, Section
from schema.compiled import Compiled
from schema.diagnostics import ManifestPath
from schema.document import Document
from schema.tree import Tree


@frozen(eq=False, repr=False, slots=False)
class Subject:
    """One host.

    Attributes:
        compiled: with all definitions, and a tree if the manifest is right.
        document: the merged manifest.
        modules: what it can name.
    """

    compiled: Compiled
    document: Document
    modules: Modules
    veil: Veil = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "veil", Veil(self.compiled.diagnostics, self.modules))

    @property
    def tree(self) -> Tree:
        """Everything that came of it; nothing as long as the manifest is wrong."""
        return self.compiled.tree if self.compiled.tree is not None else Tree(())

    @cached_property
    def enabled(self) -> frozenset[str] | None:
        """The modules that the host has; None when the manifest is too wrong to tell."""
        manifest = self.compiled.manifest
        return None if manifest is None else frozenset(manifest.modules)

    def declared(self, path: ManifestPath) -> Section | Entry | None:
        """The option or section at a path."""
        return declared_at(path, self.modules)


def subject_of(compiled: Compiled, modules: Modules) -> Subject | None:
    """What can be asked about; None when the manifest could not be read at all."""
    if compiled.document is None:
        return None
    return Subject(evolve(compiled), compiled.document, modules)
