"""The SQL that pg_dumpall and pg_restore print, taken apart into statements and their words.

Names and comments may hold newlines and semicolons, so that reading line by line would cut them.
What psql would take for a command of its own (a backslash and a word) is left out: nothing of a
dump may run as one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Bare keywords are in capitals and bare names are not, because that is how those programs print.
_WORD = re.compile(
    r"""
    (?P<left_out> \s+ | --[^\n]* | \\[^\n]* )
    | (?P<end> ; )
    | (?P<word> E'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")+" | \w[\w$]* | [-=,.()*+] )
    """,
    re.VERBOSE | re.DOTALL,
)


class StatementError(Exception):
    """A text is not SQL of the kind that those programs print; says where."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement by its words: keywords, names, literals and signs as they are written."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{' '.join(self.words)};"

    def begins(self, *keywords: str) -> bool:
        """Whether these are the first words."""
        return self.words[: len(keywords)] == keywords

    def after(self, *keywords: str) -> str | None:
        """The name that follows the first place where these words stand, if there is one."""
        for place in range(len(self.words) - len(keywords)):
            if self.words[place : place + len(keywords)] == keywords:
                return name(self.words[place + len(keywords)])
        return None

    @property
    def names(self) -> set[str]:
        """Every name that it mentions; keywords and literals are none."""
        return {name(word) for word in self.words if _is_name(word)}

    def renamed(self, keyword: str, new: str) -> "Statement":
        """The same about something else: the word after the first `keyword` is replaced."""
        place = self.words.index(keyword) + 1
        return Statement((*self.words[:place], quoted(new), *self.words[place + 1 :]))

    def extended(self, *words: str) -> "Statement":
        """The same with more words at its end."""
        return Statement((*self.words, *words))

    def without(self, keyword: str) -> "Statement":
        """The same without an option that is written as `keyword = value`."""
        if keyword not in self.words:
            return self
        place = self.words.index(keyword)
        return Statement(self.words[:place] + self.words[place + 3 :])


def statements(text: str) -> Iterator[Statement]:
    """The statements of a text.

    Raises:
        StatementError: something else than statements is in it.
    """
    words: list[str] = []
    place = 0
    while place < len(text):
        found = _WORD.match(text, place)
        if found is None:
            line = text.count("\n", 0, place) + 1
            raise StatementError(f"line {line} is not what PostgreSQL's programs write")
        place = found.end()
        if found["word"] is not None:
            words.append(found["word"])
        elif found["end"] is not None and words:
            yield Statement(tuple(words))
            words = []
    if words:
        raise StatementError("the last statement has no end")


def name(word: str) -> str:
    """The name that a word stands for."""
    return word[1:-1].replace('""', '"') if word.startswith('"') else word


def quoted(text: str) -> str:
    """The word for a name of any content."""
    return '"' + text.replace('"', '""') + '"'


def _is_name(word: str) -> bool:
    if word.startswith('"'):
        return True
    return (word[0].isalpha() or word[0] == "_") and not word.isupper() and "'" not in word
