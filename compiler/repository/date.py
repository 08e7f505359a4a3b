"""The date of a Release: the one place of Hostwright that may look at the clock."""

import os
import time

from compiler.repository.failures import FailedError

_TOLERATED = 10  # seconds, as of apt's Acquire::Max-FutureTime (apt.conf(5))


def next_date(previous: int) -> int:
    """The date of a suite that follows one of the date `previous`, in seconds since 1970.

    A Release must carry a true date, which is the one thing that a build cannot know from what it
    is given: apt refuses one that is in the future, and takes no notice at all of a suite whose
    date is not later than that of the one it has, or whose Valid-Until is over. Whoever wants
    the same bytes twice has SOURCE_DATE_EPOCH; but not even that makes a suite older.

    Raises:
        FailedError: SOURCE_DATE_EPOCH is no number, or the previous date is still to come. (For
            a date that comes within seconds, as that of a burst of changes, this waits.)
    """
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        if not (given.isascii() and given.isdigit() and len(given) <= 11):
            raise FailedError(f'SOURCE_DATE_EPOCH="{given}" is no number of seconds since 1970')
        return max(int(given), previous + 1)
    now = int(time.time())
    if previous > now + _TOLERATED:
        raise FailedError(
            f"what was published last is dated {previous - now} seconds after now: set the clock "
            "of this machine right; hosts would take no notice of what is dated earlier"
        )
    if previous >= now:
        time.sleep(max(0.0, previous + 1 - time.time()))
    return max(now, previous + 1)
