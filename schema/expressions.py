"""Regular expressions that take for ever: told by their form, as a search cannot be stopped.

`re` tries every way in which a repeated group can share out a text. With two ways for one
repetition, as in `(a+)+`, there are a thousand for ten of them, and the search never ends.
"""

import re
import warnings

from attrs import frozen

_PIECE = (
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]"  # an escape, a class
    r"|\(\?#[^)]*\)|\(\?P=\w+\)|\(\?[aiLmsux-]+\)"  # groups that match nothing of their own
    r"|\((?:\?(?:P<\w+>|\(\w+\)|<?[=!]|[aiLmsux-]*:|>))?"
    r"|(?:[*+?]|\{\d*,?\d*\})[?+]?|[\s\S]"
)
_FEW = 4
"""So many repetitions, as in an IPv4 address, make a search slower, and not endless."""

_QUANTIFIER = r"(?:[*+?]|\{\d*,\d*\}|\{\d+\})[?+]?"


@frozen
class _Item:
    """A character, a class or a group (then `branches` has its alternatives), and how often."""

    piece: str
    branches: "tuple[tuple[_Item, ...], ...]" = ()
    least: int = 1
    most: float = 1

    @property
    def varies(self) -> bool:
        """Whether it can match texts of several lengths, or one text in several ways."""
        inner = any(item.varies for branch in self.branches for item in branch)
        return self.least != self.most or len(self.branches) > 1 or inner

    def can_match(self, character: str) -> bool:
        if self.branches:
            return any(item.can_match(character) for branch in self.branches for item in branch)
        try:
            return compiled(f"(?is:{self.piece})").fullmatch(character) is not None
        except re.error:
            return True

    @property
    def literal(self) -> str | None:
        """The one character that it always matches, once."""
        escaped = self.piece[:1] == "\\" and not self.piece[1:].isalnum()
        plain = len(self.piece) == 1 and self.piece not in ".^$"
        if self.branches or (self.least, self.most) != (1, 1) or not (escaped or plain):
            return None
        return self.piece[-1]


def compiled(expression: str) -> "re.Pattern[str]":
    """A regular expression; what Python may make of it in a later version is no concern here.

    Raises:
        re.error: it is none.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return re.compile(expression)


def never_ends(expression: str) -> bool:
    """Whether a search for an expression, which must compile, can take for ever."""
    return any(map(_explodes, _parsed(expression)))


def open_ends(expression: str) -> int:
    """How many parts can match a text of any length: a search takes about length ** parts steps."""
    return _open_ends(_Item("(", _parsed(expression)))


def _open_ends(item: _Item) -> int:
    inner = sum(_open_ends(one) for branch in item.branches for one in branch)
    return inner + 1 if item.most > _FEW else inner * int(item.most)


def _explodes(branch: tuple[_Item, ...]) -> bool:
    return any(
        (item.most > _FEW and bool(item.branches) and not _is_unambiguous(item.branches))
        or any(map(_explodes, item.branches))
        for item in branch
    )


def _is_unambiguous(branches: tuple[tuple[_Item, ...], ...]) -> bool:
    """Whether there is one way only to see where each repetition begins."""
    if len(branches) > 1:
        firsts = {branch[0].literal for branch in branches if branch}
        fixed = not any(item.varies for branch in branches for item in branch)
        return fixed and None not in firsts and len(firsts) == len(branches)
    branch = branches[0]
    varying = sum(item.varies for item in branch)
    return varying == 0 or (varying == 1 and _is_marked(branch))


def _is_marked(branch: tuple[_Item, ...]) -> bool:
    """Whether it begins or ends with a character that nothing else in it can match."""
    for mark, rest in ((branch[0].literal, branch[1:]), (branch[-1].literal, branch[:-1])):
        if mark is not None and not any(item.can_match(mark) for item in rest):
            return True
    return False


def _parsed(expression: str) -> tuple[tuple[_Item, ...], ...]:
    groups: list[list[list[_Item]]] = [[[]]]
    openings: list[str] = []
    for piece in re.findall(_PIECE, expression):
        branch = groups[-1][-1]
        if piece.startswith("(") and not piece.endswith(")"):
            groups.append([[]])
            openings.append(piece)
        elif piece == ")" and openings:
            inner = tuple(map(tuple, groups.pop()))
            groups[-1][-1].append(_Item(openings.pop(), inner))
        elif piece == "|":
            groups[-1].append([])
        elif branch and re.fullmatch(_QUANTIFIER, piece):
            branch[-1] = _repeated(branch[-1], piece)
        else:
            branch.append(_Item(piece))
    return tuple(map(tuple, groups[0]))


def _repeated(item: _Item, quantifier: str) -> _Item:
    bounds = {"*": "0,", "+": "1,", "?": "0,1"}.get(quantifier[0])
    least, comma, most = (bounds or quantifier.rstrip("?+").strip("{}")).partition(",")
    start = int(least or 0)
    end = float(most or "inf") if comma else start
    return _Item(item.piece, item.branches, start, end)
