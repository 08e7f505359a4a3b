"""What hostwright-restore knows about this host: restore.toml, written by the compiler.

It lies beside the programs, so that a tree copied to a bare machine is enough to begin with.
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent / "restore.toml"


class RestoreError(Exception):
    """What went wrong, and what to do about it: one or more lines for a person."""


@dataclass(frozen=True, slots=True)
class Dump:
    """A dump that the archives hold below /backup.

    Attributes:
        name: its name in the manifest, and of its folder.
        description: what it is, in words.
        user: who made it, and restores it.
        unit: the service that restores it; None when it can only be extracted.
        parts: whether one part of it, a database, can be restored alone.
        replaces: files that `--replace` replaces, and that nobody may have open meanwhile.
    """

    name: str
    description: str
    user: str
    unit: str | None = None
    parts: bool = False
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """The repository of this host, and what is in its archives.

    Attributes:
        host: the name that the archives begin with.
        archives: a glob of borg's that only this host's archives match.
        home: the home of the user borg, with its keys.
        local: whether the repository is a folder of this host.
        environment: variables for borg, BORG_REPO among them.
        passphrase: the file with the passphrase; None without one.
        ssh_key: the file with the private key; None without one.
        ssh: the ssh command line without the key; None for a local repository.
        dumps: by name.
    """

    host: str
    archives: str
    home: str
    local: bool
    environment: dict[str, str]
    passphrase: Path | None = None
    ssh_key: Path | None = None
    ssh: str | None = None
    dumps: dict[str, Dump] = field(default_factory=dict)

    @property
    def repository(self) -> str:
        """Where the repository is, as borg takes it."""
        return self.environment["BORG_REPO"]


def read(file: Path = FILE) -> Settings:
    """Read restore.toml.

    Raises:
        RestoreError: it is missing or unreadable.
    """
    try:
        return _settings(tomllib.loads(file.read_text("utf-8")))
    except FileNotFoundError:
        raise RestoreError(
            f"{file} is missing; it comes with the compiled tree: cp -a out/usr/. /usr/"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RestoreError(
            f"{file} cannot be read ({type(error).__name__}: {error}); compile the manifest again"
        ) from None


def _settings(table: dict[str, Any]) -> Settings:
    secrets = table.get("credentials", {})
    return Settings(
        host=table["host"],
        archives=table["archives"],
        home=table["home"],
        local=table["local"],
        environment={**table["environment"], "BORG_REPO": table["environment"]["BORG_REPO"]},
        passphrase=Path(secrets["passphrase"]) if "passphrase" in secrets else None,
        ssh_key=Path(secrets["ssh_key"]) if "ssh_key" in secrets else None,
        ssh=table.get("ssh"),
        dumps={name: _dump(name, dump) for name, dump in table.get("dumps", {}).items()},
    )


def _dump(name: str, table: dict[str, Any]) -> Dump:
    return Dump(
        name=name,
        description=table["description"],
        user=table["user"],
        unit=table.get("unit"),
        parts=table.get("parts", False),
        replaces=tuple(table.get("replaces", ())),
    )
