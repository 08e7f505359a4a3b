"""Calendar expressions and time spans: by table, and against the systemd of this machine."""

import math
import os
import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from schema.calendar import calendar_problem, ending_problem
from schema.timespan import timespan_problem, timespan_seconds

EXAMPLES = 'try "daily", "Mon *-*-* 02:30" or "*-*-* 04:00:00"'
NO_CALENDAR = f"not a calendar expression; {EXAMPLES}"
NO_SPAN = 'not a time span; try "90s", "30min" or "1h 30min"'
TOO_LONG = "longer than the 584542 years that systemd can count"
NO_UNIT = "is no unit; try us, ms, s, min, h, d, w, month or y"
NO_DATE = "can never fire: there is no such date from 2020 to 2199"
OTHER_DAYS = "can never fire: its dates fall on other weekdays"
DAYS_FROM_END = 'days counted with "~"'

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="systemd-analyze, which says what systemd accepts, is not installed",
)

FINE_CALENDARS = [
    *("minutely", "hourly", "daily", "Weekly", "MONTHLY", "quarterly", "yearly", "annually"),
    *("anually", "semiannually", "semi-annually", "biannually", "bi-annually"),
    *("daily UTC", "Mon utc", "Mon  UTC", "12:00 Etc/GMT+5", "weekly Pacific/Auckland"),
    "*-*-* 12:00 America/Argentina/Buenos_Aires",
    *("Mon *-*-* 02:30", "*-*-* 04:00:00", "Mon 10:00", "Wed, 17:48", "Mon,  10:00", "Mon "),
    *("Sat,Thu,Mon..Wed,Sat..Sun", "Wed..Wed,Wed *-1", "monday-Friday 3:00", "tue..Tue"),
    *("2032-01-01", "32-1-1", "2032-01-01 ", "10-15", "*-*", "*~1", "2033-02..04-05"),
    *("12,14,13,12:20,10,30", "mon,fri *-1/2-1,3 *:30:45", "*:2/3", "0/23:00", "5..5:00"),
    *("05:40:23.4200004/3.1700005", "1:1:58.9999995", "1:1:1..2.5/0.5", "1..99/99:00"),
    *("*-02~03", "Mon *-05~07/1", "*-*~1..28/27", "2032-2~28/27", "*-*~*", "*~25,7,7", "*~28,28"),
    *("*-02-29", "Thu 2052-02-29", "2010..2020-1-1", "70/25-1-1", "2199-12-31"),
    *("@1900000000", "@7258118399", "Sun @ +1900000000 UTC", ",".join(["1"] * 241) + ":00"),
]

REFUSED_CALENDARS = [
    ("*-*-* 25:00", "hours go from 0 to 23, not 25"),
    ("10:60", "minutes go from 0 to 59, not 60"),
    ("10:00:60", "seconds go from 0 to 59, not 60"),
    ("10:00:59.9999995", "seconds go from 0 to 59, not 59.9999995"),
    ("*-13-1", "months go from 1 to 12, not 13"),
    ("*-*-0", "days go from 1 to 31, not 0"),
    ("*-*~29", f"{DAYS_FROM_END} go from 1 to 28, not 29"),
    ("1969-01-01", "years go from 1970 to 2199, not 1969"),
    ("2200-01-01", "years go from 1970 to 2199, not 2200"),
    ("20..25/4:00", "hours go from 0 to 23, not 25"),
    ("1..2/2147483648:00", "hours go from 0 to 23, not 2147483648"),
    ("5..3:00", 'the range "5..3" of hours runs backwards'),
    ("10/20:00", '"10/20" comes to one value only; write "10"'),
    ("*-*~3/3", '"3/3" comes to one value only; write "3"'),
    ("1:1:7..7.9", '"7..7.9" comes to one value only; write "7"'),
    ("*-*~26,7", f"systemd takes no 26 in so long a list of {DAYS_FROM_END}"),
    ("1/0:00", '"1/0" repeats every 0 hours'),
    ("*/2:00", '"*/2" does not fit hours; repeat with "0/n"'),
    ("*-*/2-01", '"*/2" does not fit months; repeat with "1/n"'),
    ("1.5:00", '"1.5" does not fit hours'),
    ("1,,2:00", '"" does not fit hours'),
    (",".join(["1"] * 242) + ":00", "systemd takes at most 241 hours in one list"),
    ("Fri..Mon", 'weekday ranges run from Mon to Sun, unlike "Fri..Mon"'),
    ("Mon..Tue..Wed", 'weekday ranges run from Mon to Sun, unlike "Mon..Tue..Wed"'),
    ("Tues 10:00", f'"tues" is no weekday, nor a shorthand here; {EXAMPLES}'),
    ("fortnightly", f'"fortnightly" is no weekday, nor a shorthand here; {EXAMPLES}'),
    ("Mon,,Tue", f'"" is no weekday, nor a shorthand here; {EXAMPLES}'),
    ("UTC", f'"utc" is no weekday, nor a shorthand here; {EXAMPLES}'),
    ("daily ", f'"daily" is no weekday, nor a shorthand here; {EXAMPLES}'),
    *((text, NO_CALENDAR) for text in ("", "  ", " daily", "Mon daily", "2030", "10:00am")),
    *((text, NO_CALENDAR) for text in ("@daily", "@-5", "12:00\n", "Mon\t12:00", "@" + "1" * 21)),
    *((text, NO_CALENDAR) for text in ("wee\u212aly", "\uff12:00", "2030-01-01T10:00")),
    ("0 4 * * *", f"cron's notation, {NO_CALENDAR}"),
    ("12:00 CET", '"CET" is not a time zone everywhere; try UTC or Europe/Berlin'),
    ("daily US/Pacific", '"US/Pacific" is not a time zone everywhere; try UTC or Europe/Berlin'),
    (
        "1:00 europe/rome",
        '"europe/rome" is not a time zone everywhere; did you mean "Europe/Rome"?',
    ),
    (
        "daily Europe/Berln",
        '"Europe/Berln" is not a time zone everywhere; did you mean "Europe/Berlin"?',
    ),
    ("12:00 Berlin", '"Berlin" is not a time zone everywhere; did you mean "Europe/Berlin"?'),
    ("Mon Europe/Kiev", '"Europe/Kiev" is not a time zone everywhere; did you mean "Europe/Kyiv"?'),
    ("*-02-30", NO_DATE),
    ("*-4,6,9,11-31 10:00", NO_DATE),
    ("2030-02-29", NO_DATE),
    ("99-01-01", NO_DATE),
    *((text, NO_DATE) for text in ("1970..2019-01-01", "@1500000000", "@7258118400")),
    *((text, OTHER_DAYS) for text in ("Mon 2030-3~15", "Mon 2030-03-17", "Mon @1900000000")),
]

