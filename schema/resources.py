"""What a module can ask for. `compiler/lower` turns each into units, folders and accounts."""

from collections.abc import Iterator, Mapping
from typing import Literal

from attrs import field, frozen

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
class Recovery:
    """How a dump is brought back, or tried out by the drill: in a sandboxed unit of its own.

    `program` is one of `modules/programs`; it is given the folder of the extracted dump, a second
    path (the request of an administrator; the drill's scratch folder) and `command` as its
    arguments. Without a program, `command` is the whole command line, which finds the dump's folder
    in $DUMP, and a dump that was made by `output="stdout"` on its standard input.

    Attributes:
        packages: Debian packages that it needs, as the field Depends names them.
        parts: whether one part of the dump, such as one database, can be restored alone.
        replaces: files that no process may have open while they are replaced.
    """

    program: str | None = None
    command: tuple[str, ...] = ()
    needs: Needs = Needs()
    parts: bool = False
    replaces: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


@frozen(eq=False, repr=False)
class Dump:
    """A program that writes what is to be archived, as its own user, in its own unit.

    `command` runs with a fresh folder as its working directory (`output="folder"`), or its standard
    output becomes `file` (`output="stdout"`). `program` is a script among the templates, such as
    `dump/sqlite`, or one of the programs, that takes the words of `command` as its arguments.
    `leaves` are names of files that it is known to leave, for checks of the excludes. `version` is
    a command whose first line of output names the tool and its version.

    Attributes:
        shrink_limit: by how many percent a dump may be smaller than the last good one; None: any.
        restore: how it is brought back; None: only its files can be had.
        drill: what the drill does beyond comparing checksums; None: nothing.
        drilled: whether the drill looks at it at all.
        packages: Debian packages that it needs, as the field Depends names them.
        options: which of the module's options each field is computed from, by the field's name; by
            `name`, those that decide whether there is a dump at all. An option of another module is
            a whole path. `explain` shows them; None: any option may be behind any field.
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
    version: tuple[str, ...] = ()
    shrink_limit: int | None = None
    restore: Recovery | None = None
    drill: Recovery | None = None
    drilled: bool = True
    packages: tuple[str, ...] = ()
    path: ManifestPath = ()
    options: Mapping[str, tuple[str | ManifestPath, ...]] | None = None

    @property
    def commands(self) -> Iterator[tuple[ManifestPath, tuple[str, ...]]]:
        """Every command of the manifest's own words, and where it stands below the dump."""
        yield ("command",), self.command
        yield ("version",), self.version
        for step, recovery in (("restore", self.restore), ("drill", self.drill)):
            if recovery is not None and recovery.program is None:
                yield (step, "command"), recovery.command


@frozen(eq=False, repr=False)
class Notifier:
    """A program that tells somebody, or something, how a run went, in a unit of its own.

    It is started as `backup-NAME@UNIT-EVENT.service`: `program` is one of `modules/programs` and
    is given the words of `command` and then UNIT-EVENT.

    Attributes:
        starts: whether it is told when a run starts, too.
        successes: whether it is told of the success of a backup, a check and a drill.
        is_state: whether it shows a state, and so must hear of every success, not only of those.
        credentials: name, file on the host and option of each secret.
        publishes_to: a folder of other software where what it prints becomes a file, with its
            option. The program has no access to the folder: systemd opens the file, and the script
            `publish` renames it when it is complete.
        packages: as of a dump.
        options: as of a dump.
    """

    name: str
    description: str
    program: str
    command: tuple[str, ...] = ()
    starts: bool = False
    successes: bool = True
    is_state: bool = False
    network: bool = False
    credentials: tuple[tuple[str, str, str], ...] = ()
    publishes_to: tuple[str, str] | None = None
    packages: tuple[str, ...] = ()
    options: Mapping[str, tuple[str | ManifestPath, ...]] | None = None


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
    """What one module asks of another, whoever answers.

    Attributes:
        path: the option that asks.
        also: the other options that say what is asked for.
    """

    path: ManifestPath
    also: tuple[ManifestPath, ...] = field(default=(), kw_only=True)


@frozen(eq=False, repr=False)
class Database(Request):
    """A PostgreSQL database that must be dumped."""

    name: str


Resource = Dump | Notifier | Archive | LiveData | Brought
