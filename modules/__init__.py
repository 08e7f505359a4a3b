"""One small file per piece of software; the file's name is its key in the manifest.

A module is imported when a manifest names it, and not before.
"""

import os
from functools import cache
from importlib import import_module

from schema.module import Module

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
