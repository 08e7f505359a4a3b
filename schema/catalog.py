"""What all modules of a host declared together."""

from typing import TypeVar

from attrs import frozen

from schema.resources import Resource

R = TypeVar("R", bound=Resource)


@frozen(eq=False, repr=False)
class Declaration:
    """A resource and the module that declared it."""

    module: str
    resource: Resource


@frozen(eq=False, repr=False)
class Catalog:
    """Every declaration, in the order of the modules' names."""

    declarations: tuple[Declaration, ...]

    def of(self, kind: type[R]) -> tuple[tuple[str, R], ...]:
        """Module and resource of each declaration of a kind."""
        return tuple(
            (declaration.module, declaration.resource)
            for declaration in self.declarations
            if isinstance(declaration.resource, kind)
        )
