"""What a user can do with a repository, each in one step: done, or nothing changed.

Each raises FailedError when it cannot be done, which says why.
"""

import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from attrs import evolve, frozen

from compiler.repository import suite as files
from compiler.repository.changes import Plan, added, listed, promoted, removed, rolled_back
from compiler.repository.date import next_date
from compiler.repository.failures import FailedError
from compiler.repository.incoming import Incoming, incoming, refuse_damaged
from compiler.repository.keys import Key, sign
from compiler.repository.pool import pool, refuse_lost
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
        standing, known = files.standing(target.root, target.suite), pool(target.root)
        given = incoming(words, stage, known)
        packages = [one.package for one in given]
        plan = added(current(standing.packages), packages, everything=target.everything)
        new = [
            one
            for one in given
            if one.package.host in plan.changed and one.package.place not in known
        ]
        refuse_damaged(new)
        _publish(target, stage, _Step(standing, plan, known, new))
        return plan


def promote(target: Target, source: str, hosts: Sequence[str]) -> Plan:
    """Take over what another suite has, of some hosts or, if none is named, of all."""
    with _changing(target.root) as stage:
        standing, known = files.standing(target.root, target.suite), pool(target.root)
        now, offered = current(standing.packages), current(_there(target.root, source).packages)
        plan = promoted(now, offered, hosts, everything=target.everything)
        _publish(target, stage, _Step(standing, plan, known))
        return plan


def roll_back(target: Target, wanted: Mapping[str, str]) -> Plan:
    """Take hosts back to versions."""
    with _changing(target.root) as stage:
        standing, known = _there(target.root, target.suite), pool(target.root)
        plan = rolled_back(current(standing.packages), known.values(), wanted)
        _publish(target, stage, _Step(standing, plan, known))
        return plan


def remove(target: Target, hosts: Sequence[str]) -> Plan:
    """Have nothing of some hosts any more; their packages stay in the pool."""
    with _changing(target.root) as stage:
        standing, known = _there(target.root, target.suite), pool(target.root)
        plan = removed(current(standing.packages), hosts)
        _publish(target, stage, _Step(standing, plan, known, is_needed=True))
        return plan


def renew(target: Target) -> None:
    """Sign a suite again as it is."""
    with _changing(target.root) as stage:
        standing, known = _there(target.root, target.suite), pool(target.root)
        plan = Plan(current(standing.packages), {})
        _publish(target, stage, _Step(standing, plan, known, is_needed=True))


def show(root: str, suite: str | None) -> Iterator[tuple[str, Package]]:
    """Each suite's hosts, by name, and what each has."""
    try:
        for name in [suite] if suite else files.suites(root):
            for package in current(_there(root, name).packages).values():
                yield name, package
    except OSError as error:
        raise FailedError(f"cannot read the repository {root}: {error.strerror}") from None


@frozen(eq=False, repr=False)
class _Step:
    """From a suite as it stands to one as it is planned, with packages new to the pool."""

    standing: files.Suite
    plan: Plan
    known: Mapping[str, Package]
    new: Sequence[Incoming] = ()
    is_needed: bool = False


def _publish(target: Target, stage: str, step: _Step) -> None:
    before = step.standing
    days = before.valid_days if target.valid_days is None else target.valid_days
    # A suite that is only believed for some days is renewed each time that somebody publishes.
    is_renewed = step.is_needed or not before.date or days or days != before.valid_days
    if not step.plan.changed and not is_renewed:
        return
    everything = {**step.known, **{one.package.place: one.package for one in step.new}}
    refuse_lost(target.root, step.plan, everything, everything.keys() - step.known.keys())
    suite = evolve(before, date=next_date(before.date, target.date), valid_days=days)
    folder = os.path.join(stage, "dists", suite.name)
    files.write(target.root, folder, suite, indexed(listed(step.plan, everything.values())))
    sign(folder, target.key)
    files.finish(folder, suite.date)
    publish(target.root, stage, step.new, indexed(everything.values()), suite.name)


def _there(root: str, suite: str) -> files.Suite:
    found = files.standing(root, suite)
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
