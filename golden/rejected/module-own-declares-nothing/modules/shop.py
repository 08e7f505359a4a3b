"""A shop: what customers upload."""

from collections.abc import Iterator

from attrs import frozen

from schema.module import Host, Module
from schema.option import option
from schema.resources import Archive, Resource
from schema.scalars import AbsolutePath


@frozen(eq=False, repr=False)
class Shop(Module):
    """A shop."""

    uploads: tuple[AbsolutePath, ...] = option(
        default=(), help="the folders of what customers upload"
    )

    def declare(self, host: Host) -> Iterator[Resource]:
        for folder in self.uploads:
            yield Archive(folder, "what customers upload")
