"""What hostwright-preflight knows about this host: preflight.toml, written by the compiler."""

import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from settings import RestoreError

FILE = Path(__file__).resolve().parent / "preflight.toml"
COMES = "is not there yet: it comes with the package"
TMPFILES = "systemd-tmpfiles --create backup.conf makes it"


@dataclass(frozen=True, slots=True)
class Dump:
    """A dump that joins the backup.

    Attributes:
        name: of its folder below /backup.
        user: who makes it.
        folder: where it goes.
        required: whether the backup fails without it.
        programs: what it runs, by absolute paths.
        program: the one of ours that makes it; None for a command of the manifest.
        command: its words.
        environment: of its unit.
    """

    name: str
    user: str
    folder: Path
    required: bool
    programs: tuple[str, ...] = ()
    program: str | None = None
    command: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the units of this host count on.

    Attributes:
        home: of the user borg.
        initialize: whether the first backup creates the repository.
        system: the folder of the compiled units.
        accounts: the users, each with its group, that sysusers.d makes.
        credentials: name and file of each.
        users: that units run as.
        groups: that they are in.
        paths: that are archived.
        programs: that the manifest has units call.
        units: the compiled units, and drop-ins as UNIT.d/NAME.conf.
        dumps: in the order in which they are made.
        installed: whether this tree lies where systemd reads it, and not in some other folder.
        made: the folders that its tmpfiles.d makes.
    """

    home: str
    initialize: bool
    system: Path
    accounts: tuple[str, ...] = ()
    credentials: tuple[tuple[str, Path], ...] = ()
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()
    programs: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    dumps: tuple[Dump, ...] = ()
    installed: bool = True
    made: frozenset[Path] = frozenset()


def read(file: Path = FILE) -> Expected:
    """Read preflight.toml.

    Raises:
        RestoreError: it is missing or unreadable.
    """
    try:
        return _expected(tomllib.loads(file.read_text("utf-8")), file.parent.parent)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RestoreError(
            f"{file} cannot be read ({type(error).__name__}: {error}); install the compiled tree"
            " again"
        ) from None


def _expected(table: dict[str, Any], tree: Path) -> Expected:
    pairs = (text.partition(":") for text in table["credentials"])
    return Expected(
        home=table["home"],
        initialize=table["initialize"],
        system=Path(table["system"]),
        accounts=tuple(table["accounts"]),
        credentials=tuple((name, Path(file)) for name, _, file in pairs),
        users=tuple(table["users"]),
        groups=tuple(table["groups"]),
        paths=tuple(map(Path, table["paths"])),
        programs=tuple(table["programs"]),
        units=tuple(table["units"]),
        dumps=tuple(_dump(name, dump) for name, dump in table.get("dumps", {}).items()),
        installed=tree / "systemd" / "system" == Path(table["system"]),
        made=frozenset(_made(tree / "tmpfiles.d" / "backup.conf")),
    )


def _made(file: Path) -> Iterator[Path]:
    """The folders of a file of tmpfiles.d; its own names are quoted, and have their % doubled."""
    if not file.is_file():
        return
    for line in file.read_text("utf-8").splitlines():
        if line.startswith("d "):
            yield Path(shlex.split(line)[1].replace("%%", "%"))


def _dump(name: str, table: dict[str, Any]) -> Dump:
    return Dump(
        name=name,
        user=table.get("user", "root"),
        folder=Path(table["folder"]),
        required=table["required"],
        programs=tuple(table["programs"]),
        program=table.get("program"),
        command=tuple(table.get("command", ())),
        environment=table.get("environment", {}),
    )
