"""The order of Debian's versions: deb-version(7), Debian Policy 5.6.12.

`dpkg --compare-versions` would be a process for each of thousands of comparisons.
"""

import re
from functools import cmp_to_key
from itertools import zip_longest

WRITTEN = re.compile(r"(?:[0-9]+:)?[0-9](?:[A-Za-z0-9.+~-]*[A-Za-z0-9.+~])?")
"""What a version may look like, which is also fit for a file name."""

_DATED = re.compile(r"([0-9]{14})\+[0-9a-f]{12}")

_Number = tuple[int, str]
_Part = tuple[tuple[int, ...], _Number]
_NOTHING: _Part = ((0,), (0, ""))


def _compare(one: str, other: str) -> int:
    """Negative, 0 or positive, as `one` is earlier than, as good as, or later than `other`."""
    epoch, *parts = _divided(one)
    other_epoch, *other_parts = _divided(other)
    if epoch != other_epoch:
        return -1 if epoch < other_epoch else 1
    for part, other_part in zip(parts, other_parts, strict=True):
        pairs = zip_longest(_pieces(part), _pieces(other_part), fillvalue=_NOTHING)
        for piece, other_piece in pairs:
            if piece != other_piece:
                return -1 if piece < other_piece else 1
    return 0


by_version = cmp_to_key(_compare)
"""A key to sort by."""


def date_of(version: str) -> str:
    """The date in a version as `hostwright deb` chooses it; empty if there is none."""
    found = _DATED.fullmatch(version)
    return found[1] if found else ""


def _divided(version: str) -> tuple[_Number, str, str]:
    """Epoch, upstream version and Debian revision."""
    epoch, colon, rest = version.partition(":")
    if not colon:
        epoch, rest = "0", version
    upstream, hyphen, revision = rest.rpartition("-")
    return (_number(epoch), upstream, revision) if hyphen else (_number(epoch), rest, "")


def _pieces(text: str) -> list[_Part]:
    """What is no number and the number behind it, again and again."""
    found = re.findall(r"([^0-9]*)([0-9]*)", text)
    return [((*map(_weight, signs), 0), _number(number)) for signs, number in found]


def _number(digits: str) -> _Number:
    """A number that is to be compared; int() takes no more than some thousand digits."""
    digits = digits.lstrip("0")
    return len(digits), digits


def _weight(sign: str) -> int:
    """A tilde is before the end of the text, which is before letters, which are before the rest."""
    if sign == "~":
        return -1
    return ord(sign) if sign.isalpha() else ord(sign) + 256
