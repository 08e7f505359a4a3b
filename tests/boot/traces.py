"""What a package leaves on a host: every file, folder and link, before and after."""

import os

from tests.boot.bad_day import Entry, everything
from tests.boot.laboratory import Host

# Of other programs than ours: what they note about having run, and where dpkg keeps its books.
_ELSEWHERE = {"dev", "proc", "run", "sys"}
_BOOKS = ("/var/cache/apt/", "/var/cache/debconf/", "/var/lib/apt/", "/var/lib/dpkg/", "/var/log/")
_RUNTIME = ("/run/systemd/system", "/run/hostwright")

Traces = dict[str, Entry | None]


def traces(host: Host) -> Traces:
    """All that there is, by its path; of what is in / itself, only that it is there."""
    names = set(os.listdir(host.path("/"))) - _ELSEWHERE
    runtime = (path for path in _RUNTIME if host.path(path).exists())
    found: Traces = {f"/{name}": None for name in names} | dict.fromkeys(runtime)
    folders = (f"/{name}" for name in names if not host.path(f"/{name}").is_symlink())
    found |= everything(host, *folders, *_RUNTIME)
    return {path: entry for path, entry in found.items() if not path.startswith(_BOOKS)}


def changes(before: Traces, after: Traces) -> dict[str, str]:
    """What became of each path that is not as it was: `new`, `gone` or `changed`."""
    paths = sorted(before.keys() | after.keys())
    became = {path: _became(path, before, after) for path in paths}
    return {path: said for path, said in became.items() if said}


def _became(path: str, before: Traces, after: Traces) -> str:
    if path not in after:
        return "gone"
    if path not in before:
        return "new"
    return "" if before[path] == after[path] else "changed"
