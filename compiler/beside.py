"""A path that a file writes -> the name of what it means, for the system and for reports."""

import os
from collections.abc import Callable


def beside(file: str, path: str, real: Callable[[str], str] = os.path.realpath) -> str:
    """Name what a path means, seen from the folder in which the file that writes it really lies.

    The kernel follows a link before it goes up: with `hosts` a link to `real/hosts`, the name
    `hosts/../base.yaml` is `real/base.yaml` (path_resolution(7)). Shortened by its letters, it
    would be another file.

    Args:
        file: the file that writes the path, as reports name it.
        path: what it writes.
        real: resolves the links of a path.

    Returns:
        The short name, put together from the two as they were written, where that means the same;
        or else the real path: from the root if that of the file is, or from the working directory.

    Raises:
        ValueError: there is a NUL in it.
    """
    meant = real(os.path.join(os.path.dirname(real(file)), path))
    short = os.path.normpath(os.path.join(os.path.dirname(file), path))
    if real(short) == meant:
        return short
    return meant if os.path.isabs(file) else os.path.relpath(meant)
