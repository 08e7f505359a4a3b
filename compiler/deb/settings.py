"""package.toml of a tree -> what its package says of itself."""

import tomllib
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from schema.packages import Maintainer, PackageRelation
from schema.scalars import HomePath, HostName
from schema.targets import TARGETS

FILE = "hostwright/package.toml"
"""Where it lies, below the library folder of the tree's layout."""


@frozen(eq=False, repr=False)
class Settings:
    """What `compiler.lower.package` wrote.

    Attributes:
        name: of the package.
        host: whose tree it is.
        target: the Debian release.
        layout: `usr` or `etc`.
        maintainer: name and address.
        preflight: `warn` or `strict`.
        home: of the user borg.
        depends: relations, as the field Depends has them.
    """

    name: str
    host: HostName
    target: str
    layout: str
    maintainer: Maintainer
    preflight: str
    home: HomePath
    depends: tuple[PackageRelation, ...]


def settings(text: str) -> Settings:
    """Read package.toml; a tree from elsewhere is held to the same rules as a manifest.

    Raises:
        ValueError: something is missing in it, or is not what it must be.
    """
    try:
        table = tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    host = HostName(_text(table, "host"))
    target = _one_of(table, "target", *TARGETS)
    return Settings(
        name=_one_of(table, "name", f"hostwright-host-{host}"),
        host=host,
        target=target,
        layout=_one_of(table, "layout", "usr", "etc"),
        maintainer=Maintainer(_text(table, "maintainer")),
        preflight=_one_of(table, "preflight", "warn", "strict"),
        home=HomePath(_text(table, "home")),
        depends=tuple(map(PackageRelation, _texts(table, "depends"))),
    )


def _text(table: Mapping[str, Any], name: str) -> str:
    value = table.get(name)
    if not isinstance(value, str):
        raise ValueError(f"it does not say {name}")  # noqa: TRY004 - wrong, as any other value
    return value


def _texts(table: Mapping[str, Any], name: str) -> list[str]:
    value = table.get(name)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f"{name} is no list of texts")
    return value


def _one_of(table: Mapping[str, Any], name: str, *values: str) -> str:
    value = _text(table, name)
    if value not in values:
        raise ValueError(f'{name} is "{value}", not {" or ".join(values)}')
    return value
