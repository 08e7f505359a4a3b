"""A shop: its carts are in Redis, and the orders in PostgreSQL."""

from collections.abc import Iterator

from attrs import frozen

from typing import Literal

from schema.diagnostics import Diagnostic
from schema.module import Host, Module, warning
from schema.option import option
from schema.resources import Archive, Resource


@frozen(eq=False, repr=False)
class Shop(Module):
    """A shop."""

    carts: Literal["redis", "postgresql"] = option(default="redis", help="where the carts are")

    def check(self, host: Host) -> Iterator[Diagnostic]:
        if self.carts == "redis":
            yield warning("carts in Redis are gone after a restore", "carts")

    def declare(self, host: Host) -> Iterator[Resource]:
        yield Archive("/srv/shop", "what customers upload")
