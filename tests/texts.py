"""Hostile texts, made of fragments that break whoever quotes carelessly."""

import re
from collections.abc import Callable
from itertools import islice

from hypothesis import strategies as st

_NAMES = ["a", "b", "Z", "0", "7", "n", "h", "i", "x41", "grüße", "日本", "🦀", "\u200b", "\u0301"]
_SIGNS = list(""""'\\%$;#~|-+@!=*?,<>&()^`_.""")
_BLANKS = [" ", "  ", "\xa0", "\u3000", "\u2028", "\u2029", "\ufeff"]
_EXPANDING = ["%n", "%h", "%d", "%%", "%i", "%Z", "%", "$HOME", "${HOME}", "$$", "$1", "~/", "`id`"]
_ESCAPES = ["\\n", "\\x20", "\\x25n", "\\040", "\\s", "\\u00e9", "\\\\", '\\"', "\\'", "\\;", "\\ "]
_WORDS = ["--", "{now}", "{", "}", "[", "]", "..", "\\/", "' '", '" "', "; reboot #", "!!", "EOF"]
_CONTROLS = [
    "\n",
    "\t",
    "\r",
    "\r\n",
    "\x01",
    "\x07",
    "\x1b[31m",
    "\x7f",
    "\x80",
    "\x85",
    "\n[X]\nA=b",
]
_ILLEGAL = ["\0", "\ud800", "\udfff", "\ufffe", "\uffff", "\ufdd0", "\U0001ffff", "\U0010fffe"]

_LINE = [*_NAMES, *_SIGNS, *_BLANKS, *_EXPANDING, *_ESCAPES, *_WORDS, ":", "/", "//"]
_WORD = [*_LINE, *_CONTROLS]
_PATH = [one for one in _LINE if one != ".."]
_SERVED = ["a", "0", "-", "_", "~", "+", "@", ",", "=", " ", "/", "é"]


def words_of(data: bytes, fragments: list[str]) -> str:
    """A text of one fragment for each byte."""
    return "".join(fragments[byte % len(fragments)] for byte in data)


PARTS = st.binary(max_size=8).map(lambda data: words_of(data, _PATH))
"""The parts of a path, slashes among them."""

MOST_PLACES = 90
"""About twice as many as a manifest has strings: half of the manifests have nothing illegal."""


class Texts:
    """Makes the texts of one manifest out of bytes, and anything at all of one of them.

    One draw of bytes is many times faster than a draw for each text, and shrinks as well.
    """

    def __init__(self, data: bytes) -> None:
        self._bytes = iter(data)
        self._left = self.number(MOST_PLACES)

    def number(self, most: int) -> int:
        """A number from 0 to `most`."""
        return next(self._bytes, 0) % (most + 1)

    def fixed(self, text: str) -> str:
        """This text, or anything."""
        return self._or_anything(lambda: text)

    def line(self, prefix: str = "") -> str:
        """What one line of a unit can hold as it is."""
        return self._or_anything(
            lambda: (prefix + self._made(_LINE)).strip().rstrip("\\").strip() or "x"
        )

    def word(self) -> str:
        """An argument, a variable's value, a name of a database; one in many is long."""
        return self._or_anything(lambda: self._made(_WORD) * (500 if self.number(99) == 99 else 1))

    def path(self, start: str) -> str:
        """An absolute path below `start`, in its normal form, of names that a file can have."""
        return self._or_anything(lambda: absolute(start, self._made(_PATH)))

    def bare_path(self, start: str, without: str = "") -> str:
        """Likewise, where a line holds the path as it is: no blank or backslash ends it."""
        return self._or_anything(
            lambda: absolute(start, self._made(_PATH), without).rstrip("\\/ \u3000")
        )

    def program(self, prefix: str = "") -> str:
        """The first word of Exec*=."""
        return self.bare_path(f"{prefix}/opt/x", without="$\"'\\")

    def served(self) -> str:
        """A path on a server."""
        return self._or_anything(
            lambda: f"ssh://borg@vault.example.org:2222/./x{self._made(_SERVED)}"
        )

    def pattern(self) -> str:
        """A regular expression of borg's."""
        return self._or_anything(lambda: "re:^srv/x" + re.escape(self._made(_LINE).rstrip()))

    def _made(self, fragments: list[str]) -> str:
        return words_of(bytes(islice(self._bytes, self.number(8))), fragments)

    def _or_anything(self, made: Callable[[], str]) -> str:
        self._left -= 1
        if self._left != 0:
            return made()
        if self.number(2):
            return self._made([*_WORD, *_ILLEGAL])
        codes = (self.number(255) << self.number(13) for _ in range(self.number(12)))
        return "".join(chr(min(code, 0x10FFFF)) for code in codes)


def absolute(start: str, text: str, without: str = "") -> str:
    """A path below `start` of the parts of a text, without some characters."""
    for character in without:
        text = text.replace(character, "")
    parts = [part if part != "." else "dot" for part in text.split("/") if part.strip()]
    return "/".join((start, *(part[:60] for part in parts)))
