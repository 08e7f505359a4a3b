"""What a package is made from: a tree in memory, or one that was written to a folder."""

import errno
import os
from collections.abc import Iterator
from hashlib import sha256

from attrs import frozen

from compiler.deb.archive import Member
from compiler.deb.settings import FILE, Settings, settings
from compiler.standing import STAMP, Stamp, read_stamp
from compiler.verify.differences import differences
from schema.diagnostics import Diagnostic, RejectedError
from schema.tree import Link, Tree

_LONGEST_NAME = 255
_LIBRARIES = ("usr/lib", "etc")


@frozen(eq=False, repr=False)
class Source:
    """A tree's files, digests, and what it says of its package."""

    name: str
    members: tuple[Member, ...]
    tree_digest: str
    manifest_digest: str
    settings: Settings

    def refuse_layout(self) -> None:
        """Refuse a tree below /etc.

        Raises:
            RejectedError: it is one: dpkg keeps what was in /etc when a package drops it, and the
                unit of a module that was taken out would still run.
        """
        if self.settings.layout != "usr":
            reason = "layout: etc cannot be a package: dpkg leaves files in /etc when they are gone"
            raise RejectedError([_no_package(self.name, reason, "compile it with layout: usr")])

    def refuse_file(self, name: str) -> None:
        """Refuse a name that no file can have; dpkg's own for a package are hardly shorter.

        Raises:
            RejectedError: it is one.
        """
        if (excess := len(name) - _LONGEST_NAME) > 0:
            reason = f"the name of its file would be {excess} letters longer than a file's can be"
            fix = "give a shorter --package-version, or the host a shorter name"
            raise RejectedError([_no_package(self.name, reason, fix)])


def of_tree(name: str, tree: Tree, manifest_digest: str) -> Source:
    """A tree that has just been compiled; reports call it `name`.

    Raises:
        RejectedError: it has no package.toml.
    """
    members = (
        Member(path, 0o777, target=entry.target)
        if isinstance(entry, Link)
        else Member(path, entry.mode, entry.text.encode())
        for path, entry in tree.items()
    )
    return _source(name, tuple(members), tree.digest, manifest_digest)


def of_folder(folder: str) -> Source:
    """A written tree, which must be as it was written.

    Raises:
        RejectedError: it was changed, is none, or cannot be read.
    """
    if changed := tuple(differences(folder, STAMP)):
        raise RejectedError(changed)
    try:
        stamp = read_stamp(folder)
        members = tuple(_members(folder, stamp))
    except OSError as error:
        reason = f"it cannot be read: {error.strerror or error}"
        raise RejectedError([_no_package(folder, reason)]) from error
    return _source(folder, members, stamp.tree, stamp.manifest)


def _members(folder: str, stamp: Stamp) -> Iterator[Member]:
    """Each as it is listed: a compile may have put another tree there since it was compared."""
    for path, (mode, listed) in stamp.listed.items():
        file = os.path.join(folder, path)
        if mode == "link":
            member, found = Member(path, 0o777, target=listed), os.readlink(file)
        else:
            with open(file, "rb") as content:
                member = Member(path, int(mode, 8), content.read())
            found = sha256(member.content).hexdigest()
        if found != listed:
            raise OSError(errno.EBUSY, f'"{path}" has just been changed')
        yield member


def _source(name: str, members: tuple[Member, ...], tree: str, manifest: str) -> Source:
    """Put a source together.

    Raises:
        RejectedError: no package.toml, or none that this version understands.
    """
    wanted = {f"{library}/{FILE}" for library in _LIBRARIES}
    text = next((one.content for one in members if one.path in wanted), None)
    again = "compile the manifest again, with this version"
    if text is None:
        reason = "it has no package.toml: an older Hostwright has written it"
        raise RejectedError([_no_package(name, reason, again)])
    try:
        said = settings(text.decode())
    except ValueError as error:
        reason = f"this Hostwright does not understand its package.toml: {error}"
        raise RejectedError([_no_package(name, reason, again)]) from error
    return Source(name, members, tree, manifest, said)


def _no_package(name: str, reason: str, fix: str | None = None) -> Diagnostic:
    return Diagnostic("HW077", f'"{name}" cannot become a package: {reason}', fix=fix)
