"""What a suite is to have: what it has, and what is added, promoted or taken back."""

from collections.abc import Iterable, Mapping, Sequence

from attrs import Factory, frozen

from compiler.repository.failures import FailedError
from compiler.repository.stanzas import Package, current
from compiler.repository.versions import WRITTEN, by_version, date_of

Current = Mapping[str, Package]
"""The current version of each host."""


@frozen(eq=False, repr=False)
class Plan:
    """A suite as it is to be.

    Attributes:
        now: what it has, of the hosts that it is to have anything of.
        changed: what hosts are to have that get another version.
        kept: a line for each host that keeps its version, though another was asked for.
        unchanged: how many hosts have just that already.
        removed: what it has of hosts that it is to have nothing of.
    """

    now: Current
    changed: Current
    kept: Sequence[str] = ()
    unchanged: int = 0
    removed: Current = Factory(dict)

    @property
    def current(self) -> Current:
        """What it is to have."""
        return {**self.now, **self.changed}

    @property
    def lines(self) -> list[str]:
        """A line for each host that gets another version, or none any more."""
        changed = [
            f"{host}: {self.now[host].version if host in self.now else 'new'} -> {package.version}"
            for host, package in sorted(self.changed.items())
        ]
        gone = [f"{host}: {package.version} -> gone" for host, package in self.removed.items()]
        return [*changed, *gone]


def added(now: Current, given: Iterable[Package], *, everything: bool) -> Plan:
    """Publish packages; of several versions of a host the newest becomes the current one.

    Args:
        now: what the suite has.
        given: the packages.
        everything: whether a host gets a new version of what it has already, too.

    Raises:
        FailedError: the suite has a newer version, or one of the same date.
    """
    changed: dict[str, Package] = {}
    unchanged = 0
    for host, package in current(given).items():
        has = now.get(host)
        if has and _is_same(has, package, everything=everything):
            unchanged += 1
        elif has and (wrong := _disorder(has.version, package.version)):
            raise FailedError(f"{host}: {wrong}")
        else:
            changed[host] = package
    return Plan(now, changed, (), unchanged)


def promoted(now: Current, source: Current, hosts: Sequence[str], *, everything: bool) -> Plan:
    """Take over what another suite has, of some hosts or of all; no host goes back by this.

    Args:
        now: what the suite has.
        source: what the other has.
        hosts: the names of hosts, or none for all.
        everything: as of `added`.

    Raises:
        FailedError: the other suite has nothing of one of the hosts.
    """
    if strangers := [host for host in hosts if host not in source]:
        raise FailedError(f"there is nothing to promote of {', '.join(strangers)}")
    changed: dict[str, Package] = {}
    kept = []
    unchanged = 0
    for host in hosts or source:
        package, has = source[host], now.get(host)
        if has and _is_same(has, package, everything=everything):
            unchanged += 1
        elif has and by_version(package.version) < by_version(has.version):
            kept.append(f"{host}: stays at {has.version}, which is newer than {package.version}")
        else:
            changed[host] = package
    return Plan(now, changed, kept, unchanged)


def rolled_back(now: Current, listed: Iterable[Package], wanted: Mapping[str, str]) -> Plan:
    """Go back to versions, by host.

    Args:
        now: what the suite has.
        listed: all that it lists.
        wanted: the versions.

    Raises:
        FailedError: the suite has nothing of a host, or only an older version; or it does not
            list that version.
    """
    versions = {(one.host, one.version): one for one in listed if one.host in wanted}
    changed: dict[str, Package] = {}
    for host, version in wanted.items():
        has, package = now.get(host), versions.get((host, version))
        if has is None:
            raise FailedError(f"{host}: the suite has nothing of this host")
        if WRITTEN.fullmatch(version) and by_version(version) > by_version(has.version):
            raise FailedError(f"{host}: {version} is not back, but newer than {has.version}")
        if package is None:
            raise FailedError(f"{host}: {_known(host, version, versions)}")
        if package.version != has.version:
            changed[host] = package
    return Plan(now, changed, (), len(wanted) - len(changed))


def removed(now: Current, hosts: Iterable[str]) -> Plan:
    """Have nothing of some hosts any more.

    Raises:
        FailedError: the suite has nothing of one of them anyway.
    """
    gone: dict[str, Package] = {}
    for host in hosts:
        if host not in now:
            raise FailedError(f"{host}: the suite has nothing of this host")
        gone[host] = now[host]
    return Plan({host: now[host] for host in now if host not in gone}, {}, removed=gone)


def listed(plan: Plan, known: Iterable[Package]) -> list[Package]:
    """What the index of a suite has: the current versions, and all that were before them."""
    limits = {host: by_version(package.version) for host, package in plan.current.items()}
    return [
        one for one in known if one.host in limits and by_version(one.version) <= limits[one.host]
    ]


def _is_same(has: Package, package: Package, *, everything: bool) -> bool:
    if has.version == package.version:
        return True
    return not everything and has.content == package.content != ""


def _known(host: str, version: str, versions: Iterable[tuple[str, str]]) -> str:
    of_host = sorted((one for name, one in versions if name == host), key=by_version)
    return f"the suite lists no version {version}; it lists {', '.join(of_host)}"


def _disorder(has: str, version: str) -> str:
    """Why a version cannot follow the one that a suite has; empty: it can."""
    date, date_before = date_of(version), date_of(has)
    if date and date == date_before:
        return f"{version} and {has}: two trees have the same date: commit, and compile again"
    if by_version(version) > by_version(has):
        return ""
    if version.startswith("0+"):
        return f"{version} has no date: set SOURCE_DATE_EPOCH when you compile"
    return (
        f"{version} is older than {has}, which the suite has: "
        "`hostwright repo rollback` takes a host back"
    )
