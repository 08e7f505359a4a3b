"""A suite's files: an index, a Release that has its digests, and names by digest for what is read.

https://wiki.debian.org/DebianRepository/Format
"""

import email.utils
import lzma
import os
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from attrs import frozen

from compiler.repository.failures import FailedError
from compiler.repository.keys import refuse_unsigned
from compiler.repository.stanzas import Package, packages, refuse_displaced, refuse_foreign
from compiler.write import FILE_MODE, FOLDER_MODE

ORIGIN = "Hostwright"
_INDICES = "main/binary-all"
_BY_HASH = f"{_INDICES}/by-hash/SHA256"
_GENERATIONS = 16
_DAY = 24 * 60 * 60


@frozen(eq=False, repr=False)
class Suite:
    """A suite as it stands; one that is not there yet has no packages and no date.

    Attributes:
        name: the suite's.
        packages: all that it lists.
        date: its Release's, in seconds since 1970; 0 if there is none.
        valid_days: for how many days hosts believe it; 0 is for ever.
    """

    name: str
    packages: tuple[Package, ...] = ()
    date: int = 0
    valid_days: int = 0


def suites(root: str) -> list[str]:
    """The names of a repository's suites.

    Raises:
        FailedError: it is no repository.
    """
    try:
        return sorted(os.listdir(os.path.join(root, "dists")))
    except (FileNotFoundError, NotADirectoryError):
        raise FailedError(f"{root} is no repository: it has no folder dists") from None


def standing(root: str, name: str, *, is_signed: bool = True) -> Suite:
    """Read a suite.

    Args:
        root: the repository.
        name: the suite's.
        is_signed: whether it must be signed by the publisher, as what is to be signed again.

    Raises:
        FailedError: somebody else made it, or it is damaged.
        OSError: it cannot be read.
    """
    folder = os.path.join(root, "dists", name)
    if not os.path.lexists(folder):
        return Suite(name)
    try:
        release = _read(f"{folder}/Release").decode(errors="surrogateescape")
        index = _read(f"{folder}/{_INDICES}/Packages")
    except (FileNotFoundError, NotADirectoryError):
        release, index = "", b""
    fields = dict(line.split(": ", 1) for line in release.splitlines() if ": " in line)
    if fields.get("Origin") != ORIGIN:
        raise FailedError(f"{folder} is none of Hostwright's suites; it is left alone")
    if is_signed:
        refuse_unsigned(folder, release.encode(errors="surrogateescape"))
    try:
        return _read_suite(name, release, fields, index)
    except (ValueError, FailedError) as error:
        raise FailedError(
            f"{folder} is damaged: {error}; remove the folder and add the packages of "
            f"{os.path.join(root, 'pool')} that are yours again"
        ) from None


def _read_suite(name: str, release: str, fields: Mapping[str, str], index: bytes) -> Suite:
    """Take apart what was signed.

    Raises:
        ValueError: it is not written as a suite of Hostwright's.
        FailedError: it lists what is no host's package.
    """
    if fields.get("Suite") != name:
        raise ValueError(f'it is the suite "{fields.get("Suite")}"')
    entry = f" {sha256(index).hexdigest()} {len(index)} {_INDICES}/Packages"
    if entry not in release.splitlines():
        raise ValueError("its Packages is not the one that its Release speaks of")
    listed = tuple(packages(index.decode()))
    for package in listed:
        refuse_foreign(package, f'"{package.name}"')
        refuse_displaced(package, "Packages")
    date = _seconds(fields.get("Date", ""))
    days = (_seconds(fields.get("Valid-Until", fields["Date"])) - date) // _DAY
    return Suite(name, listed, date, days)


def write(root: str, folder: str, suite: Suite, index: str) -> None:
    """Write all files of a suite but its signatures.

    Args:
        root: the repository, whose older indices stay for those who are just reading them.
        folder: is made.
        suite: its name and date, and how long it is valid.
        index: its packages.

    Raises:
        OSError: the disk takes it no more.
    """
    os.makedirs(f"{folder}/{_BY_HASH}")
    for link in _older(f"{root}/dists/{suite.name}/{_BY_HASH}"):
        os.link(link, f"{folder}/{_BY_HASH}/{os.path.basename(link)}")
    plain = index.encode()
    lines = []
    for name, content in (("Packages", plain), ("Packages.xz", lzma.compress(plain))):
        digest = sha256(content).hexdigest()
        lines.append(f" {digest} {len(content)} {_INDICES}/{name}")
        _write(f"{folder}/{_INDICES}/{name}", content, suite.date)
        _write(f"{folder}/{_BY_HASH}/{digest}", content, suite.date)
    release = "\n".join((*_fields(suite), *lines, ""))
    _write(f"{folder}/Release", release.encode(), suite.date)


def finish(folder: str, date: int) -> None:
    """Give all files their modes, whatever the umask is, and those at the top the suite's date.

    There are no links among them: `_older` takes none.

    apt asks a web server for what is newer than what it has, in whole seconds: two dates of a
    suite are never the same, so neither are two times of its files.
    """
    for inside, _, names in os.walk(folder):
        os.chmod(inside, FOLDER_MODE)
        for name in names:
            os.chmod(os.path.join(inside, name), FILE_MODE)
    for name in os.listdir(folder):
        if os.path.isfile(path := os.path.join(folder, name)):
            os.utime(path, (date, date))


def _fields(suite: Suite) -> Iterator[str]:
    yield f"Origin: {ORIGIN}"
    yield f"Label: {ORIGIN}"
    yield f"Suite: {suite.name}"
    yield f"Codename: {suite.name}"
    yield f"Date: {_date(suite.date)}"
    if suite.valid_days:
        yield f"Valid-Until: {_date(suite.date + suite.valid_days * _DAY)}"
    yield "Acquire-By-Hash: yes"
    # apt of Debian 12 and 13 reads binary-all then on any architecture, without a word.
    yield "Architectures: all"
    yield "Components: main"
    yield "Description: what backs up the hosts of a fleet, a package for each"
    yield "SHA256:"


def _date(seconds: int) -> str:
    return email.utils.formatdate(seconds, usegmt=True).replace("GMT", "UTC")


def _seconds(date: str) -> int:
    return int(email.utils.parsedate_to_datetime(date).timestamp())


def _older(folder: str) -> Iterable[str]:
    """The indices of the last generations, by the times of their files."""
    if not os.path.isdir(folder):
        return []
    with os.scandir(folder) as entries:
        files = [entry.path for entry in entries if entry.is_file(follow_symlinks=False)]
    times = {file: os.stat(file).st_mtime_ns for file in files}
    kept = sorted(set(times.values()), reverse=True)[:_GENERATIONS]
    return [file for file in files if times[file] in kept]


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _write(path: str, content: bytes, date: int) -> None:
    """Write a file anew: what has its name already may be a link to one that is in use."""
    if os.path.lexists(path):
        os.unlink(path)
    with open(path, "xb") as file:
        file.write(content)
    os.utime(path, (date, date))