FINE_SPANS = [
    ("0", 0.0),
    ("90", 90.0),
    ("2 h", 7200.0),
    ("48hr", 172800.0),
    ("1y 12month", 63115200.0),
    ("55s500ms", 55.5),
    ("300ms20s 5day", 432020.3),
    ("1h30", 3630.0),
    ("1.5h", 5400.0),
    (".5", 0.5),
    ("1.5 .5", 2.0),
    ("1s+1", 2.0),
    (" 5 m ", 300.0),
    ("5M", 13149000.0),
    ("3weeks", 1814400.0),
    ("7us 1µs 1μs", 0.000009),
    ("0.1234567", 0.123456),
    ("infinity ", math.inf),
]

REFUSED_SPANS = [
    *((text, NO_SPAN) for text in ("", " ", "-1", "+ 1", "1.", ".", "1.5.5", "+.5", "1+1")),
    *((text, NO_SPAN) for text in ("1h, 30m", "1:30", "half", "Infinity", "5s.", "5\t6")),
    *((text, NO_SPAN) for text in ("5\u00a0s", "\uff15", "5\n", "1" * 21)),
    *((f"5 {unit}", f'"{unit}" {NO_UNIT}') for unit in ("mins", "Days", "infinity", "ns")),
    *((text, TOO_LONG) for text in ("584542y", "9223372036854775808us")),
]


@pytest.mark.parametrize("text", FINE_CALENDARS)
def test_accepts_calendar(text: str) -> None:
    """What systemd.time(7) shows passes, and so do the odder forms that systemd takes."""
    assert calendar_problem(text) is None


@pytest.mark.parametrize(("text", "problem"), REFUSED_CALENDARS)
def test_refuses_calendar(text: str, problem: str) -> None:
    """A wrong or never firing expression is answered with the sentence that says why."""
    assert calendar_problem(text) == problem


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        *((text, False) for text in ("daily", "Mon *-*-* 02:30", "10-15", "12:00 UTC")),
        *((text, False) for text in ("2026/1-1-1", "2030,2030/2-1-1 00:00")),
        *((text, True) for text in ("2032-01-01", "2030,2031-*-* 02:30", "@1900000000")),
        *((text, True) for text in ("2026..2199-1-1", "26..30/2-*-* 02:30 Europe/Berlin")),
    ],
)
def test_knows_what_comes_round_again(text: str, ends: bool) -> None:  # noqa: FBT001
    """An expression that names its years is over one day, and with it the backup."""
    assert (calendar_problem(text), ending_problem(text) is not None) == (None, ends)


@pytest.mark.parametrize(("text", "seconds"), FINE_SPANS)
def test_measures_span(text: str, seconds: float) -> None:
    """The parts of a time span are added up, in seconds."""
    assert (timespan_problem(text), timespan_seconds(text)) == (None, seconds)


@pytest.mark.parametrize(("text", "problem"), REFUSED_SPANS)
def test_refuses_span(text: str, problem: str) -> None:
    """A wrong time span is answered with the sentence that says why."""
    assert timespan_problem(text) == problem


def test_raises_the_sentence() -> None:
    """What `timespan_problem` returns is what `timespan_seconds` raises."""
    with pytest.raises(ValueError, match=r'"mins" is no unit; try us'):
        timespan_seconds("5mins")


