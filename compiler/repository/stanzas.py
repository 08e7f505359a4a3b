"""Indices of packages as apt-ftparchive writes them: stanzas of fields, with blank lines between.

deb822(5), https://wiki.debian.org/DebianRepository/Format
"""

import os
import re
from collections.abc import Iterable, Iterator

from attrs import evolve, frozen

from compiler.repository.failures import FailedError
from compiler.repository.versions import WRITTEN, by_version

PREFIX = "hostwright-host-"
_NAME = re.compile(re.escape(PREFIX) + r"[a-z0-9][a-z0-9+.-]*")
_FIELD = re.compile(r"^(\S+?):[ \t]*(.*)$", re.MULTILINE)


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
        before, _, after = self.stanza.partition("\nFilename: ")
        rest = after.partition("\n")[2]
        stanza = f"{before}\nFilename: {self.place}\n{rest}"
        return evolve(self, file=self.place, stanza=stanza)


def packages(index: str) -> Iterator[Package]:
    """The packages of an index, in its order."""
    for stanza in index.split("\n\n"):
        if text := stanza.strip("\n"):
            fields = dict(_FIELD.findall(text))
            yield Package(
                fields.get("Package", ""),
                fields.get("Version", ""),
                fields.get("Architecture", ""),
                fields.get("Hostwright-Tree", ""),
                fields.get("Hostwright-Content", ""),
                fields.get("SHA256", ""),
                os.path.normpath(fields.get("Filename", "")),
                text,
            )


def refuse_foreign(package: Package, called: str) -> None:
    """Refuse what is no host's package; `called` is what reports call it.

    Raises:
        FailedError: it is none.
    """
    if not _NAME.fullmatch(package.name):
        said = f'its package is "{package.name}", and hosts\' packages begin with {PREFIX}'
    elif not WRITTEN.fullmatch(package.version):
        said = f'"{package.version}" is no version'
    elif package.architecture != "all":
        said = f'it is for the architecture "{package.architecture}", not for all'
    else:
        return
    raise FailedError(f"{called} is no package that Hostwright made for a host: {said}")


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
