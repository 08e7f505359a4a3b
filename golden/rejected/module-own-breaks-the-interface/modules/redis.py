"""Redis: a copy of the dataset, asked of the running server."""

from collections.abc import Iterator

from attrs import frozen

from schema.module import DumpModule, Host
from schema.option import option
from schema.resources import Dump, Resource
from schema.scalars import AbsolutePath, Text


@frozen(eq=False, repr=False)
class Redis(DumpModule):
    """A Redis server."""

    port: int = option(default=6379, help="its port")
    socket: AbsolutePath = option(default="/run/redis/redis.sock", help="its socket")
    hosts: tuple[Text, ...] = option(default=("a", "b"), help="its cluster")
    databases: list[str] = []

    def declare(self, host: Host) -> Iterator[Resource]:
        yield Dump("redis", "Dump Redis", "redis", ("/usr/bin/redis-cli", "--rdb", "redis.rdb"))
