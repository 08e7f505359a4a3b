"""Power cuts: in the middle of each phase of a run, every process ends at once."""

from collections.abc import Callable

from attrs import frozen

from tests.boot.faults.fault import Outcome
from tests.boot.faults.lab import REPOSITORY, Lab
from tests.boot.faults.moments import Moment, writing

OLD_ARCHIVES = 4
_HALF = "/backup/postgresql/.partial/new"
_LOCK = f"{REPOSITORY}/lock.exclusive"


@frozen(kw_only=True)
class Cut:
    """One row of the table, and the test of it.

    Attributes:
        name: the test's id, words joined by `-`.
        what: a sentence: when the power was cut.
        did: a sentence: what the host did after it had booted.
        prepare: sets the stage, before anything is looked at.
        moment: when the power is cut.
        trace: a path that is there after the boot because the run was cut off in the middle.
        next_run: how the next run ends.
    """

    name: str
    what: str
    did: str
    prepare: Callable[[Lab], object] = lambda _: None
    moment: Callable[[Lab], Moment]
    trace: str
    next_run: Outcome = Outcome.SUCCESS


def _there(path: str) -> Callable[[Lab], Moment]:
    """The moment when a file or folder has appeared."""
    return lambda lab: lab.host.path(path).exists


def _large(lab: Lab) -> None:
    lab.host.run("sh", "-c", "head --bytes=60M /dev/urandom >/srv/large")


def _old_archives(lab: Lab) -> None:
    """Archives that the rules do not keep: only those of the last two days are kept."""
    for day in range(1, OLD_ARCHIVES + 1):
        at = f"2020-01-0{day}T00:00:00"
        lab.borg("create", f"--timestamp={at}", f"::web1-{at}", "/usr/bin")


def _waste(lab: Lab) -> None:
    """Two archives of the same segments, one of which is deleted: space that can be given back."""
    lab.borg("create", "::by-hand", "/usr/bin")
    lab.borg("create", "::mistake", "/usr/lib/python3")
    lab.borg("delete", "::mistake")


CUTS = (
    Cut(
        name="power-cut-initializing",
        what="The power is cut while the very first run creates the repository.",
        did="The next run threw the half-made repository away and created it anew.",
        moment=_there(f"{REPOSITORY}/config"),
        trace=f"{REPOSITORY}/config",
    ),
    Cut(
        name="power-cut-dumping",
        what="The power is cut during a dump.",
        did="The last good dump was still in its place.",
        moment=_there(_HALF),
        trace=_HALF,
    ),
    Cut(
        name="power-cut-creating",
        what="The power is cut while borg creates the archive.",
        did="The next run took the stale lock away, and what there was of the archive.",
        prepare=_large,
        moment=lambda lab: writing(lab, "create"),
        trace=_LOCK,
    ),
    Cut(
        name="power-cut-pruning",
        what="The power is cut while borg removes old archives.",
        did="All archives were still there; the next run removed the old ones.",
        prepare=_old_archives,
        moment=lambda lab: writing(lab, "prune"),
        trace=_LOCK,
    ),
    Cut(
        name="power-cut-compacting",
        what="The power is cut while borg gives space back.",
        did="All archives were still there; the next run gave the space back.",
        prepare=_waste,
        moment=lambda lab: writing(lab, "compact"),
        trace=_LOCK,
    ),
)
