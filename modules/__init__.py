"""One small file per piece of software; the file's name is its key in the manifest.

A module is imported when a manifest names it, and not before.
"""

import os
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from attrs import Factory, field, frozen

from schema.module import Module

if TYPE_CHECKING:
    from modules.own import Own
    from modules.own.source import Folder, Source
    from schema.diagnostics import Diagnostic

TEMPLATES = os.path.join(os.path.dirname(__file__), "templates")
PROGRAMS = os.path.join(os.path.dirname(__file__), "programs")
_FOLDER = os.path.dirname(__file__)


@cache
def find(name: str) -> type[Module] | None:
    """The module of a name, or None when there is none."""
    if not name.isidentifier() or name.startswith("_"):
        return None
    if not os.path.exists(os.path.join(_FOLDER, f"{name}.py")):
        return None
    room = import_module(f"modules.{name}")
    for value in vars(room).values():
        if (
            isinstance(value, type)
            and issubclass(value, Module)
            and value.__module__ == room.__name__
        ):
            return value
    return None


def names() -> tuple[str, ...]:
    """The names of all modules, sorted."""
    files = (name for name in os.listdir(_FOLDER) if name.endswith(".py"))
    return tuple(sorted(name[:-3] for name in files if not name.startswith("_")))


def _own(collection: "Collection") -> "Own | None":
    if not collection.folders:
        return None
    from modules.own import own_modules

    return own_modules(collection.folders)


@frozen(eq=False, repr=False)
class Collection:
    """The modules that a manifest can name: ours, and those in folders of the user's own."""

    folders: "tuple[Folder, ...]" = ()
    own: "Own | None" = field(init=False, default=Factory(_own, takes_self=True))

    def find(self, name: str) -> type[Module] | None:
        """The module of a name, or None when there is none, or none that works."""
        found = find(name)
        return found if found or self.own is None else self.own.load(name)[0]

    def names(self) -> tuple[str, ...]:
        """The names of all modules, sorted."""
        return names() if self.own is None else tuple(sorted({*names(), *self.own.sources}))

    @property
    def complaints(self) -> "tuple[Diagnostic, ...]":
        """What is wrong with the folders, whichever module is named."""
        return () if self.own is None else self.own.problems

    @property
    def is_crippled(self) -> bool:
        """Whether one of those that were looked up does not work, and so may be missing."""
        return self.own is not None and self.own.is_crippled

    def source(self, name: str) -> "Source | None":
        """Where a module of the user's own stands; None for one of ours."""
        if self.own is None or find(name) is not None:
            return None
        return self.own.sources.get(name)

    def problems(self, name: str) -> "tuple[Diagnostic, ...]":
        """What is wrong with a module of the user's own."""
        return () if self.own is None or find(name) is not None else self.own.load(name)[1]

    def is_broken(self, name: str) -> bool:
        """Whether there is more to say of a name than that nothing is called so."""
        own = self.own
        if own is None:
            return False
        return not own.is_complete or name in own.misnamed or bool(self.problems(name))


OURS = Collection()
"""The modules that come with Hostwright."""
