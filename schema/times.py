"""Moments and spans of time that were checked once, at the edge."""

import math

from schema.calendar import calendar_problem, ending_problem
from schema.scalars import Checked
from schema.timespan import timespan_problem, timespan_seconds

_DAY = 86_400
_MONTH = 31 * _DAY


def _predicate(problem: str | None) -> str | None:
    """A reason of `schema.calendar` as the end of a sentence that began with the text."""
    if problem is None or problem.startswith("can "):
        return problem
    return f"is {problem}" if problem.startswith(("not ", "cron")) else f"does not fit: {problem}"


class Calendar(Checked):
    """A calendar expression that every target's systemd accepts and that keeps coming round."""

    __slots__ = ()
    wanted = "a calendar expression"
    example = "daily"
    shape = "[^ ]"

    @classmethod
    def problem(cls, text: str) -> str | None:
        """As `calendar_problem`; besides, no year after which there would be no more backup."""
        return _predicate(calendar_problem(text)) or ending_problem(text)


class TimeSpan(Checked):
    """A time span of systemd, such as `30m` or `2h 15min`."""

    __slots__ = ()
    wanted = "a time span"
    example = "30m"
    shape = "^( *infinity *|[0-9A-Za-zµμ .+]*[0-9][0-9A-Za-zµμ .+]*)$"

    @classmethod
    def problem(cls, text: str) -> str | None:
        """As `timespan_problem`."""
        return _predicate(timespan_problem(text))


class Timeout(TimeSpan):
    """How long a program may take: systemd takes 0 and infinity for "for ever"."""

    __slots__ = ()
    example = "2h"
    shape = "^[0-9A-Za-zµμ .+]*[0-9][0-9A-Za-zµμ .+]*$"

    @classmethod
    def problem(cls, text: str) -> str | None:
        """A time span of at least a second (systemd.service(5), TimeoutStartSec=)."""
        if problem := super().problem(text):
            return problem
        seconds = timespan_seconds(text)
        if seconds in (0, math.inf):
            return "is no limit to systemd: what hangs would hang for ever, and nobody would know"
        return None if seconds >= 1 else "is less than 1s, in which nothing can be dumped"


class Jitter(TimeSpan):
    """By how much a run may be delayed."""

    __slots__ = ()

    @classmethod
    def problem(cls, text: str) -> str | None:
        """A time span of at most a day, so that a daily backup stays one."""
        if problem := super().problem(text):
            return problem
        if timespan_seconds(text) <= _DAY:
            return None
        return "is more than 1d, by which a run would miss its own day"


class Grace(TimeSpan):
    """How late a success may be before somebody is told."""

    __slots__ = ()
    example = "6h"

    @classmethod
    def problem(cls, text: str) -> str | None:
        """A time span of at most a month, so that a silence is heard at all."""
        if problem := super().problem(text):
            return problem
        if timespan_seconds(text) <= _MONTH:
            return None
        return "is more than 31d, for which nobody should hear nothing"
