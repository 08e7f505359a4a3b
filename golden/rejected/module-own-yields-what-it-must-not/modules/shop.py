"""A shop: nothing but its user."""

from attrs import frozen

from schema.diagnostics import Diagnostic
from schema.module import Host, Module
from schema.resources import Brought


@frozen(eq=False, repr=False)
class Shop(Module):
    """A shop."""

    def check(self, host: Host) -> list[Diagnostic]:
        return [Diagnostic("SHOP1", "the shop is closed")]

    def declare(self, host: Host) -> Brought:
        return Brought(users=("shop",))
