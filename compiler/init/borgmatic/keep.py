"""What borgmatic keeps and checks. A rule that cannot be said here must not cost an archive."""

import re

from compiler.init.borgmatic.reader import Given, Reader
from schema.borg import KeepWithin

_PERIODS = ("hourly", "daily", "weekly", "monthly", "yearly")
_MOST = 100_000
_NO_RULES = (
    "The file has no rule by which to keep archives, so nothing is pruned. For pruning, take this "
    "out and write keep."
)
_LOST = (
    "CHANGE: nothing is pruned for now, as not all rules could be carried over. Look at keep, then "
    "take this out."
)
_SKIPPED = "The file skips prune. It means that nothing is compacted either."
_DEFAULT_NAMES = (
    "Archives with borgmatic's default names count as this host's: these rules prune them, too."
)
_SHORT_NAMES = (
    "borg takes the name of a host up to its first dot, so the archives that are there are called "
    "{}-2026-01-31T02:30:00. These rules do not count them: see docs/moving.md."
)
_CALENDARS = (
    (365, "yearly"),
    (180, "semiannually"),
    (120, "*-01/4-01"),
    (90, "quarterly"),
    (60, "*-01/2-01"),
    (30, "monthly"),
    (17, "*-*-01,15"),
    (11, "*-*-01,11,21"),
    (7, "weekly"),
    (3, "*-*-01/3"),
    (2, "*-*-01/2"),
    (1, "daily"),
)
"""The most days between two times of a calendar, with months and years as borgmatic counts them."""
_UNEVEN = frozenset((11, 17))
_DAYS = {
    "second": 0.0,
    "minute": 0.0,
    "hour": 1 / 24,
    "day": 1.0,
    "week": 7.0,
    "month": 30.0,
    "year": 365.0,
}


def keep(reader: Reader) -> None:
    """Give `backup.keep`, or `append_only` where pruning by the rules would remove too much."""
    given = [reader.option(name) for name in reader.names() if _is_rule(name)]
    rules = [one for one in given if one is not None]
    carried = [_rule(reader, one) for one in rules]
    at = ("backup", "append_only")
    skipped = _skips(reader, "prune")
    if skipped is not None:
        reader.draft.put(at, value=True, comment=(_SKIPPED,), source=skipped.source)
    elif reader.draft.get(("backup", "keep")) is None:
        reader.draft.put(at, value=True, comment=(_NO_RULES,))
    elif not all(carried) or len(rules) < len(given):
        reader.draft.put(at, value=True, comment=(_LOST,))
    if _has_default_names(reader) and reader.draft.get(("backup", "keep")) is not None:
        short, dot, _ = str(reader.draft.values(("host",))[0]).partition(".")
        said = _SHORT_NAMES.format(short) if dot else _DEFAULT_NAMES
        reader.draft.section(("backup", "keep"), (said,))


def _is_rule(name: str) -> bool:
    return name.startswith("keep_") and name != "keep_exclude_tags"


def _rule(reader: Reader, given: Given) -> bool:
    name = given.name.removeprefix("keep_")
    text = reader.text(given) or ""
    if name == "within" and KeepWithin.problem(text) is None:
        reader.draft.put(("backup", "keep", name), text, source=given.source)
        return True
    is_count = text.isascii() and text.isdecimal() and len(text) < 7 and int(text) <= _MOST
    if name in _PERIODS and is_count and int(text) > 0:
        reader.draft.put(("backup", "keep", name), int(text), source=given.source)
        return True
    if is_count and int(text) == 0:
        return True
    reader.leave_out(given, "prune cannot keep by this rule")
    return False


def _skips(reader: Reader, action: str) -> Given | None:
    given = reader.option("skip_actions")
    for one in given.items() if given is not None else ():
        if getattr(one.node, "text", None) == action:
            reader.take(one)
            return one
    return None


def _has_default_names(reader: Reader) -> bool:
    given = reader.option("archive_name_format")
    text = reader.text(given)
    # borg writes {now} as %Y-%m-%dT%H:%M:%S.
    if given is None or re.match(r"\{hostname\}-\{now(:%Y-%m-%dT|\})", text or ""):
        return True
    if text is not None:
        said = "archives are called HOST-2026-01-31T02:30:00 here; older archives of another form "
        reader.leave_out(given, f"{said}stay until you delete them")
    return False


def check(reader: Reader) -> None:
    """Give `backup.check`: as often as the most frequent check."""
    given = reader.option("checks")
    days: dict[str, tuple[float, Given]] = {}
    for one in given.items() if given is not None else ():
        found = _check(reader, one)
        if found is not None:
            days[found[0]] = found[1], one
    if not days:
        return
    at, often = min(days.values(), key=lambda one: one[0])
    limit, calendar = next((one for one in _CALENDARS if one[0] <= at), _CALENDARS[-1])
    reader.draft.put(("backup", "check", "at"), calendar, _rounded(often, at, limit), often.source)
    if "data" in days and days["data"][0] <= at:
        reader.draft.put(
            ("backup", "check", "verify_data"), value=True, source=days["data"][1].source
        )
    elif "data" in days:
        said = "one check does all: verify_data: true would read all data as often as the others"
        reader.draft.leave_out(days["data"][1].source, said)


def _rounded(given: Given, days: float, limit: int) -> tuple[str, ...]:
    """What to say of a span that no calendar has."""
    often = given.key("frequency")
    said = " ".join(str(getattr(often and often.node, "text", "")).split())
    if days < 1:
        return (f"The file says {said}; here, as often as the backup runs by default.",)
    if days == limit and limit not in _UNEVEN:
        return ()
    return (
        f"The file says {said}. No calendar has that span: this is the next more frequent one.",
    )


def _check(reader: Reader, given: Given) -> tuple[str, float] | None:
    """The name of a check and the days between two of it."""
    named = given.key("name") or given
    name = reader.text(named)
    if name == "disabled":
        reader.leave_out(
            named, "the repository is checked once a month: a check cannot be left out"
        )
        return None
    if name not in {"repository", "archives", "data"}:
        if name is not None:
            reader.leave_out(named, "no such check; backup.drill tries the dumps out")
        return None
    often = given.key("frequency")
    text = reader.text(often)
    found = re.fullmatch(
        r"(\d{1,4}) (second|minute|hour|day|week|month|year)s?", (text or "").strip()
    )
    if found:
        return name, int(found[1]) * _DAYS[found[2]]
    if often is not None and text is not None and text != "always":
        reader.leave_out(often, "no span of time")
        return name, 30.0
    return name, 1.0
