"""Redis: a copy of the dataset, asked of the running server."""

from collections.abc import Iterator

from attrs import frozen

from schema.bounded import Count
from schema.diagnostics import Diagnostic
from schema.module import Host, Module, error, warning
from schema.option import option
from schema.resources import LiveData, Resource
from schema.scalars import UserName


@frozen(eq=False, repr=False)
class Redis(Module):
    """A Redis server."""

    user: UserName = option(default=UserName.known("redis"), help="the user that it runs as")
    port: Count = option(default=Count(6379), help="its port; 0: only its socket")

    def check(self, host: Host) -> Iterator[Diagnostic]:
        if self.user == "root":
            message = "Redis as root can write every file of the host: CONFIG SET dir"
            yield warning(message, "user", fix="give it a user of its own, such as redis")
        if self.port == 0 and "shop" in host.modules:
            yield error("the shop talks to Redis over TCP", "port", fix="take it out")

    def declare(self, host: Host) -> Iterator[Resource]:
        yield LiveData("/var/lib/redis", "the server rewrites it while borg reads")
