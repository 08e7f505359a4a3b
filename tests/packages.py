"""Packages for tests: of golden hosts, and what dpkg-deb finds in them."""

import subprocess
import tarfile
from functools import cache
from io import BytesIO
from pathlib import Path

from compiler.deb import Deb, deb
from compiler.deb.source import Source, of_tree
from compiler.digest import digest
from tests.support import compile_text, compiled, host_names

EPOCH = 1790000000
DATE = "20260921141320"
HOSTS = [name for name in host_names() if name != "layout-etc"]
"""The golden hosts that can be packages."""


@cache
def source_of(host: str) -> Source:
    """What a golden host's package is made from."""
    result = compiled(host)
    assert result.tree is not None
    assert result.document is not None
    return of_tree(host, result.tree, digest(result.document))


@cache
def package_of(host: str) -> Deb:
    """A golden host's package."""
    return deb(source_of(host), None, EPOCH)


def package_from(text: str, version: str | None = None) -> Deb:
    """The package of a manifest.

    Raises:
        AssertionError: it is refused; the text is the diagnostics.
    """
    result = compile_text(text)
    assert result.tree is not None, result.diagnostics
    assert result.document is not None
    return deb(of_tree("host.yaml", result.tree, digest(result.document)), version, EPOCH)


def dpkg(made: Deb, folder: Path, *words: str) -> bytes:
    """What dpkg-deb has to say about a package."""
    file = folder / made.file
    file.write_bytes(made.content)
    done = subprocess.run(["dpkg-deb", *words, str(file)], check=True, capture_output=True)
    return done.stdout


def field(made: Deb, folder: Path, name: str) -> str:
    """A field of its control file."""
    file = folder / made.file
    file.write_bytes(made.content)
    words = ["dpkg-deb", "--field", str(file), name]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


def unpacked(made: Deb, folder: Path, option: str = "--fsys-tarfile") -> dict[str, tarfile.TarInfo]:
    """What is in one of its two tar archives, by path, with the content in `pax_headers`."""
    found = {}
    with tarfile.open(fileobj=BytesIO(dpkg(made, folder, option))) as archive:
        for member in archive:
            content = archive.extractfile(member)
            member.pax_headers = {"content": content.read().decode("latin-1") if content else ""}
            found[member.name.removeprefix("./")] = member
    return found
