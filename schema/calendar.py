"""Calendar expressions as systemd 252 and 257 read them: systemd.time(7).

What passes here passes there. Refused although it passes there: what can never fire; zones of some
hosts only (`CET`); control characters; more than 20 digits in a row; negative `@` times, which
systemd wraps around.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain, product

from attrs import frozen

from schema.timezones import is_timezone, nearest_timezone

_EXAMPLES = 'try "daily", "Mon *-*-* 02:30" or "*-*-* 04:00:00"'
# The patterns are text, for `re` to compile and keep when one is first used.
_SHORTHAND = r"(?ai)(minute|hour|dai|week|month|quarter|year|anual|((bi|semi)-?)?annual)ly"
_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS = {name: day for day, long in enumerate(_DAY_NAMES) for name in (long, long[:3])}
_LIST = r"[0-9*][0-9*.,/]*"
_DAY_LIST = r"(?P<weekdays>[A-Za-z][A-Za-z,.-]*)"
_FORM = (
    rf"(?:{_DAY_LIST}(?: +|\Z))?"
    rf"(?:(?:(?P<year>{_LIST})-)?(?P<month>{_LIST})(?P<dash>[-~])(?P<day>{_LIST})(?: +|\Z))?"
    rf"(?:(?P<hour>{_LIST}):(?P<minute>{_LIST})(?::(?P<second>{_LIST}))?)?"
)
_INSTANT = rf"(?:{_DAY_LIST} +)?@ *\+?(?P<seconds>[0-9]{{1,20}})"
_NUMBER = r"[0-9]{1,20}(?:\.[0-9]+)?"
_VALUES = rf"(?P<start>{_NUMBER})(?:\.\.(?P<stop>{_NUMBER}))?(?:/(?P<step>{_NUMBER}))?"
_CRON = r"[0-9*,/-]+(?: +[0-9A-Za-z*,/-]+){4}"

_FUTURE = range(2020, 2200)  # Fixed: the outcome must not depend on the day of the run.
_SECOND = 1_000_000


@frozen
class _Field:
    """One place of an expression; `scale` says how many steps from `low` to `high` make 1."""

    name: str
    low: int
    high: int
    scale: int = 1

    def refusal(self, written: str) -> ValueError:
        high = self.high // self.scale
        return ValueError(f"{self.name} go from {self.low} to {high}, not {written:.40}")

    def number(self, written: str) -> int:
        whole, _, fraction = written.partition(".")
        value = int(whole) * self.scale + int(fraction[:6].ljust(6, "0")) + (fraction[6:7] >= "5")
        if value >= 2**31:  # systemd keeps it in a C int.
            raise self.refusal(written)
        return value


_YEARS = _Field("years", 1970, 2199)
_MONTHS = _Field("months", 1, 12)
_DAYS = _Field("days", 1, 31)
_DAYS_FROM_END = _Field('days counted with "~"', 1, 28)
_HOURS = _Field("hours", 0, 23)
_MINUTES = _Field("minutes", 0, 59)
_SECONDS = _Field("seconds", 0, 60 * _SECOND - 1, scale=_SECOND)


@lru_cache(maxsize=1024)
def calendar_problem(text: str) -> str | None:
    """What is wrong with `text` as an OnCalendar= value, in one sentence; None if nothing is."""
    try:
        _check_calendar(text)
    except ValueError as refusal:
        return str(refusal)
    return None


@lru_cache(maxsize=1024)
def ending_problem(text: str) -> str | None:
    """Why an expression that systemd takes comes round for some time only; None if it goes on."""
    form = re.fullmatch(_FORM, _without_zone(text))
    years = form["year"] if form else None
    goes_on = years is None or any(_has_no_end(item) for item in years.split(","))
    if goes_on and "@" not in text:
        return None
    return 'never comes round again after the years that it names: write "*" for the year'


def _has_no_end(years: str) -> bool:
    return years == "*" or ("/" in years and ".." not in years)


def _check_calendar(text: str) -> None:
    expression = _without_zone(text)
    if re.fullmatch(_SHORTHAND, expression):
        return
    form = re.fullmatch(_INSTANT, expression) or re.fullmatch(_FORM, expression)
    if form is None or not text:
        noun = "cron's notation, not" if re.fullmatch(_CRON, expression) else "not"
        raise ValueError(f"{noun} a calendar expression; {_EXAMPLES}")
    if form.re.pattern == _INSTANT:
        day = date(1970, 1, 1) + timedelta(seconds=min(int(form["seconds"]), 2**36))
        _check_fires([day] if day.year in _FUTURE else [], _weekdays(form["weekdays"]))
        return
    for place, field in (("hour", _HOURS), ("minute", _MINUTES), ("second", _SECONDS)):
        _values(form[place], field)
    _check_fires(_dates(form), _weekdays(form["weekdays"]))


def _without_zone(text: str) -> str:
    expression, _, last = text.rpartition(" ")
    if not expression or not last[:1].isalpha():
        return text
    shaped = "/" in last or ":" in expression or re.fullmatch(_SHORTHAND, expression)
    if last.casefold() == "utc" or (shaped and last.isprintable()):
        _check_zone(last)
        return expression
    return text


def _check_zone(name: str) -> None:
    if not is_timezone(name):
        near = nearest_timezone(name)
        hint = f'did you mean "{near}"?' if near else "try UTC or Europe/Berlin"
        raise ValueError(f'"{name:.40}" is not a time zone everywhere; {hint}')


def _weekdays(listed: str | None) -> set[int]:
    """The days of a list such as `Mon..Wed,Fri`, Monday being 0; every day without a list."""
    days: set[int] = set() if listed else set(range(7))
    for item in listed.removesuffix(",").split(",") if listed else ():
        names = re.split(r"\.\.|-", item.lower())
        if unknown := [name for name in names if name not in _WEEKDAYS]:
            raise ValueError(f'"{unknown[0]:.40}" is no weekday, nor a shorthand here; {_EXAMPLES}')
        first, last = _WEEKDAYS[names[0]], _WEEKDAYS[names[-1]]
        if names[2:] or last < first:
            raise ValueError(f'weekday ranges run from Mon to Sun, unlike "{item:.40}"')
        days.update(range(first, last + 1))
    return days


def _values(listed: str | None, field: _Field) -> list[range]:
    if listed is None or listed == "*":
        return [range(field.low, field.high + 1)]
    items = listed.split(",")
    if items[241:]:
        raise ValueError(f"systemd takes at most 241 {field.name} in one list")
    ranges = [_range(item, field) for item in items]
    if field is _DAYS_FROM_END:  # systemd lowers its limit by 3 with each further item.
        for place, days in enumerate(sorted(set(ranges), key=lambda days: (days[0], days[-1]))):
            if max(days) > field.high - 3 * place:
                raise ValueError(f"systemd takes no {max(days)} in so long a list of {field.name}")
    return ranges


def _range(written: str, field: _Field) -> range:
    """The values of `a`, `a/n`, `a..b` or `a..b/n`; without an end, `a/n` runs to the limit."""
    match = re.fullmatch(_VALUES, written)
    if match is None or (field.scale == 1 and re.search(r"[0-9]\.[0-9]", written)):
        hint = f'; repeat with "{field.low}/n"' if written.startswith("*/") else ""
        raise ValueError(f'"{written:.40}" does not fit {field.name}{hint}')
    start, stop = (field.number(match[end] or match["start"]) for end in ("start", "stop"))
    step = field.number(match["step"] or "0")
    if field is _YEARS:
        start, stop = _full_year(start), _full_year(stop)
    if not field.low <= start <= field.high:
        raise field.refusal(match["start"])
    if match["step"] and not step:
        raise ValueError(f'"{written:.40}" repeats every 0 {field.name}')
    if stop < start:
        raise ValueError(f'the range "{written:.40}" of {field.name} runs backwards')
    if match["stop"] or not step:
        values = range(start, stop + 1, step or field.scale)
    elif field is _DAYS_FROM_END:
        values = range(start, 0, -step)
    else:
        values = range(start, field.high + 1, step)
    if len(values) == 1 and bool(step) != bool(match["stop"]) and (step or field is _SECONDS):
        raise ValueError(f'"{written:.40}" comes to one value only; write "{match[1]:.40}"')
    if values[-1] > field.high:
        raise field.refusal(match["stop"])
    return values


def _full_year(number: int) -> int:
    return number + (2000 if number in range(70) else 1900 if number in range(100) else 0)


def _dates(form: re.Match[str]) -> Iterator[date]:
    """The dates from 2020 on that an expression names, whatever the weekday."""
    from_end = form["dash"] == "~"
    years = set(chain(*_values(form["year"], _YEARS))).intersection(_FUTURE)
    months = set(chain(*_values(form["month"], _MONTHS)))
    days = set(chain(*_values(form["day"], _DAYS_FROM_END if from_end else _DAYS)))
    for year, month in product(years, months):
        length = (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days
        existing = (length + 1 - day if from_end else day for day in days if day <= length)
        yield from (date(year, month, day) for day in existing)


def _check_fires(dates: Iterable[date], weekdays: set[int]) -> None:
    reason = "there is no such date from 2020 to 2199"
    for day in dates:
        if day.weekday() in weekdays:
            return
        reason = "its dates fall on other weekdays"
    raise ValueError(f"can never fire: {reason}")
