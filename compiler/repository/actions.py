"""What a user can do with a repository, each in one step: done, or nothing changed.

Each raises FailedError when it cannot be done, which says why.
"""

import errno
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from attrs import evolve, frozen

from compiler.repository import suite as files
from compiler.repository.changes import Plan, added, listed, promoted, removed, rolled_back
from compiler.repository.date import next_date
from compiler.repository.failures import FailedError
from compiler.repository.incoming import Incoming, incoming, refuse_broken
from compiler.repository.keys import Key, sign
from compiler.repository.pool import places, refuse_changed, refuse_damaged, refuse_lost
from compiler.repository.publish import publish
from compiler.repository.stanzas import Package, current, indexed
from compiler.staging import TREE, claimed, plain
from compiler.write import FOLDER_MODE
from schema.diagnostics import RejectedError

_AREA = ".staging.hostwright"


@frozen
class Target:
    """The suite that is changed, and how.

    Attributes:
        root: the repository's folder.
        suite: the name.
        key: signs it.
        valid_days: for how many days hosts believe it; 0 is for ever, None as before.
        everything: whether a host gets a new version of what it has already, too.
        date: of the Release, in seconds since 1970; None: the clock's.
    """

    root: str
    suite: str
    key: Key
    valid_days: int | None = None
    everything: bool = False
    date: int | None = None


def add(target: Target, words: Sequence[str]) -> Plan:
    """Publish packages, from files and folders; the repository and the suite are made."""
    with _changing(target.root) as stage:
        there = places(target.root)
        standing = files.standing(target.root, target.suite)
        given = incoming(words, stage, target.root, there)
        packages = [one.package for one in given]
        plan = added(current(standing.packages), packages, everything=target.everything)
        taken = [one for one in given if one.package.host in plan.changed]
        new = [one for one in taken if one.package.place not in there]
        refuse_broken(new)
        offered = [one.package for one in taken]
        _publish(target, stage, _Step(standing, plan, there, offered, new))
        return plan


def promote(target: Target, source: str, hosts: Sequence[str]) -> Plan:
    """Take over what another suite has, of some hosts or, if none is named, of all."""
    with _changing(target.root) as stage:
        there = places(target.root)
        standing = files.standing(target.root, target.suite)
        offered = _there(target.root, source).packages
        now = current(standing.packages)
        plan = promoted(now, current(offered), hosts, everything=target.everything)
        offered = tuple(one for one in offered if one.host in plan.changed)
        _publish(target, stage, _Step(standing, plan, there, offered))
        return plan


def roll_back(target: Target, wanted: Mapping[str, str]) -> Plan:
    """Take hosts back to versions that the suite lists."""
    with _changing(target.root) as stage:
        there = places(target.root)
        standing = _there(target.root, target.suite)
        plan = rolled_back(current(standing.packages), standing.packages, wanted)
        refuse_lost(target.root, plan, there)
        refuse_damaged(target.root, plan.changed.values())
        _publish(target, stage, _Step(standing, plan, there))
        return plan


def remove(target: Target, hosts: Sequence[str]) -> Plan:
    """Have nothing of some hosts any more; their packages stay in the pool."""
    with _changing(target.root) as stage:
        there = places(target.root)
        standing = _there(target.root, target.suite)
        plan = removed(current(standing.packages), hosts)
        _publish(target, stage, _Step(standing, plan, there, is_needed=True))
        return plan


def renew(target: Target) -> None:
    """Sign a suite again as it is."""
    with _changing(target.root) as stage:
        there = places(target.root)
        standing = _there(target.root, target.suite)
        plan = Plan(current(standing.packages), {})
        _publish(target, stage, _Step(standing, plan, there, is_needed=True))


def show(root: str, suite: str | None) -> Iterator[tuple[str, Package]]:
    """Each suite's hosts, by name, and what each has."""
    try:
        for name in [suite] if suite else files.suites(root):
            for package in current(_there(root, name, is_signed=False).packages).values():
                yield name, package
    except OSError as error:
        raise FailedError(f"cannot read the repository {root}: {error.strerror}") from None


@frozen(eq=False, repr=False)
class _Step:
    """From a suite as it stands to one as it is planned.

    Attributes:
        standing: the suite.
        plan: what it is to have.
        there: the places of all packages in the pool.
        offered: packages that it may list besides those of before.
        new: those of them that the pool does not have.
        is_needed: whether it is signed even if nothing changes.
    """

    standing: files.Suite
    plan: Plan
    there: Collection[str]
    offered: Sequence[Package] = ()
    new: Sequence[Incoming] = ()
    is_needed: bool = False


def _publish(target: Target, stage: str, step: _Step) -> None:
    before = step.standing
    days = before.valid_days if target.valid_days is None else target.valid_days
    # A suite that is only believed for some days is renewed each time that somebody publishes.
    is_renewed = step.is_needed or not before.date or days or days != before.valid_days
    if not step.plan.changed and not is_renewed:
        return
    suite = evolve(before, date=next_date(before.date, target.date), valid_days=days)
    folder = os.path.join(stage, "dists", suite.name)
    files.write(target.root, folder, suite, indexed(_checked(target.root, step)))
    sign(folder, target.key)
    files.finish(folder, suite.date)
    publish(target.root, stage, step.new, suite.name)


def _checked(root: str, step: _Step) -> list[Package]:
    """What the suite is to list; what it did not list before has the bytes that were signed."""
    before = {one.place: one for one in step.standing.packages}
    for one in step.offered:
        refuse_changed(before, one, one.place)
    known = {**{one.place: one for one in step.offered}, **before}
    staged = {one.package.place for one in step.new}
    there = {*step.there, *staged}
    refuse_lost(root, step.plan, there)
    found = [one for one in listed(step.plan, known.values()) if one.place in there]
    refuse_damaged(root, (one for one in found if one.place not in before.keys() | staged))
    return found


def _there(root: str, suite: str, *, is_signed: bool = True) -> files.Suite:
    found = files.standing(root, suite, is_signed=is_signed)
    if not found.date:
        raise FailedError(f'{root} has no suite "{suite}"')
    return found


@contextmanager
def _changing(root: str) -> Iterator[str]:
    """Have a repository to oneself, and a folder in it for what is not ready to be seen."""
    is_new = not os.path.lexists(root)
    area = os.path.join(plain(root), _AREA)
    try:
        with claimed(area, root):
            if is_new:
                os.chmod(root, FOLDER_MODE)
            stage = os.path.join(area, TREE)
            os.mkdir(stage)
            yield stage
    except (OSError, RejectedError) as error:
        cause = error if isinstance(error, OSError) else error.__cause__
        reason = getattr(cause, "strerror", None) or str(cause)
        if getattr(cause, "errno", None) == errno.EINVAL:
            reason += " (a file system that cannot exchange two folders in one step? Keep the "
            reason += "repository on a disk of this machine, and copy it to the server)"
        raise FailedError(
            f"cannot change the repository {root}: {reason}; every suite is as it was"
        ) from None
