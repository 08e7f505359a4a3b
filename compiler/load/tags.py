"""Tags in front of values: how strong a definition is, where its items stand, what it removes.

The names and numbers are NixOS's (nixpkgs, lib/modules.nix): of priorities the lower number wins,
of orders it comes first.
"""

import re
from collections.abc import Iterable

from schema.diagnostics import Diagnostic, Mark
from schema.document import Tag

_PRIORITIES = {"default": 1000, "force": 50}
_ORDERS = {"before": 500, "after": 1500}
_NUMBERED = ("override", "order")
NAMES = ("!default", "!force", "!before", "!after", "!override N", "!order N", "!remove")
MOST = 9998
"""The weakest number: where NixOS begins to look for a stronger one."""

_WITH_NUMBER = re.compile(r"(![a-z0-9:+]*\b(?:override|order)) (?=[0-9])")
_AT_START = re.compile(r"(?:&\S+\s+)?(![^\s,\[\]{}]*)")


def parse_tag(text: str, mark: Mark) -> Tag | Diagnostic:
    """What a tag says, or what is wrong with it.

    Args:
        text: as PyYAML gives it: with its `!`, and `!override 10` as `!override:10`.
        mark: where it stands.
    """
    if text == "!remove":
        return Tag(text, mark, removes=True)
    numbers: dict[str, int] = {}
    for part in text[1:].split("+"):
        name, _, number = part.partition(":")
        if (found := _number(name, number)) is None:
            return _misfit(text, name, number, mark)
        kind, value = found
        if kind in numbers:
            what = "how strong it is" if kind == "priority" else "where the items stand"
            message = f"the tag {text} says twice {what}"
            return Diagnostic("HW027", message, mark=mark, fix="keep one of its parts")
        numbers[kind] = value
    return Tag(text, mark, numbers.get("priority"), numbers.get("order"))


def _number(name: str, number: str) -> tuple[str, int] | None:
    if name in _PRIORITIES and not number:
        return "priority", _PRIORITIES[name]
    if name in _ORDERS and not number:
        return "order", _ORDERS[name]
    if name in _NUMBERED and re.fullmatch("[0-9]{1,4}", number) and int(number) <= MOST:
        return ("priority" if name == "override" else "order"), int(number)
    return None


def _misfit(text: str, name: str, number: str, mark: Mark) -> Diagnostic:
    if not number.isascii() or not number.lstrip("-").isdecimal():
        text, number = f"!{name}", number and "N"
    if name in _NUMBERED:
        message = f"the tag {text} takes a number from 0 to {MOST}"
        fix = f"for example: !{name} {40 if name == 'override' else 400}"
        return Diagnostic("HW027", message, mark=mark, fix=fix)
    if number and (name in _PRIORITIES or name in _ORDERS):
        fix = f"write !{name}, or !override {number}"
        return Diagnostic("HW027", f"the tag !{name} takes no number", mark=mark, fix=fix)
    from difflib import get_close_matches

    near = get_close_matches(f"!{name}", [one.partition(" ")[0] for one in NAMES], n=1)
    fix = f'did you mean "{near[0]}"?' if near else "remove the tag"
    message = "this tag means nothing here"  # not which: a password may begin with !
    return Diagnostic("HW008", message, mark=mark, fix=fix)


def spaced(text: str) -> list[int]:
    """Where in a text the blank of `!override N` or `!order N` may stand."""
    return [found.end(1) for found in _WITH_NUMBER.finditer(text)] if "!o" in text else []


def joined(text: str, offsets: Iterable[int]) -> str:
    """The text with a colon for those blanks, so that the number is a part of the tag to YAML.

    To YAML, a tag ends at the blank, and `!override 10 {daily: 7}` is no YAML at all.
    """
    characters = list(text)
    for offset in offsets:
        characters[offset] = ":"
    return "".join(characters)


def taken(text: str, offsets: Iterable[int], starts: Iterable[int]) -> list[int]:
    """Those blanks that stand in a tag, and not in a text that looks like one.

    Args:
        text: with colons for all of the blanks.
        offsets: where they were.
        starts: where values with a tag begin.
    """
    spans = [
        (found.start(1), found.end(1)) for at in starts if (found := _AT_START.match(text, at))
    ]
    return [one for one in offsets if any(start < one < end for start, end in spans)]


def behind(line: str, column: int) -> int:
    """Where on a line the value behind a tag begins, as a column from 1; 0 if it does not."""
    found = _AT_START.match(line, column - 1)
    rest = line[found.end() :] if found else ""
    value = rest.strip()
    if found is None or not value or value.startswith("#"):
        return 0
    return found.end() + len(rest) - len(rest.lstrip()) + 1
