"""What the checkout says of itself."""

import tomllib
from pathlib import Path
from typing import Any

from attrs import frozen

ROOT = Path(__file__).parent.parent
FILES = Path(__file__).parent / "files"


@frozen
class Project:
    """The parts of pyproject.toml that a package repeats.

    Attributes:
        name: of the distribution, and of the package.
        version: a native package's, so without a revision of Debian's.
        commands: the place of each command's function, `module:function`, by the command.
    """

    name: str
    version: str
    commands: dict[str, str]


def project() -> Project:
    """Read pyproject.toml."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        table: dict[str, Any] = tomllib.load(file)["project"]
    return Project(table["name"], table["version"], table["scripts"])
