"""The pool: every version that was ever published, by its place in the repository."""

import hashlib
import os
from collections.abc import Collection, Mapping

from compiler.repository.changes import Plan
from compiler.repository.failures import FailedError
from compiler.repository.index import index
from compiler.repository.stanzas import Package, packages, refuse_foreign

POOL = "pool"
LISTING = "pool/Packages"
_SHOWN = 16


def pool(root: str) -> dict[str, Package]:
    """What is in the pool of a repository, which may have none yet.

    Raises:
        FailedError: there is something in it that is no host's package.
        OSError: it cannot be read.
    """
    there = _files(root)
    listed = _listed(root)
    if there == set(listed):
        return listed
    # A publisher was killed between the files and their listing, or the listing is lost.
    found, wrong = index(root, POOL)
    known = {one.file: one for one in found}
    for file in sorted(there - set(known)):
        raise FailedError(f"{os.path.join(root, file)} is broken: {wrong.get(file, 'not read')}")
    for one in found:
        refuse_foreign(one, os.path.join(root, one.file))
        if one.place != one.file:
            raise FailedError(f"{os.path.join(root, one.file)} belongs into {one.place}")
    return known


def refuse_changed(known: Mapping[str, Package], incoming: Package, called: str) -> None:
    """Refuse a package of which the pool has the same version with other bytes.

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


def refuse_lost(
    root: str, plan: Plan, pool: Mapping[str, Package], staged: Collection[str]
) -> None:
    """Refuse to publish a suite of which the pool has lost a current package, or has another one.

    Args:
        root: the repository.
        plan: the suite.
        pool: all packages that there will be, by place.
        staged: the places of those of them that are not in the pool yet.

    Raises:
        FailedError: one is lost; or the bytes of one that becomes current have changed.
        OSError: it cannot be read.
    """
    for package in plan.current.values():
        path = os.path.join(root, package.place)
        if (there := pool.get(package.place)) is None:
            raise FailedError(f"{path} is gone, and {package.host} needs it: put it back")
        if there.digest != package.digest:
            raise FailedError(f"{path} has changed since it was published: put it back as it was")
    for package in plan.changed.values():
        if package.place not in staged:
            path = os.path.join(root, package.place)
            with open(path, "rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest != package.digest:
                raise FailedError(f"{path} is damaged: put it back as it was published")


def _files(root: str) -> set[str]:
    found: set[str] = set()
    for folder, _, names in os.walk(os.path.join(root, POOL)):
        inside = os.path.relpath(folder, root)
        found.update(f"{inside}/{name}" for name in names if name.endswith(".deb"))
    return found


def _listed(root: str) -> dict[str, Package]:
    try:
        with open(os.path.join(root, LISTING), encoding="utf-8") as file:
            return {one.file: one for one in packages(file.read())}
    except FileNotFoundError:
        return {}
