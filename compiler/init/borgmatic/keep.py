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
_CALENDARS = (
    (1, "daily"),
    (7, "weekly"),
    (31, "monthly"),
    (92, "quarterly"),
    (184, "semiannually"),
)
_DAYS = {"minute": 0.0, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.0, "year": 365.0}


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
        reader.draft.section(("backup", "keep"), (_DEFAULT_NAMES,))


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
    if given is None or (text or "").startswith("{hostname}-{now:%Y-%m-%dT"):
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
    at = min(number for number, _ in days.values())
    calendar = next((word for limit, word in _CALENDARS if at <= limit), "yearly")
    reader.draft.put(
        ("backup", "check", "at"), calendar, source=next(iter(days.values()))[1].source
    )
    if "data" in days and days["data"][0] <= at:
        reader.draft.put(
            ("backup", "check", "verify_data"), value=True, source=days["data"][1].source
        )
    elif "data" in days:
        said = "one check does all: verify_data: true would read all data as often as the others"
        reader.draft.leave_out(days["data"][1].source, said)


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
    found = re.fullmatch(r"(\d{1,4}) (minute|hour|day|week|month|year)s?", (text or "").strip())
    if found:
        return name, int(found[1]) * _DAYS[found[2]]
    if often is not None and text is not None and text != "always":
        reader.leave_out(often, "no span of time")
        return name, 30.0
    return name, 1.0
