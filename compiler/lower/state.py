"""What borg needs on the host besides units: its user, its folders, its scripts."""

from collections.abc import Iterator

from compiler.escape import glob_of
from compiler.lower.archive import DUMPS
from compiler.lower.lines import Lines
from compiler.lower.programs import program
from compiler.lower.repository import REPOSITORY, USER
from schema.borg import LocalRepository
from schema.diagnostics import ManifestPath
from schema.host import Manifest
from schema.units import Account, Data, Folder, Leftover, Script


def folders(manifest: Manifest) -> Iterator[Folder]:
    """/backup, borg's home with what borg keeps in it, and a local repository."""
    lines = Lines("backup", ("backup",))
    shared = lines.origin("software may put dumps there (group borg); nobody changes another's")
    yield Folder(DUMPS, 0o1770, USER, USER, shared)
    home = lines.origin("borg keeps its cache and its keys there", ("backup", "home"))
    for part in ("", "/.cache", "/.cache/borg", "/.config", "/.config/borg"):
        yield Folder(f"{manifest.backup.home}{part}", 0o700, USER, USER, home)
    if isinstance(manifest.backup.repository, LocalRepository):
        origin = lines.origin("the repository belongs to borg", REPOSITORY)
        yield Folder(manifest.backup.repository.path, 0o700, USER, USER, origin)


def leftovers(manifest: Manifest) -> Iterator[Leftover]:
    """Borg's locks from before a boot, which nobody can hold any more.

    borg itself tells a stale lock by the number of its process, and after a boot the number may be
    that of another one: it would wait for six hours, each night (measured).
    """
    lines = Lines("backup", ("backup",))
    repository = manifest.backup.repository
    places: list[tuple[str, ManifestPath]] = [
        (f"{glob_of(manifest.backup.home)}/.cache/borg/*", ("backup", "home"))
    ]
    if isinstance(repository, LocalRepository):
        places.append((glob_of(repository.path), REPOSITORY))
    reason = "nobody holds a lock over a boot, but its number may be another's then"
    for place, option in places:
        origin = lines.origin(reason, option)
        for name in ("lock.exclusive", "lock.roster"):
            yield Leftover(f"{place}/{name}", origin)


def account(manifest: Manifest) -> Account:
    """The user that borg runs as."""
    lines = Lines("backup", ("backup", "home"))
    return Account(
        USER, "Borg backup", manifest.backup.home, lines.origin("borg runs without root")
    )


def files(manifest: Manifest) -> Iterator[Script | Data]:
    """The scripts of backup.service, and the pinned host keys."""
    lines = Lines("backup", ("backup",))
    yield from program("borg", lines.origin("tells the warnings of borg apart"))
    origin = lines.origin("a missing path is a failure")
    yield Script("paths", "backup/paths.sh.j2", origin)
    if manifest.backup.initialize:
        origin = lines.origin("creates the repository", ("backup", "initialize"))
        yield Script("initialize", "backup/initialize.sh.j2", origin)
    if manifest.backup.known_hosts:
        at, reason = ("backup", "known_hosts"), "the server's keys are pinned"
        keys = enumerate(manifest.backup.known_hosts)
        told = tuple((str(key), lines.origin(reason, (*at, index))) for index, key in keys)
        yield Data("known_hosts", told, lines.origin(reason, at))