def test_long_texts_end_soon() -> None:
    """Hostile lengths are answered, and quoted in one line of sane length."""
    texts = ["1" * 10**5, "1," * 10**5 + ":0", "Mon" + " " * 10**5 + "x", "1 x" + "y" * 10**5]
    problems = [calendar_problem(text) or timespan_problem(text) or "" for text in texts]
    assert max(map(len, problems)) < 150


def analyze(verb: str, texts: list[str], *options: str) -> subprocess.CompletedProcess[str]:
    """Run systemd-analyze on all the texts at once."""
    return subprocess.run(
        ["systemd-analyze", *options, verb, "--", *texts],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={"PATH": os.environ["PATH"], "TZ": "UTC", "LC_ALL": "C.UTF-8"},
    )


def next_elapses(texts: list[str]) -> Iterator[str | None]:
    """When each expression first fires from 2020 on, as systemd says; None where it refuses."""
    completed = analyze("calendar", texts, "--base-time=2019-12-31 22:59:59 UTC")
    elapses = re.findall(r"Next elapse: (.*)", completed.stdout)
    for text in texts:
        yield None if f" '{text}': " in completed.stderr else elapses.pop(0)
    assert elapses == []


def microseconds(texts: list[str]) -> list[int | None]:
    """How long systemd says each span is; None where it refuses, which ends its run."""
    found: list[int | None] = []
    while len(found) < len(texts):
        completed = analyze("timespan", texts[len(found) :])
        found += map(int, re.findall(r"^ *μs: (.*)$", completed.stdout, re.MULTILINE))
        found += [None] if completed.returncode else []
    return found


NUMBER = "([0-9]|00|07|1[0-3]|2[3-9]|3[0-2]|59|60)"
YEAR = "(0|9|69|70|99|100|1969|1970|2018|2020|203[0-9]|2199|2200)"
SECOND = rf"{NUMBER}(\.(0|5|25|4999999|9999995))?"
ZONE = "( UTC| utc| Europe/Berlin| Etc/GMT\\+5)?" if os.path.exists("/usr/share/zoneinfo") else ""


def values(number: str) -> str:
    """The pattern of a list of values, ranges and repetitions."""
    value = rf"{number}(\.\.{number})?(/{number})?"
    return rf"(\*|{value}|{value}(,{value}){{1,3}})"


DAY = "(mon|Tue|WEDNESDAY|thu|Friday|sat|SUN)"
WEEKDAYS = rf"{DAY}((\.\.|-|,){DAY}){{0,3}},?"
ANY = rf"(\*|{NUMBER})"
CALENDARS = st.one_of(
    *(
        st.from_regex(pattern + ZONE, fullmatch=True)
        for pattern in (
            rf"{WEEKDAYS}( {{1,2}}{ANY}:{ANY})?",
            rf"{values(YEAR)}-{ANY}[-~]{ANY} {{0,2}}",
            rf"({WEEKDAYS} )?{ANY}[-~]{values(NUMBER)}",
            rf"({WEEKDAYS} )?(\*|203[0-9])-{values(NUMBER)}[-~]{values(NUMBER)}( {ANY}:{ANY})?",
            rf"{values(NUMBER)}:{values(NUMBER)}",
            rf"{ANY}:{ANY}:{values(SECOND)}",
            rf"({WEEKDAYS} )?@ ?\+?(0|15|19|20|72|73)[0-9]{{8}}",
        )
    ),
    st.text("0129*-~:/., MonTue+", max_size=12),
)
AMOUNT = r"(\+?[0-9]{1,3}(\.[0-9]{1,8})?|\.[0-9]|[0-9]{17,20}|[0-9]\.)"
UNIT = "(us|µs|μs|usec|ms|msec|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?"
UNIT += "|M|months?|y|years?|Y|infinity)"
SPANS = st.one_of(
    st.from_regex(rf"( ?{AMOUNT} ?{UNIT}?){{1,3}} ?", fullmatch=True),
    st.text("019. +-smhdwyMuµinft", max_size=10),
).filter(lambda text: not re.search("0[0-9]{20}", text))


@needs_systemd
@settings(max_examples=15, deadline=None, derandomize=True, phases=[Phase.generate])
@given(st.lists(CALENDARS, min_size=30, max_size=30))
def test_agrees_with_systemd_on_calendars(texts: list[str]) -> None:
    """Exactly what systemd accepts is accepted, but for what it says elapses never."""
    for text, elapse in zip(texts, next_elapses(texts), strict=True):
        problem = calendar_problem(text) or ""
        assert (text, problem == "") == (text, elapse not in {None, "never"})
        if elapse == "never":
            assert (text, problem[:14]) == (text, "can never fire")


@needs_systemd
@settings(max_examples=8, deadline=None, derandomize=True, phases=[Phase.generate])
@given(st.lists(SPANS, min_size=20, max_size=20))
def test_agrees_with_systemd_on_spans(texts: list[str]) -> None:
    """Exactly what systemd accepts is accepted, and is as long as systemd says."""
    for text, length in zip(texts, microseconds(texts), strict=True):
        assert (text, timespan_problem(text) is None) == (text, length is not None)
        if length is not None:
            seconds = math.inf if length == 2**64 - 1 else length / 10**6
            assert (text, timespan_seconds(text)) == (text, seconds)
