"""Time spans as systemd 252 and 257 read them: systemd.time(7).

What passes here passes there. Refused although it passes there: control characters; more than 20
digits in a row.
"""

import math
import re
from functools import lru_cache

_SECOND = 1_000_000
_INFINITY = 2**64 - 1
_UNITS = (
    ("us usec µs μs", 1),
    ("ms msec", 1_000),
    ("s sec second seconds", _SECOND),
    ("m min minute minutes", 60 * _SECOND),
    ("h hr hour hours", 3_600 * _SECOND),
    ("d day days", 86_400 * _SECOND),
    ("w week weeks", 604_800 * _SECOND),
    ("M month months", 2_629_800 * _SECOND),
    ("y year years", 31_557_600 * _SECOND),
)
_SPAN_PART = (
    r" *(?:\+?(?P<whole>[0-9]{1,20})|(?=\.[0-9]))(?:\.(?P<fraction>[0-9]+))?"
    r"(?: *(?P<unit>[A-Za-zµμ]+)|(?= |\Z))"
)


@lru_cache(maxsize=1024)
def timespan_problem(text: str) -> str | None:
    """What is wrong with `text` as a time span, in one sentence; None if nothing is."""
    try:
        timespan_seconds(text)
    except ValueError as refusal:
        return str(refusal)
    return None


@lru_cache(maxsize=1024)
def timespan_seconds(text: str) -> float:
    """The length in seconds of a time span of systemd.time(7); `infinity` is `math.inf`.

    A month has 30.4375 days and a year 365.25 days, as in systemd.
    Raises ValueError, with the sentence of `timespan_problem`, for what that refuses.
    """
    span = text.strip(" ")
    if span == "infinity":
        return math.inf
    total = position = 0
    while position < len(span) or not span:
        part = re.compile(_SPAN_PART).match(span, position)
        if part is None:
            raise ValueError('not a time span; try "90s", "30min" or "1h 30min"')
        total += _microseconds(part["whole"] or "0", part["fraction"] or "", part["unit"] or "s")
        position = part.end()
    if total >= _INFINITY:
        raise ValueError("longer than the 584542 years that systemd can count")
    return total / _SECOND


def _microseconds(whole: str, fraction: str, unit: str) -> int:
    length = next((length for names, length in _UNITS if unit in names.split()), None)
    if length is None:
        raise ValueError(f'"{unit:.40}" is no unit; try us, ms, s, min, h, d, w, month or y')
    if int(whole) >= min(2**63, _INFINITY // length):
        return _INFINITY
    total = int(whole) * length
    for digit in fraction:
        length //= 10  # systemd rounds each digit down by itself.
        total += int(digit) * length
    return total
