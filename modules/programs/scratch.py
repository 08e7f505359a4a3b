"""A folder for what is thrown away again."""

import os
import shutil
import stat
from pathlib import Path


def empty(folder: Path) -> None:
    """Remove everything in a folder; the folder stays.

    Raises:
        OSError: something cannot be removed.
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _open_up(entry.path)
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)


def _open_up(folder: str) -> None:
    """Lift the modes: not even its owner can empty a folder that was archived as read-only."""
    os.chmod(folder, stat.S_IRWXU)
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _open_up(entry.path)
