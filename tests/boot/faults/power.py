"""Power cuts: in the middle of each phase of a run, every process ends at once."""

from collections.abc import Callable

from attrs import frozen

from tests.boot.faults.fault import Archive
from tests.boot.faults.lab import REPOSITORY, Lab
from tests.boot.faults.moments import Moment, writing

OLD_ARCHIVES = 4
LATE = "web1: backup-stale FAILED"
_HALF = "/backup/postgresql/.partial/new"
_CONFIG = f"{REPOSITORY}/config"


@frozen(kw_only=True)
class Cut:
    """One row of the table, and the test of it.

    Attributes:
        name: the test's id, words joined by `-`.
        what: a sentence: when the power was cut.
        did: a sentence: what the host did after it had booted.
        prepare: sets the stage, before anything is looked at.
        moment: when the power is cut.
        trace: whether the boot finds what only a run leaves that is cut off in the middle.
        archive: what is in the repository of the run that was cut off.
        said: what the journal of the next run says.
    """

    name: str
    what: str
    did: str
    prepare: Callable[[Lab], object] = lambda _: None
    moment: Callable[[Lab], Moment]
    trace: Callable[[Lab], bool]
    archive: Archive = Archive.NONE
    said: str = "terminating with success status"


def _there(path: str) -> Callable[[Lab], Moment]:
    """The moment when a file or folder has appeared."""
    return lambda lab: lab.host.path(path).exists


def _is_uncommitted(lab: Lab) -> bool:
    """Whether borg has written segments that are in no index of the repository."""
    folder = lab.host.path(REPOSITORY)
    index = max(int(file.suffix[1:]) for file in folder.glob("index.*"))
    return any(int(file.name) > index for file in folder.glob("data/*/*"))


def _large(lab: Lab) -> None:
    lab.host.run("sh", "-c", "head --bytes=60M /dev/urandom >/srv/large")


def _old_archives(lab: Lab) -> None:
    """Archives that the rules do not keep: only those of the last two days are kept."""
    for day in range(1, OLD_ARCHIVES + 1):
        at = f"2020-01-0{day}T00:00:00"
        lab.borg("create", f"--timestamp={at}", f"::web1-{at}", "/usr/lib/python3")


def _waste(lab: Lab) -> None:
    """Space that can be given back: that of an archive which somebody has deleted."""
    lab.borg("create", "::mistake", "/usr/lib/python3", "/usr/lib/systemd")
    lab.borg("delete", "::mistake")


CUTS = (
    Cut(
        name="power-cut-initializing",
        what="The power is cut while the very first run creates the repository.",
        did="The next run threw the half-made repository away, and created it anew.",
        moment=_there(_CONFIG),
        trace=lambda lab: lab.has(_CONFIG),
        said="the creation of the repository was cut off, beginning anew",
    ),
    Cut(
        name="power-cut-dumping",
        what="The power is cut during a dump.",
        did="The last good dump was still in its place, and the half of the new one was not.",
        moment=_there(_HALF),
        trace=lambda lab: lab.has(_HALF),
    ),
    Cut(
        name="power-cut-creating",
        what="The power is cut while borg creates the archive.",
        did="The next run began a new archive, and no lock was in its way.",
        prepare=_large,
        moment=lambda lab: writing(lab, "create"),
        trace=_is_uncommitted,
    ),
    Cut(
        name="power-cut-pruning",
        what="The power is cut while borg removes old archives.",
        did="No archive was gone; the next run removed the old ones.",
        prepare=_old_archives,
        moment=lambda lab: writing(lab, "prune"),
        trace=_is_uncommitted,
        archive=Archive.COMPLETE,
        said="Pruning archive",
    ),
    Cut(
        name="power-cut-compacting",
        what="The power is cut while borg gives space back.",
        did="No archive was gone; the next run gave the space back.",
        prepare=_waste,
        moment=lambda lab: writing(lab, "compact"),
        trace=_is_uncommitted,
        archive=Archive.COMPLETE,
        said="compaction freed about",
    ),
)
