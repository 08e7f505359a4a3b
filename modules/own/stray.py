"""Whether a module of the user's own has the option that it speaks of."""

from collections.abc import Mapping
from typing import Any

from attrs import fields_dict, has

from schema import option


def stray_step(options: Any, path: tuple[str | int, ...]) -> str | None:
    """The first name on a path that the options do not have, or None.

    Args:
        options: an object of a class of options; what it collects counts as its own.
        path: from these options on. It may go on below a value that has no options.
    """
    for step in path:
        if has(type(options)):
            known = _known(options)
            if step not in known:
                return str(step)
            options = known[str(step)]
        elif isinstance(options, Mapping):
            options = options.get(step)
        elif isinstance(options, tuple) and isinstance(step, int) and step < len(options):
            options = options[step]
        else:
            return None
    return None


def _known(options: Any) -> dict[str, Any]:
    """What a section has, by name: its options, and what one of them collects."""
    fields = fields_dict(type(options))
    known = {name: getattr(options, name) for name in fields}
    collected = (known[name] for name, one in fields.items() if one.metadata.get(option.COLLECTS))
    return {**next(collected, {}), **known}
