"""Redis: a copy of the dataset, asked of the running server."""

from collections.abc import Iterator

from attrs import frozen

from schema.module import Host, Module
from schema.resources import Dump, Resource


@frozen(eq=False, repr=False)
class Redis(Module):
    """A Redis server."""

    def declair(self, host: Host) -> Iterator[Resource]:
        yield Dump("redis", "Dump Redis", "redis", ("/usr/bin/redis-cli", "--rdb", "redis.rdb"))
