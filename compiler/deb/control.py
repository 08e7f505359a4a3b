"""The file control of a package (Debian Policy 5.3)."""

from collections.abc import Iterable, Iterator

from compiler.deb.archive import Member
from compiler.deb.source import Source

_ANY_HOST = "hostwright-host"
"""What every host's package provides, and conflicts with in others: a machine is one host."""

_DESCRIPTION = """\
Description: backup of one host with borg
 Units, timers, folders and scripts that back up this one host with borg,
 without root, compiled by Hostwright from the host's manifest.
 .
 To change something, change the manifest and compile it again. What was
 backed up comes back with hostwright-restore.
"""


def control(source: Source, version: str, data: Iterable[Member], content: str) -> str:
    """All fields, in the order in which Debian's own tools write them.

    Args:
        source: the tree.
        version: of the package.
        data: what is unpacked on the host.
        content: the digest of what the package does there: of what is not only a date or a name.
    """
    said = source.settings
    fields = {
        "Package": said.name,
        "Version": version,
        "Architecture": "all",
        "Maintainer": said.maintainer,
        "Installed-Size": str(kibibytes(data)),
        "Depends": ", ".join(said.depends),
        "Conflicts": _ANY_HOST,
        "Provides": _ANY_HOST,
        "Section": "admin",
        "Priority": "optional",
        "Hostwright-Tree": f"sha256:{source.tree_digest}",
        "Hostwright-Content": f"sha256:{content}",
    }
    lines = "".join(f"{name}: {value}\n" for name, value in fields.items() if value)
    return lines + _DESCRIPTION


def kibibytes(data: Iterable[Member]) -> int:
    """What it takes on a disk, by the rule of dpkg-gencontrol: each file rounded up to a KiB."""
    members = tuple(data)
    folders = set(_folders(member.path for member in members))
    return sum(-(-len(one.content) // 1024) or 1 for one in members) + len(folders)


def _folders(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        parts = path.split("/")[:-1]
        yield from ("/".join(parts[:count]) for count in range(len(parts) + 1))
