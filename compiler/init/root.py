"""The machine as files below a folder, which is / or another root, such as an image's.

A symbolic link is followed inside that root only: /etc/hostname of an image that leads to
/run/hostname is the image's /run/hostname, never this machine's.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import suppress

_MOST_LINKS = 40
_MOST_BYTES = 1 << 20
_ABSENT = frozenset((errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL))


class Root:
    """Reads, and never writes, runs or follows anything out of the root.

    `unseen` holds what could not be looked into, with the reason.
    """

    def __init__(self, folder: str = "/") -> None:
        self._folder = folder.rstrip("/")
        self.unseen: dict[str, str] = {}

    def real(self, path: str) -> str | None:
        """The path without links, as it is called inside the root; None when nothing is there."""
        with self._noted(path):
            return self._resolved(path)
        return None

    def status(self, path: str) -> os.stat_result | None:
        """What stat(2) says of a path, links followed; None when nothing is there."""
        with self._noted(path):
            return os.lstat(self._outer(self._resolved(path)))
        return None

    def is_file(self, path: str) -> bool:
        """Whether a regular file is there."""
        status = self.status(path)
        return status is not None and stat.S_ISREG(status.st_mode)

    def is_folder(self, path: str) -> bool:
        """Whether a folder is there."""
        status = self.status(path)
        return status is not None and stat.S_ISDIR(status.st_mode)

    def text(self, path: str) -> str | None:
        """A regular file's first MiB, as UTF-8 with other bytes kept; None when there is none."""
        content = self.content(path, _MOST_BYTES)
        return None if content is None else content.decode("utf-8", "surrogateescape")

    def content(self, path: str, most: int) -> bytes | None:
        """The first bytes of a regular file; a pipe or a device is never opened."""
        with self._noted(path):
            outer = self._outer(self._resolved(path))
            if not stat.S_ISREG(os.lstat(outer).st_mode):
                return None
            descriptor = os.open(outer, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with open(descriptor, "rb", buffering=0) as file:
                return file.read(most)
        return None

    def names(self, folder: str) -> tuple[str, ...]:
        """What lies in a folder, sorted; nothing when there is none."""
        with self._noted(folder):
            return tuple(sorted(os.listdir(self._outer(self._resolved(folder)))))
        return ()

    def entries(self, folder: str) -> Iterator[tuple[str, os.stat_result]]:
        """What lies in a folder, by path, with its own status: links are not followed."""
        inside = self.real(folder)
        for name in self.names(folder) if inside is not None else ():
            with suppress(OSError):
                path = f"{(inside or '').rstrip('/')}/{name}"
                yield f"{folder.rstrip('/')}/{name}", os.lstat(self._outer(path))

    def _noted(self, path: str) -> "_Noted":
        return _Noted(self, path)

    def _outer(self, path: str) -> str:
        return f"{self._folder}{path}"

    def _resolved(self, path: str) -> str:
        """Walk the path name by name.

        Raises:
            OSError: something on the way is missing, closed, or leads in a circle.
        """
        left = path.split("/")[::-1]
        done: list[str] = []
        links = 0
        while left:
            name = left.pop()
            if name in {"", "."}:
                continue
            if name == "..":
                del done[-1:]
                continue
            outer = self._outer("/" + "/".join((*done, name)))
            if not stat.S_ISLNK(os.lstat(outer).st_mode):
                done.append(name)
                continue
            links += 1
            if links > _MOST_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
            target = os.readlink(outer)
            done = [] if target.startswith("/") else done
            left += target.split("/")[::-1]
        return "/" + "/".join(done)


class _Noted:
    """Turns an error into a note on the root, or into nothing when only nothing is there."""

    def __init__(self, root: Root, path: str) -> None:
        self._root = root
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> bool:
        if isinstance(error, ValueError):  # a NUL in a path
            return True
        if not isinstance(error, OSError):
            return False
        if error.errno not in _ABSENT:
            self._root.unseen[self._path] = (error.strerror or str(error)).lower()
        return True
