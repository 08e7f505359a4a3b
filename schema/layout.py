"""Where the parts of a tree live on the host."""

from typing import Literal

Layout = Literal["usr", "etc"]


def library(layout: Layout) -> str:
    """The folder that holds systemd/, tmpfiles.d/, sysusers.d/ and hostwright/."""
    return "/usr/lib" if layout == "usr" else "/etc"


def lies_in(path: str, folder: str) -> bool:
    """Whether an absolute path is a folder or below it."""
    return folder in {path, "/"} or path.startswith(f"{folder}/")


def overlap(one: str, other: str) -> bool:
    """Whether one of two absolute paths lies in the other."""
    return lies_in(one, other) or lies_in(other, one)
