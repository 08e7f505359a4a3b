"""How a renamed or removed option is declared: as data, once, for the compiler and for `fix`.

As in NixOS (nixpkgs, lib/modules.nix: `mkRenamedOptionModule`, `mkRemovedOptionModule`), a value
keeps its tags on the way, and one file may use the old name while another uses the new one.
"""

import re

from attrs import field, frozen

SCHEMA_VERSION = "0.3"
"""The version of the manifest that this compiler reads; `since` and `until` are held to it."""

OptionPath = tuple[str, ...]
"""Keys from the top of the manifest, or of a module's options; `*` stands for any one key."""

ANY = "*"


def version(text: str) -> tuple[int, ...]:
    """A version as numbers that can be compared: 0.10 comes behind 0.9.

    Raises:
        ValueError: it is no version.
    """
    if re.fullmatch(r"[0-9]+(\.[0-9]+)*", text, re.ASCII) is None:
        raise ValueError(f'"{text}" is no version; one looks like 0.2')
    return tuple(map(int, text.split(".")))


def _path(name: str) -> OptionPath:
    path = tuple(name.split("."))
    if "" in path:
        raise ValueError(f'"{name}" is no option; one looks like backup.keep')
    return path


@frozen
class Renamed:
    """An option that has another name, or place, than before.

    Attributes:
        old: what it was called: keys joined by dots, and `*` for any one key, such as the name of
            a dump job. Relative to the module's options where a module declares it.
        new: what it is called now, likewise; each `*` stands for the same key as in `old`.
        since: the version that brought the new name.
        until: the first version that refuses the old one.

    Raises:
        ValueError: it makes no sense.
    """

    old: str
    new: str
    since: str
    until: str
    path: OptionPath = field(init=False, repr=False, eq=False)
    target: OptionPath = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        old, new = _path(self.old), _path(self.new)
        shared = min(len(old), len(new))
        if old[:shared] == new[:shared]:
            raise ValueError(f'"{self.old}" cannot become "{self.new}": one lies in the other')
        if old.count(ANY) != new.count(ANY):
            raise ValueError(
                f'"{self.old}" and "{self.new}" must have a "*" as often as each other'
            )
        if version(self.since) >= version(self.until):
            raise ValueError(f'"{self.old}" must work for a version: {self.since} is too late')
        object.__setattr__(self, "path", old)
        object.__setattr__(self, "target", new)


@frozen
class Removed:
    """An option that is no more.

    Attributes:
        old: what it was called, as in `Renamed`.
        reason: why it is gone: half a sentence, which follows a colon.
        fix: what to do instead.
        since: the version that no longer has it.

    Raises:
        ValueError: it makes no sense.
    """

    old: str
    reason: str
    fix: str
    since: str
    path: OptionPath = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        version(self.since)
        object.__setattr__(self, "path", _path(self.old))


Rename = Renamed | Removed
