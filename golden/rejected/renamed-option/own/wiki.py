"""The office's wiki: pages and pictures in one folder."""

from collections.abc import Iterator
from typing import ClassVar

from attrs import frozen

from schema.module import Host, Module
from schema.option import option
from schema.renaming import Rename, Renamed
from schema.resources import Archive, Resource
from schema.scalars import AbsolutePath


@frozen(eq=False, repr=False)
class Wiki(Module):
    """A wiki."""

    renames: ClassVar[tuple[Rename, ...]] = (
        Renamed("folder", "data", since="0.2", until="0.9"),
    )
    data: AbsolutePath = option(
        default=AbsolutePath.known("/srv/wiki"), help="where pages and pictures are"
    )

    def declare(self, host: Host) -> Iterator[Resource]:
        """Archive the folder."""
        yield Archive(self.data, "the pages of the wiki", option=("data",))
