"""Which options of the manifest a part of a module's resource comes from."""

from collections.abc import Sequence

import attrs

from compiler.lower.lines import Paths
from schema.host import Manifest
from schema.module import DumpModule
from schema.resources import Dump, Notifier

_NAMED_ALIKE = {
    "required": "required",
    "timeout": "timeout",
    "shrink_limit": "shrink_limit",
    "drilled": "drill",
}
"""Fields that each module fills from an option of its own: field and option."""


def behind(manifest: Manifest, module: str, one: Dump | Notifier, *fields: str) -> Paths:
    """The options behind some fields; behind `name` are those that decide whether there is any.

    A module that does not say which options it computes a field from (`options` is None) may have
    computed it from any.
    """
    below = one.path if isinstance(one, Dump) and one.options is not None else ()
    base = ("modules", module, *below)
    found: Paths = ()
    for field in fields:
        alike = _NAMED_ALIKE.get(field)
        if alike and not below:
            found += ((*base, alike),) if hasattr(manifest.modules[module], alike) else ()
        elif one.options is not None:
            names = one.options.get(field, ())
            found += tuple((*base, name) if isinstance(name, str) else name for name in names)
        elif field != "name":
            found += _any_of(manifest, module)
    return found


def _any_of(manifest: Manifest, module: str) -> Paths:
    """All options of a module but those that every module has."""
    options = attrs.fields_dict(type(manifest.modules[module]))
    own = sorted(options.keys() - attrs.fields_dict(DumpModule).keys())
    return tuple(("modules", module, name) for name in own)


def is_job(one: Dump, options: Paths) -> bool:
    """Whether the options of a field stand below a name of the manifest's, with options below."""
    return bool(one.path and options and one.options is not None)


def lone(manifest: Manifest, dumps: Sequence[tuple[str, Dump]], *fields: str) -> Paths:
    """The options behind there being a dump at all; none when several dumps see to it."""
    if len(dumps) != 1:
        return ()
    [(module, one)] = dumps
    base = ("modules", module, *one.path)
    return (base, *behind(manifest, module, one, "name", *fields))
