"""The bytes of a manifest."""

from compiler.load import MAXIMUM_BYTES


def contents(file: str) -> bytes:
    """Read a manifest; of one that is too large, just enough to see that it is.

    Raises:
        OSError: it cannot be read.
        ValueError: there is a NUL in its name.
    """
    with open(file, "rb") as manifest:
        return manifest.read(MAXIMUM_BYTES + 1)
