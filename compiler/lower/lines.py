"""A unit in the making: directives with where they come from and why."""

from attrs import define, field

from schema.diagnostics import ManifestPath
from schema.tree import Origin
from schema.units import Directive, Value

Paths = tuple[ManifestPath, ...]


@define(eq=False, repr=False)
class Lines:
    """Collects the directives that one source asks for.

    Attributes:
        source: who asks.
        path: the option, or section, that a line comes from unless another is named.
        also: the options that all of the lines hang on.
        directives: what was collected.
    """

    source: str
    path: ManifestPath
    also: Paths = ()
    directives: list[Directive] = field(factory=list)

    def add(  # noqa: PLR0913, PLR0917 - a directive has that many parts
        self,
        section: str,
        name: str,
        value: Value,
        reason: str,
        path: ManifestPath | None = None,
        also: Paths = (),
        comment: str | None = None,
    ) -> None:
        """Add one line; `path` when another option than the whole section is behind it."""
        if path is None:  # most lines: there are hundreds, so this saves them a call
            origin = Origin(self.source, self.path, reason, self.also + also)
        else:
            origin = self.origin(reason, path, also)
        self.directives.append(Directive(section, name, value, origin, comment))

    def unit(
        self,
        name: str,
        value: Value,
        reason: str,
        path: ManifestPath | None = None,
        also: Paths = (),
    ) -> None:
        """Add a line to [Unit]."""
        self.add("Unit", name, value, reason, path, also)

    def service(  # noqa: PLR0913, PLR0917 - as in `add`
        self,
        name: str,
        value: Value,
        reason: str,
        path: ManifestPath | None = None,
        also: Paths = (),
        comment: str | None = None,
    ) -> None:
        """Add a line to [Service]."""
        self.add("Service", name, value, reason, path, also, comment)

    def origin(self, reason: str, path: ManifestPath | None = None, also: Paths = ()) -> Origin:
        """The origin of a line or resource of the same source."""
        if path is None:
            return Origin(self.source, self.path, reason, self.also + also)
        if path[: len(self.path)] != self.path:
            also = (self.path, *also)
        return Origin(self.source, path, reason, self.also + also)
