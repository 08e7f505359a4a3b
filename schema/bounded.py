"""Numbers that were checked once, at the edge."""

from typing import ClassVar, Self


class Bounded(int):
    """The base of the checked numbers: `least` and `most` are the range."""

    least: ClassVar[int]
    most: ClassVar[int]

    def __new__(cls, number: int) -> Self:
        """Check the range.

        Raises:
            ValueError: with the rule, in a sentence.
        """
        if not cls.least <= number <= cls.most:
            raise ValueError(f"is out of range: {cls.least} to {cls.most}")
        return int.__new__(cls, number)


class Port(Bounded):
    """A TCP port."""

    least, most = 1, 65535


class Count(Bounded):
    """How many archives; 0 is "this rule keeps none"."""

    least, most = 0, 100_000


class Percentage(Bounded):
    """A part of a whole, in percent; neither nothing nor everything."""

    least, most = 1, 99


class LineCount(Bounded):
    """How many lines of a log; 0 is "none"."""

    least, most = 0, 1000
