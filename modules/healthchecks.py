"""Healthchecks: healthchecks.io, or a server of your own, hears of each start, success and failure.

Each unit is a check of its own (web1-backup, web1-backup-check, web1-backup-drill, ...), made when
it is first heard of: the success of one never hides the failure of another.
"""

from collections.abc import Iterator

from attrs import frozen

from schema.bounded import LineCount
from schema.module import Host, Module
from schema.option import option
from schema.resources import Notifier, Resource
from schema.scalars import SecretFile
from schema.web import WebAddress


@frozen(eq=False, repr=False, kw_only=True)
class Healthchecks(Module):
    """A project of Healthchecks."""

    ping_key: SecretFile = option(
        help="the file on the host that holds the project's ping key, which becomes a systemd "
        "credential",
        example="/etc/credstore/healthchecks-ping-key",
    )
    url: WebAddress = option(
        default=WebAddress.known("https://hc-ping.com"),
        help="where the pings go: the ping endpoint of the server",
        example="https://hc.example.org/ping",
    )
    log_lines: LineCount = option(
        default=LineCount(50),
        help="how many of the last lines of the run's log are sent along; 0: none",
        example="0",
    )

    def declare(self, host: Host) -> Iterator[Resource]:
        yield Notifier(
            name="healthchecks",
            description="Tell Healthchecks how a run went",
            program="healthchecks",
            command=(self.url, host.name, str(self.log_lines)),
            starts=True,
            is_state=True,
            network=True,
            packages=("ca-certificates",),
            credentials=(("ping_key", self.ping_key, "ping_key"),),
            options={"command": ("url", "log_lines")},
        )
