"""What systemd reads, as values: directives, units, drop-ins, folders, accounts, scripts."""

from attrs import frozen

from schema.diagnostics import ManifestPath
from schema.tree import Origin


@frozen(eq=False, repr=False)
class Words:
    """Several items on one line, such as the groups of SupplementaryGroups=."""

    items: tuple[str, ...]


@frozen(eq=False, repr=False)
class Command:
    """One command line of Exec*=.

    Attributes:
        words: the program, and its arguments.
        prefix: systemd's special characters (`-`, `!`, `+`).
        options: the options of the manifest that each word comes from, if any are known.
    """

    words: tuple[str, ...]
    prefix: str = ""
    options: tuple[tuple[ManifestPath, ...], ...] = ()


class Expanded(str):
    """A value in which systemd is meant to expand specifiers (`%d`); never from a manifest."""

    __slots__ = ()


Value = str | Words | Command | Expanded


@frozen(eq=False, repr=False)
class Directive:
    """One line of a unit: where it comes from, why it is there, and a comment to print above it."""

    section: str
    name: str
    value: Value
    origin: Origin
    comment: str | None = None


@frozen(eq=False, repr=False)
class Unit:
    """A whole unit file. `purpose` is the sentence of its header."""

    name: str
    purpose: str
    directives: tuple[Directive, ...]
    origin: Origin


@frozen(eq=False, repr=False)
class DropIn:
    """A file in the unit's `.d` folder. systemd sorts the names as strings, over all folders."""

    unit: str
    name: str
    purpose: str
    directives: tuple[Directive, ...]
    origin: Origin


@frozen(eq=False, repr=False)
class Wants:
    """A link that makes one unit part of another's start, as `systemctl enable` would."""

    by: str
    unit: str
    origin: Origin


@frozen(eq=False, repr=False)
class Folder:
    """A `d` line of tmpfiles.d: created at boot and at install, never emptied."""

    path: str
    mode: int
    user: str
    group: str
    origin: Origin


@frozen(eq=False, repr=False)
class EmptyFile:
    """An `f` line of tmpfiles.d: made once, and left alone from then on."""

    path: str
    mode: int
    user: str
    group: str
    origin: Origin


@frozen(eq=False, repr=False)
class Leftover:
    """An `R!` line of tmpfiles.d: removed at boot, and only then. `pattern` is a glob."""

    pattern: str
    origin: Origin


@frozen(eq=False, repr=False)
class Account:
    """A `u` line of sysusers.d: a system user and a group of the same name."""

    name: str
    description: str
    home: str
    origin: Origin


@frozen(eq=False, repr=False)
class Script:
    """A script below `hostwright/`: a template of a module's service, or one of the programs.

    A name that ends in `.py` is a library of the programs beside it, and not executable.
    """

    name: str
    template: str
    origin: Origin


@frozen(eq=False, repr=False)
class Shortcut:
    """A symbolic link at an absolute path, so that a script can be called by its name alone."""

    path: str
    script: str
    origin: Origin


@frozen(eq=False, repr=False)
class Data:
    """A plain file below `hostwright/`, line by line; a blank line comes from nowhere.

    `purpose` is said in its header, behind its name.
    """

    name: str
    lines: tuple[tuple[str, Origin | None], ...]
    origin: Origin
    purpose: str = "read by the backup"


Temporary = Folder | EmptyFile | Leftover
"""A line of tmpfiles.d."""

Configured = Unit | DropIn | Wants | Temporary | Account | Script | Shortcut | Data


@frozen(eq=False, repr=False)
class Configuration:
    """Everything that systemd is to read on one host."""

    units: tuple[Unit, ...]
    dropins: tuple[DropIn, ...]
    wants: tuple[Wants, ...]
    folders: tuple[Folder, ...]
    files: tuple[EmptyFile, ...]
    leftovers: tuple[Leftover, ...]
    accounts: tuple[Account, ...]
    scripts: tuple[Script, ...]
    shortcuts: tuple[Shortcut, ...]
    data: tuple[Data, ...]
