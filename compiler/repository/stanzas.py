"""Indices of packages as apt-ftparchive writes them: stanzas of fields, with blank lines between.

deb822(5), https://wiki.debian.org/DebianRepository/Format

They are read more strictly than apt reads them, so that no text means one thing here and another
thing there: apt takes no notice of the case of a field's name, and the last one of two counts.
"""

import os
import re
from collections.abc import Iterable, Iterator

from attrs import evolve, frozen

from compiler.repository.failures import FailedError
from compiler.repository.versions import WRITTEN, by_version

PREFIX = "hostwright-host-"
_NAME = re.compile(re.escape(PREFIX) + r"[a-z0-9][a-z0-9+.-]*")
_FIELD = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]*):[ \t]*(.*)")
_MORE = re.compile(r"[ \t]+[^ \t].*")
_CONTROL = re.compile(r"[^\n\t\x20-\x7e\xa0-\U0010ffff]")
_FILE_NAME = re.compile(r"^filename:.*$", re.IGNORECASE | re.MULTILINE)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LONGEST_NAME = 255  # bytes, of a file


@frozen
class Package:
    """One version of a package.

    Attributes:
        name: the package's.
        version: of the package.
        architecture: what it is for.
        tree: the digest of the tree in it, such as `sha256:12ab...`; empty if it does not say.
        content: that of all that it does on a host; two versions of one content are no news.
        digest: sha256 of the .deb, in hexadecimal.
        file: where it is.
        stanza: all that an index says of it, without a line break at the end.
    """

    name: str
    version: str
    architecture: str
    tree: str
    content: str
    digest: str
    file: str
    stanza: str

    @property
    def host(self) -> str:
        """The host that it is made for."""
        return self.name.removeprefix(PREFIX)

    @property
    def place(self) -> str:
        """Where it belongs in the pool; the epoch is not part of a file's name, as in Debian's."""
        version = self.version.rpartition(":")[2]
        return f"pool/{self.name}/{self.name}_{version}_all.deb"

    @property
    def in_place(self) -> "Package":
        """The package as an index of the repository lists it."""
        stanza = _FILE_NAME.sub(lambda _: f"Filename: {self.place}", self.stanza)
        return evolve(self, file=self.place, stanza=stanza)


def packages(index: str) -> Iterator[Package]:
    """The packages of an index, in its order.

    Raises:
        ValueError: it is not written as one; the text says how.
    """
    for stanza in index.split("\n\n"):
        if text := stanza.strip("\n"):
            try:
                fields = _fields(text)
            except ValueError as error:
                raise ValueError(f'behind "{text[:60].splitlines()[0]}" {error}') from None
            yield Package(
                fields.get("package", ""),
                fields.get("version", ""),
                fields.get("architecture", ""),
                fields.get("hostwright-tree", ""),
                fields.get("hostwright-content", ""),
                fields.get("sha256", ""),
                fields.get("filename", ""),
                text,
            )


def refuse_foreign(package: Package, called: str) -> None:
    """Refuse what is no host's package; `called` is what reports call it.

    Raises:
        FailedError: it is none.
    """
    if not _NAME.fullmatch(package.name):
        said = f'its package is "{package.name}", and hosts\' packages begin with {PREFIX}'
    elif len(os.path.basename(package.place)) > _LONGEST_NAME:
        said = "its name and version are too long for a file's name"
    elif not WRITTEN.fullmatch(package.version):
        said = f'"{package.version}" is no version'
    elif package.architecture != "all":
        said = f'it is for the architecture "{package.architecture}", not for all'
    elif not _DIGEST.fullmatch(package.digest):
        said = f'its digest is "{package.digest}"'
    else:
        return
    raise FailedError(f"{called} is no package that Hostwright made for a host: {said}")


def refuse_displaced(package: Package, called: str) -> None:
    """Refuse a line of an index that leads to another file than the package's own.

    Raises:
        FailedError: it does.
    """
    if package.file != package.place:
        raise FailedError(f'{called}: {package.name} is said to be in "{package.file}"')


def indexed(listed: Iterable[Package]) -> str:
    """The index of some packages, hosts by name, and each one's newest version first."""
    newest = sorted(listed, key=lambda one: by_version(one.version), reverse=True)
    newest.sort(key=lambda one: one.name)
    return "".join(f"{one.stanza}\n\n" for one in newest)


def current(listed: Iterable[Package]) -> dict[str, Package]:
    """The newest version of each host's package, hosts by name."""
    found: dict[str, Package] = {}
    for one in listed:
        known = found.get(one.host)
        if known is None or by_version(known.version) < by_version(one.version):
            found[one.host] = one
    return dict(sorted(found.items()))


def _fields(stanza: str) -> dict[str, str]:
    """The values of a stanza's fields, whose names are in small letters."""
    if _CONTROL.search(stanza):
        raise ValueError("it has a control character")
    found: dict[str, str] = {}
    last = ""
    for line in stanza.split("\n"):
        if last and _MORE.fullmatch(line):
            found[last] += f"\n{line}"
        elif not (field := _FIELD.fullmatch(line)):
            raise ValueError(f'"{line[:40]}" is no field')
        elif (last := field[1].lower()) in found:
            raise ValueError(f"it has the field {field[1]} twice")
        else:
            found[last] = field[2].rstrip()
    return found
