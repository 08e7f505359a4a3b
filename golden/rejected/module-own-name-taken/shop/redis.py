"""Redis, as the shop has it."""

from collections.abc import Iterator

from attrs import frozen

from schema.module import Host, Module
from schema.resources import LiveData, Resource


@frozen(eq=False, repr=False)
class Redis(Module):
    """A Redis server."""

    def declare(self, host: Host) -> Iterator[Resource]:
        yield LiveData("/var/lib/redis", "the server rewrites it while borg reads")
