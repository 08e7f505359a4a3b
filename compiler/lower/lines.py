"""A unit in the making: directives with where they come from and why."""

from attrs import define, field

from schema.diagnostics import ManifestPath
from schema.tree import Origin
from schema.units import Directive, Value


@define(eq=False, repr=False)
class Lines:
    """Collects the directives that one source asks for."""

    source: str
    path: ManifestPath
    directives: list[Directive] = field(factory=list)

    def add(  # noqa: PLR0913 - a directive has that many parts
        self,
        section: str,
        name: str,
        value: Value,
        reason: str,
        *,
        path: ManifestPath | None = None,
        comment: str | None = None,
    ) -> None:
        """Add one line; `path` when another option than the whole section is behind it."""
        origin = Origin(self.source, self.path if path is None else path, reason)
        self.directives.append(Directive(section, name, value, origin, comment))

    def unit(self, name: str, value: Value, reason: str, path: ManifestPath | None = None) -> None:
        """Add a line to [Unit]."""
        self.add("Unit", name, value, reason, path=path)

    def service(
        self,
        name: str,
        value: Value,
        reason: str,
        path: ManifestPath | None = None,
        comment: str | None = None,
    ) -> None:
        """Add a line to [Service]."""
        self.add("Service", name, value, reason, path=path, comment=comment)

    def origin(self, reason: str, path: ManifestPath | None = None) -> Origin:
        """The origin of a resource of the same source."""
        return Origin(self.source, self.path if path is None else path, reason)
