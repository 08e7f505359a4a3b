"""Redis: a copy of the dataset, asked of the running server."""

from collections.abc import Iterator

from attrs import frozen

from schema.module import Host, Module
from schema.resources import Archive, Dump, Needs, Resource


@frozen(eq=False, repr=False)
class Redis(Module):
    """A Redis server."""

    def declare(self, host: Host) -> Iterator[Resource]:
        yield Dump(
            name="redis",
            description="Dump Redis\nUser=root",
            user="redis",
            command=("/usr/bin/redis-cli", "--rdb", "redis.rdb"),
        )
        yield Archive("srv/redis", "what it stores")
        yield Needs(network=True)
