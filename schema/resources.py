"""What a module can ask for. `compiler/lower` turns each into units, folders and accounts."""

from typing import Literal

from attrs import frozen

from schema.diagnostics import ManifestPath


@frozen(eq=False, repr=False)
class Needs:
    """What a program must reach. Everything else is taken away from it.

    Attributes:
        read: paths below a home that it reads (a home is hidden otherwise).
        write: folders that it writes to, besides its own dump folder.
        network: whether it talks over TCP/IP; unix sockets are always there.
        devices: whether it opens devices besides the standard pseudo devices.
        just_in_time: whether it makes memory executable (the JVM, Node.js, LuaJIT).
    """

    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    network: bool = False
    devices: bool = False
    just_in_time: bool = False


@frozen(eq=False, repr=False)
class Dump:
    """A program that writes what is to be archived, as its own user, in its own unit.

    `command` runs with a fresh folder as its working directory (`output="folder"`), or its standard
    output becomes `file` (`output="stdout"`). `program` is a script among the templates, such as
    `dump/sqlite`, that takes the words of `command` as its arguments. `leaves` are names of files
    that it is known to leave, for checks of the excludes.
    """

    name: str
    description: str
    user: str
    command: tuple[str, ...]
    output: Literal["stdout", "folder"] = "folder"
    file: str | None = None
    program: str | None = None
    leaves: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    needs: Needs = Needs()
    after: tuple[str, ...] = ()
    required: bool = True
    timeout: str = "2h"
    path: ManifestPath = ()


@frozen(eq=False, repr=False)
class Archive:
    """A path that joins those of `backup.paths`, and what below it is not worth archiving."""

    path: str
    reason: str
    exclude: tuple[str, ...] = ()
    option: ManifestPath = ()


@frozen(eq=False, repr=False)
class LiveData:
    """A folder whose files change under a reader: archived as files they may not restore."""

    path: str
    reason: str


@frozen(eq=False, repr=False)
class Brought:
    """What the software itself brings to the host, so that nobody else has to create it."""

    users: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


@frozen(eq=False, repr=False)
class Request:
    """What one module asks of another, whoever answers."""

    path: ManifestPath


@frozen(eq=False, repr=False)
class Database(Request):
    """A PostgreSQL database that must be dumped."""

    name: str


Resource = Dump | Archive | LiveData | Brought
