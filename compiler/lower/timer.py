"""A timer, and its part in the boot."""

from collections.abc import Iterator

from compiler.lower.lines import Lines, Paths
from schema.backup import Schedule
from schema.diagnostics import ManifestPath
from schema.units import Unit, Wants

SCHEDULE: ManifestPath = ("backup", "schedule")


def timed(
    name: str, path: ManifestPath, at: ManifestPath, schedule: Schedule, also: Paths = ()
) -> Iterator[Unit | Wants]:
    """NAME.timer, which starts NAME.service, and the link that starts the timer itself.

    `path` is what the timer is there for, and `at` the option that says when it fires.
    """
    lines = Lines("backup", path, also)
    lines.unit("Description", f"Start {name}.service", "what it does")
    persistent = "yes" if schedule.persistent else "no"
    lines.add("Timer", "OnCalendar", schedule.at, "when to start", at)
    lines.add(
        "Timer",
        "RandomizedDelaySec",
        schedule.jitter,
        "hosts do not all start at once",
        (*SCHEDULE, "jitter"),
    )
    lines.add("Timer", "FixedRandomDelay", "yes", "each host keeps its own delay")
    lines.add(
        "Timer",
        "Persistent",
        persistent,
        "a run that was missed is made up for",
        (*SCHEDULE, "persistent"),
    )
    origin = lines.origin("started by the clock")
    unit = Unit(f"{name}.timer", f"When {name}.service starts.", tuple(lines.directives), origin)
    yield unit
    yield Wants("timers.target", unit.name, origin)
