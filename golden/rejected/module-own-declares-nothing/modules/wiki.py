"""A wiki: its pages are files."""

from collections.abc import Iterator

from attrs import frozen

from schema.diagnostics import Diagnostic
from schema.module import Host, Module, warning
from schema.option import option
from schema.resources import Archive, Brought, Resource
from schema.scalars import AbsolutePath


@frozen(eq=False, repr=False)
class Wiki(Module):
    """A wiki."""

    data: AbsolutePath = option(default=AbsolutePath.known("/srv/wiki"), help="where its pages are")

    def check(self, host: Host) -> Iterator[Diagnostic]:
        if self.data == "/srv/wiki":
            yield warning("the package has moved its pages to /var/lib/wiki", "dta")

    def declare(self, host: Host) -> Iterator[Resource]:
        return Archive(self.data, "its pages")
        yield Brought(users=("wiki",))
