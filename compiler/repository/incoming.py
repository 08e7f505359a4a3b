"""Packages on the command line -> copies of them in the staging area, read and found whole."""

import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence

from attrs import frozen

from compiler.processes import mapped
from compiler.repository.failures import FailedError
from compiler.repository.index import index
from compiler.repository.pool import refuse_changed, refuse_other
from compiler.repository.stanzas import Package, refuse_foreign
from compiler.repository.tools import last_words, run
from compiler.write import FILE_MODE

_FOLDER = "incoming"


@frozen
class Incoming:
    """A package that was given.

    Attributes:
        called: what the user calls it.
        copied: the copy in the staging area, which nobody else changes.
        package: what an index of the repository would say of it.
    """

    called: str
    copied: str
    package: Package


def incoming(words: Iterable[str], stage: str, root: str, there: Collection[str]) -> list[Incoming]:
    """Copy packages, and the packages in folders, to `stage`, and look at each.

    Args:
        words: files and folders.
        stage: a folder for the copies.
        root: the repository.
        there: the places of what is in the pool.

    Returns:
        Each version once; those too that the pool has already.

    Raises:
        FailedError: there is none, or one of them is broken, foreign, or has another content
            than the same version has here or in the pool.
        OSError: the disk does not take them.
    """
    sources = list(_sources(words))
    if not sources:
        raise FailedError("there is no .deb in what was given")
    copies = _copies(sources, stage)
    found, wrong = index(stage, _FOLDER)
    read = {one.file: one for one in found}
    given: dict[str, Package] = {}
    result = []
    for copied, called in copies.items():
        package = read.get(copied)
        if package is None:
            reason = wrong.get(copied, "apt-ftparchive cannot read it")
            raise FailedError(f"{called} is broken, or no Debian package: {reason}")
        refuse_foreign(package, called)
        refuse_changed(given, package, called)
        if package.place not in given:
            if package.place in there:
                refuse_other(root, package, called)
            given[package.place] = package
            result.append(Incoming(called, os.path.join(stage, copied), package.in_place))
    return result


def refuse_broken(given: Sequence[Incoming]) -> None:
    """Have dpkg-deb unpack packages to nowhere: an index is made without a look at the data.

    Raises:
        FailedError: one of them does not unpack.
    """
    for one, wrong in zip(given, mapped(_damage, [one.copied for one in given]), strict=True):
        if wrong:
            raise FailedError(f"{one.called} is broken: {wrong}")


def _sources(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        if os.path.isdir(word):
            inside = sorted(name for name in os.listdir(word) if name.endswith(".deb"))
            yield from (_file(os.path.join(word, name)) for name in inside)
        else:
            yield _file(word)


def _file(path: str) -> str:
    """A path that leads to a file: nobody knows when a pipe ends."""
    if os.path.isfile(path):
        return path
    if os.path.lexists(path):
        raise FailedError(f"{path} is neither a file nor a folder with packages")
    raise FailedError(f"{path} is not there")


def _copies(sources: Iterable[str], stage: str) -> dict[str, str]:
    """Copy files under names that say nothing, and give what the user calls each."""
    os.makedirs(os.path.join(stage, _FOLDER))
    copies = {}
    for number, source in enumerate(sources):
        copied = f"{_FOLDER}/{number}.deb"
        target = os.path.join(stage, copied)
        try:
            reading = open(source, "rb")  # noqa: SIM115 - what is wrong with it is not the disk's
        except OSError as error:
            raise FailedError(f"cannot read {source}: {error.strerror}") from None
        with reading, open(target, "xb") as writing:
            shutil.copyfileobj(reading, writing)
        os.chmod(target, FILE_MODE)
        copies[copied] = source
    return copies


def _damage(file: str) -> str:
    done = run("dpkg-deb", "--fsys-tarfile", file)
    marks = ("dpkg-deb: error: ", "tar: ")
    return last_words(done.stderr, marks) if done.returncode else ""
