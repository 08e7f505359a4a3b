"""The time zones that the tzdata of every target has; their names are read when one is asked for.

`data/timezones.txt` has those of both releases: Debian 13 moved old names, such as `Europe/Kiev`,
into a package that few hosts have.
"""

import os
from functools import cache


def is_timezone(name: str) -> bool:
    """Whether every target knows a time zone by this name; case matters, but for UTC."""
    return name.isascii() and (name.upper() == "UTC" or name in _names())


def nearest_timezone(name: str) -> str | None:
    """The name that was probably meant, with its area or without it."""
    from difflib import get_close_matches  # noqa: PLC0415 - rarely asked

    zones = sorted(_names())
    known = {zone.rpartition("/")[2].casefold(): zone for zone in zones}
    known |= {zone.casefold(): zone for zone in zones}
    near = get_close_matches(name[:40].casefold(), known, n=1, cutoff=0.8)
    return known[near[0]] if near else None


@cache
def _names() -> frozenset[str]:
    path = os.path.join(os.path.dirname(__file__), "data", "timezones.txt")
    with open(path, encoding="ascii") as file:
        return frozenset(line for line in file.read().splitlines() if not line.startswith("#"))
