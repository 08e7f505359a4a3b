"""The pool: every version that was ever published.

Whoever can write to the repository, as a web server that it is copied to and from, can put
anything there. So nothing is believed of it but what has the digest that somebody signed.
"""

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping

from compiler.repository.changes import Plan
from compiler.repository.failures import FailedError
from compiler.repository.index import index
from compiler.repository.stanzas import Package

POOL = "pool"
_SHOWN = 16


def places(root: str) -> set[str]:
    """The packages that lie in the pool, by their places; of other files there may be any.

    Raises:
        FailedError: there is a link in the repository, by which a change would reach elsewhere.
        OSError: it cannot be read.
    """
    for _ in _files(root, "dists"):
        pass
    return {place for place in _files(root, POOL) if place.endswith(".deb")}


def refuse_changed(known: Mapping[str, Package], incoming: Package, called: str) -> None:
    """Refuse a package of which the same version is known with other bytes.

    Raises:
        FailedError: hosts that have the one would never get the other, and apt, which knows the
            digest of one, would call the other a forgery.
    """
    there = known.get(incoming.place)
    if there is None or there.digest == incoming.digest:
        return
    if there.version != incoming.version:
        said = f"{there.version} has the same file name"
    else:
        said = f"{incoming.version} is in the pool with other content"
    digests = f"sha256 {there.digest[:_SHOWN]}... there, {incoming.digest[:_SHOWN]}... here"
    trees = "" if there.tree == incoming.tree else "; the trees in them differ, too"
    raise FailedError(
        f"{called}: version {said} ({digests}{trees}); a version never changes: "
        "give the package a higher one with --package-version"
    )


def refuse_other(root: str, incoming: Package, called: str) -> None:
    """Refuse a package in whose place in the pool lies another one.

    Raises:
        FailedError: as of `refuse_changed`; or what lies there is no package.
        OSError: it cannot be read.
    """
    path = os.path.join(root, incoming.place)
    if _digest(path) == incoming.digest:
        return
    found, _ = index(root, os.path.dirname(incoming.place))
    refuse_changed({one.file: one for one in found}, incoming, called)
    raise FailedError(f"{path} is damaged: remove it, if {called} is what was published")


def refuse_lost(root: str, plan: Plan, there: Collection[str]) -> None:
    """Refuse to publish a suite of which the pool has lost a current package.

    Args:
        root: the repository.
        plan: the suite.
        there: the places of all packages that there will be.

    Raises:
        FailedError: one is lost.
    """
    for package in plan.current.values():
        if package.place not in there:
            path = os.path.join(root, package.place)
            raise FailedError(f"{path} is gone, and {package.host} needs it: put it back")


def refuse_damaged(root: str, packages: Iterable[Package]) -> None:
    """Refuse to list packages whose bytes in the pool are not the ones that were published.

    Raises:
        FailedError: one has changed.
        OSError: it cannot be read.
    """
    for package in packages:
        path = os.path.join(root, package.place)
        if _digest(path) != package.digest:
            raise FailedError(f"{path} is damaged: put it back as it was published")


def _digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(root: str, inside: str) -> Iterator[str]:
    path = os.path.join(root, inside)
    if os.path.islink(path):
        raise _linked(path)
    if not os.path.lexists(path):
        return
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(root, f"{inside}/{entry.name}")
            elif entry.is_file(follow_symlinks=False):
                yield f"{inside}/{entry.name}"
            else:
                raise _linked(entry.path)


def _linked(path: str) -> FailedError:
    return FailedError(
        f"{path} is neither a file nor a folder, but perhaps a link: a repository has no such "
        "things; remove it, and find out who has put it there"
    )
