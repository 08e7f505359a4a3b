"""Packages -> a folder of packages: a version that was made once never changes."""

import errno
import os
from contextlib import suppress

from attrs import frozen

from compiler.deb import deb
from compiler.deb.source import Source
from compiler.staging import reported
from schema.diagnostics import Diagnostic, RejectedError

_MODE = 0o644
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS}
"""What file systems without hard links answer, such as FAT and some of the network."""
_NO_DATE = """\
note: these versions (0+DIGEST) do not rise: apt and hostwright repo may take a new tree for an
older one, so these packages are for installing by hand. Otherwise set SOURCE_DATE_EPOCH, such as
$(git log -1 --format=%ct), or give --package-version
"""


@frozen
class Packaging:
    """How packages are made, and where they go.

    Attributes:
        folder: where they go.
        version: of all of them; None: each by the digest of its tree.
        epoch: seconds since 1970, or None.
        is_trial: whether they are made only to see that they can be: nothing is written.
    """

    folder: str
    version: str | None = None
    epoch: int | None = None
    is_trial: bool = False

    @property
    def advice(self) -> str:
        """What there is to say about how versions were chosen; empty when all is well."""
        is_dated = self.version is not None or self.epoch is not None
        return "" if is_dated or self.is_trial else _NO_DATE

    def stage(self, source: Source, staging: str) -> tuple[str, bool]:
        """Write the package of a tree to `staging`, on the disk of the folder.

        Returns:
            The name of its file, and whether it is new: the folder may have this very package.

        Raises:
            RejectedError: the tree cannot be a package, the folder has another one of this
                version, or the folder cannot be written.
        """
        made = deb(source, self.version, self.epoch)
        with reported(self.folder):
            is_there = _is_there(os.path.join(self.folder, made.file), made.content)
            if is_there or self.is_trial:
                return made.file, False
            _write(staging, made.content)
        return made.file, True


def publish_package(staging: str, folder: str, name: str) -> None:
    """Put a staged package into the folder, unless there is one of that name by now.

    Raises:
        RejectedError: there is, and it is another one, or the folder cannot be written.
    """
    file = os.path.join(folder, name)
    with reported(folder), open(staging, "rb") as staged:
        if _is_there(file, staged.read()):
            return  # two of the trees are the same
        try:
            os.link(staging, file)
        except FileExistsError:
            raise RejectedError([_another(file)]) from None
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            os.rename(staging, file)


def withdraw_package(folder: str, name: str) -> None:
    """Undo `publish_package`, as far as the disk lets it."""
    with suppress(OSError):
        os.unlink(os.path.join(folder, name))


def _is_there(file: str, content: bytes) -> bool:
    """Whether this very package stands there.

    Raises:
        RejectedError: another one does, or what is none.
    """
    if not os.path.lexists(file):
        return False
    if not os.path.islink(file) and os.path.isfile(file):  # to open a pipe would take for ever
        with open(file, "rb") as standing:
            if standing.read() == content:
                return True
    raise RejectedError([_another(file)])


def _write(path: str, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        file.write(content)
        os.fchmod(descriptor, _MODE)


def _another(file: str) -> Diagnostic:
    return Diagnostic(
        "HW078",
        f'"{file}" is there already, and is another package: one of two with the same version '
        "would be taken for the other",
        fix="give a higher --package-version, or a later SOURCE_DATE_EPOCH",
    )
