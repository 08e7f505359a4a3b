"""A tree -> the Debian package that brings it to its host.

The package is a function of the tree, its version and `epoch`: no clock, no user, no build tree.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from compiler.deb.archive import Member, archive, tar
from compiler.deb.control import control
from compiler.deb.documents import documents
from compiler.deb.maintainer_scripts import maintainer_scripts
from compiler.deb.source import Source
from compiler.deb.versions import release

_FILE, _SCRIPT = 0o644, 0o755
_UNITS = "usr/lib/systemd/system/"


@frozen(eq=False, repr=False)
class Deb:
    """A package: the name of its file, and its bytes."""

    file: str
    content: bytes


def deb(source: Source, version: str | None, epoch: int | None) -> Deb:
    """Make the package of a tree.

    Args:
        source: the tree, and what it says of its package.
        version: of the package; None: from the tree's digest and the epoch.
        epoch: seconds since 1970, which all files are given; None: a fixed one.

    Raises:
        RejectedError: a tree of its layout cannot be a package, or its name is too long for one.
    """
    source.refuse_layout()
    chosen = release(source.tree_digest, version, epoch)
    data = (*source.members, *_documents(source, chosen.version, chosen.epoch))
    scripts = maintainer_scripts(source.settings)
    fields = control(source, chosen.version, data, _content(source, scripts))
    parts = (
        Member("control", _FILE, fields.encode()),
        Member("md5sums", _FILE, md5sums(data).encode()),
        Member("units.tar", _FILE, tar(_units(source), chosen.epoch)),
        *(Member(name, _SCRIPT, text.encode()) for name, text in scripts.items()),
    )
    name = f"{source.settings.name}_{chosen.version}_all.deb"
    source.refuse_file(name)
    return Deb(name, archive(parts, data, chosen.epoch))


def _content(source: Source, scripts: Mapping[str, str]) -> str:
    """The digest of all that a package does on its host: of the tree, and of what brings it."""
    said = "\0".join((source.tree_digest, *scripts.values()))
    return hashlib.sha256(said.encode()).hexdigest()


def _documents(source: Source, version: str, epoch: int) -> Iterator[Member]:
    for path, content in documents(source, version, epoch).items():
        yield Member(path, _FILE, content)


def md5sums(data: Iterable[Member]) -> str:
    """What dpkg --verify compares files with (deb-md5sums(5)); it knows no better digest."""
    return "".join(
        f"{hashlib.md5(one.content, usedforsecurity=False).hexdigest()}  {one.path}\n"
        for one in data
        if one.target is None
    )


def _units(source: Source) -> Iterator[Member]:
    """The units, for preinst: systemd reads them before anything is unpacked."""
    for member in source.members:
        if member.path.startswith(_UNITS) and member.target is None:
            yield Member(member.path.removeprefix(_UNITS), member.mode, member.content)
