"""A file with new content, whole or not at all; its mode stays, and so does a link to it."""

import os
import stat
from contextlib import suppress

from schema.diagnostics import Diagnostic, RejectedError


def rewrite(file: str, old: bytes, new: bytes) -> None:
    """Put new content in the place of a file's old one.

    Args:
        file: its name; of a link, what it points to is rewritten.
        old: what was read from it.
        new: what it is to hold.

    Raises:
        RejectedError: it cannot be written, or somebody has changed it meanwhile. It is then as it
            was.
    """
    try:
        _replace(os.path.realpath(file), old, new)
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"cannot rewrite the file: {reason}; it is as it was"
        raise RejectedError([Diagnostic("HW071", message)]) from error


def _replace(target: str, old: bytes, new: bytes) -> None:
    from tempfile import mkstemp

    folder, name = os.path.split(target)
    descriptor, beside = mkstemp(prefix=f".{name[:100]}.", dir=folder)
    try:
        with open(descriptor, "wb") as file:
            file.write(new)
            _keep_rights(file.fileno(), os.stat(target))
            file.flush()
            os.fsync(file.fileno())
        _refuse_change(target, old)
        os.rename(beside, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


def _refuse_change(target: str, old: bytes) -> None:
    with open(target, "rb") as file:
        if file.read(len(old) + 1) != old:
            raise OSError(0, "somebody has changed it meanwhile")


def _keep_rights(descriptor: int, status: os.stat_result) -> None:
    with suppress(PermissionError):  # only root can give a file away
        os.fchown(descriptor, status.st_uid, status.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(status.st_mode))
