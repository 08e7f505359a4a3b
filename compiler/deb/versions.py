"""The version of a package: one that rises with time, and ends in the tree's digest."""

import os
import time

from attrs import frozen

from schema.packages import PackageVersion

FIXED_EPOCH = 1767225600  # 2026-01-01: old enough for nobody, young enough for lintian
_DIGITS = 12
_VARIABLE = "SOURCE_DATE_EPOCH"
_LATEST = 253402300799  # 9999-12-31, after which a year has five digits and sorts before them


@frozen(eq=False, repr=False)
class Release:
    """A package's version, and what its files are dated."""

    version: str
    epoch: int


def release(tree_digest: str, version: str | None, epoch: int | None) -> Release:
    """Choose a version: a given one, or the epoch's date and the digest.

    Without an epoch the version is of the digest alone: it says which tree it is, but a new one is
    as likely to be lower as higher.
    """
    time_of = "0" if epoch is None else time.strftime("%Y%m%d%H%M%S", time.gmtime(epoch))
    chosen = version or PackageVersion(f"{time_of}+{tree_digest[:_DIGITS]}")
    return Release(chosen, FIXED_EPOCH if epoch is None else epoch)


def source_date_epoch() -> int | None:
    """What SOURCE_DATE_EPOCH says (reproducible-builds.org), or None when it is not set.

    Raises:
        ValueError: it is no number of seconds.
    """
    text = os.environ.get(_VARIABLE, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or int(text.lstrip("0")[:20] or "0") > _LATEST:
        raise ValueError(
            f'{_VARIABLE} is "{text}", and must be seconds since 1970, as git log --format=%ct'
        )
    return int(text.lstrip("0") or "0")
