"""Staged packages and suites -> their places, so that a suite is at every moment old or new.

First the packages, of which no suite speaks yet; then the suite, exchanged as a whole with the one
that stands. A host in the middle of its update finds the older indices by their digests.
"""

import os
from collections.abc import Sequence
from contextlib import suppress

from compiler.repository.incoming import Incoming
from compiler.write import FOLDER_MODE, settle, swap, sync


def publish(root: str, stage: str, given: Sequence[Incoming], suite: str) -> None:
    """Put everything in its place.

    Args:
        root: the repository.
        stage: the staging area, on the same disk.
        given: packages that the pool does not have yet.
        suite: its name; it lies in `dists` of the staging area.

    Raises:
        OSError: it cannot be done; the suite has not changed then.
        RejectedError: as that.
    """
    sync(stage, root)
    if given:
        _fill(root, given)
        sync(stage, root)  # no suite may speak of a package that a power cut takes away
    _folder(os.path.join(root, "dists"))
    place = os.path.join(root, "dists", suite)
    swap(os.path.join(stage, "dists", suite), place)
    settle(place)


def _fill(root: str, given: Sequence[Incoming]) -> None:
    """Move packages to the pool: all of them, or none."""
    _folder(os.path.join(root, "pool"))
    moved: list[str] = []
    try:
        for one in given:
            place = os.path.join(root, one.package.place)
            _folder(os.path.dirname(place))
            os.rename(one.copied, place)
            moved.append(place)
    except BaseException:
        for place in moved:
            with suppress(OSError):
                os.unlink(place)
        raise


def _folder(path: str) -> None:
    with suppress(FileExistsError):
        os.mkdir(path)
        os.chmod(path, FOLDER_MODE)
