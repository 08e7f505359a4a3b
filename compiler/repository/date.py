"""The date of a Release: the one place of Hostwright that may look at the clock."""

import time

from compiler.repository.failures import FailedError, SenselessError

_TOLERATED = 10  # seconds, as of apt's Acquire::Max-FutureTime (apt.conf(5))


def next_date(previous: int, given: int | None) -> int:
    """The date of a suite that follows one of the date `previous`, in seconds since 1970.

    A Release must carry a true date, which is the one thing that a build cannot know from what it
    is given: apt refuses one that is in the future, and takes no notice at all of a suite whose
    date is not later than that of the one it has, or whose Valid-Until is over. So this is not
    SOURCE_DATE_EPOCH, which a pipeline has in its environment for what it compiles.

    Args:
        previous: the date of the suite as it stands; 0 if there is none.
        given: the date that somebody wants.

    Raises:
        SenselessError: the date that is wanted is not later than the previous one.
        FailedError: the previous date is still to come. (For a date that comes within seconds, as
            that of a burst of changes, this waits.)
    """
    if given is not None:
        if given <= previous:
            raise SenselessError(
                f"--date {given} is not later than {previous}, the date of the suite: hosts would "
                "take no notice of it"
            )
        return given
    now = int(time.time())
    if previous > now + _TOLERATED:
        raise FailedError(
            f"what was published last is dated {previous - now} seconds after now: set the clock "
            "of this machine right; hosts would take no notice of what is dated earlier"
        )
    if previous >= now:
        time.sleep(max(0.0, previous + 1 - time.time()))
    return max(now, previous + 1)
