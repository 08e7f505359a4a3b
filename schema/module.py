"""The interface of a module: a frozen attrs class whose fields are its options.

A module yields values and does nothing: no file, no clock, no environment, no network. First every
module is asked for its `requests` (gitea: "a database called gitea"); then each one `declare`s, and
can read what was asked of it. A request may not cause another request.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal, TypeVar

from attrs import frozen

from schema.bounded import Percentage
from schema.conditions import When
from schema.diagnostics import Diagnostic, Severity
from schema.option import option
from schema.resources import Request, Resource
from schema.targets import Target
from schema.times import Timeout

if TYPE_CHECKING:
    from schema.renaming import Rename

R = TypeVar("R", bound=Request)


def error(
    message: str, *path: str | int, fix: str | None = None, code: str = "HW031"
) -> Diagnostic:
    """What `check` yields when options do not fit together: nothing is compiled.

    Args:
        message: what is wrong, and what would come of it.
        path: the option to blame, from the module's own options on.
        fix: what to write instead.
        code: HW031 is for what only this module knows.
    """
    return Diagnostic(code, message, path, fix)


def warning(message: str, *path: str | int, fix: str | None = None) -> Diagnostic:
    """As `error`, for what may be meant: the host is compiled, unless --strict is given."""
    return Diagnostic("HW031", message, path, fix, Severity.WARNING)


@frozen(eq=False, repr=False)
class Host:
    """What a module may know of the host it is on."""

    name: str
    target: Target
    modules: frozenset[str] = frozenset()
    requests: tuple[Request, ...] = ()

    def requested(self, kind: type[R]) -> tuple[R, ...]:
        """What other modules asked for, in the order of their names."""
        return tuple(request for request in self.requests if isinstance(request, kind))


@frozen(eq=False, repr=False)
class Module:
    """Software on the host, and what its backup takes."""

    answers: ClassVar[tuple[type[Request], ...]] = ()
    """The kinds of request that this module fulfils."""

    renames: "ClassVar[tuple[Rename, ...]]" = ()
    """Options of this module that had another name, or are no more; relative to its options."""

    enable: bool = option(
        default=True, help="false switches off a module that an imported profile brought"
    )
    when: When | None = option(
        default=None,
        help="what must be true of the host for this entry to count at all",
        example="{target: debian-13}",
        merge="whole",
        since="0.2",
    )

    def requests(self, host: Host) -> Iterator[Request]:
        """What this module needs of other modules."""
        yield from ()

    def check(self, host: Host) -> Iterator[Diagnostic]:
        """What is wrong with the options; paths are relative to the module's own options."""
        yield from ()

    def declare(self, host: Host) -> Iterator[Resource]:
        """What the backup of this software takes."""
        yield from ()


@frozen(eq=False, repr=False)
class DumpModule(Module):
    """A module that dumps: the options that each of them has."""

    required: bool = option(
        default=True,
        help="whether a failed dump fails the whole backup, before anything is archived",
    )
    timeout: Timeout = option(
        default=Timeout.known("2h"), help="how long the dump may take before it counts as failed"
    )
    shrink_limit: Literal["off"] | Percentage = option(
        default=Percentage(50),
        help="by how many percent a dump may be smaller than the last good one; a smaller one is a "
        "failure, and the last good one is kept",
        example="off",
    )
    drill: bool = option(
        default=True, help="whether the drill (backup.drill) restores this dump, too"
    )

    @property
    def most_shrinkage(self) -> int | None:
        """By how many percent a dump may shrink; None is any."""
        return None if self.shrink_limit == "off" else self.shrink_limit
