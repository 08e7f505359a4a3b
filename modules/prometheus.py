"""Prometheus: how each run went, as metrics for the textfile collector of node_exporter."""

from collections.abc import Iterator

from attrs import frozen

from schema.module import Host, Module
from schema.option import option
from schema.resources import Brought, Notifier, Resource
from schema.scalars import AbsolutePath

_PACKAGED = AbsolutePath.known("/var/lib/prometheus/node-exporter")


@frozen(eq=False, repr=False)
class Prometheus(Module):
    """Debian's prometheus-node-exporter, which must be installed."""

    folder: AbsolutePath = option(
        default=_PACKAGED,
        help="node_exporter's textfile directory; reached without a symbolic link",
        example="/var/lib/node-exporter",
    )

    def declare(self, host: Host) -> Iterator[Resource]:
        yield Notifier(
            name="prometheus",
            description="Write the metrics of a run",
            program="prometheus",
            command=(self.folder, host.name),
            is_state=True,
            publishes_to=(self.folder, "folder"),
            packages=("prometheus-node-exporter",) if self.folder == _PACKAGED else (),
            options={"command": ("folder",), "packages": ("folder",)},
        )
        if self.folder == _PACKAGED:
            yield Brought(folders=(self.folder,))
