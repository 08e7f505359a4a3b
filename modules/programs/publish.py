#!/usr/bin/python3 -EsB
"""publish FOLDER INSTANCE: gives node_exporter, in FOLDER, what prometheus has printed.

As root, because FOLDER is root's on Debian; but it lies in a folder of the user prometheus, who
could put links in the way of whoever works there by path. So no link is followed on the way to
FOLDER, and what is there is replaced, never opened.
"""

import os
import sys
from pathlib import Path

PRINTED = Path("/var/lib/hostwright")


def publish(folder: str, instance: str) -> None:
    """Put a file in place, in whole.

    Raises:
        OSError: the folder is not there, is reached by a link, or takes no file.
    """
    source = PRINTED / f"{instance}.prom"
    unit = instance.rpartition("-")[0]
    new, name = f"hostwright-{unit}.new", f"hostwright-{unit}.prom"
    place = opened(folder)
    if new in os.listdir(place):
        os.unlink(new, dir_fd=place)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(new, flags, 0o644, dir_fd=place), "wb") as file:
        file.write(source.read_bytes())
        file.flush()
        os.fchmod(file.fileno(), 0o644)
        os.fsync(file.fileno())
    os.rename(new, name, src_dir_fd=place, dst_dir_fd=place)
    source.unlink()


def opened(folder: str) -> int:
    """A folder, reached step by step without following any link."""
    place = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
    for step in Path(folder).parts[1:]:
        below = os.open(step, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=place)
        os.close(place)
        place = below
    return place


if __name__ == "__main__":
    try:
        publish(*sys.argv[1:])
    except OSError as error:
        sys.exit(f"publish: {error.filename}: {error.strerror}; is it a folder, and no link?")
