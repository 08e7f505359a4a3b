"""Redis: a copy of the dataset, asked of the running server."""

from collections.abc import Iterator

from attrs import frozen

from schema.bounded import Count
from schema.module import Host, Module
from schema.option import option
from schema.resources import Resource

from ._shares import share


@frozen(eq=False, repr=False)
class Redis(Module):
    """A Redis server."""

    parts: Count = option(default=Count(4), help="in how many parts it is dumped")

    def declare(self, host: Host) -> Iterator[Resource]:
        yield share(self, "all")
