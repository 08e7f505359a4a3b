"""Files -> the bytes of a .deb (deb(5)): an ar archive of a version and two tar archives.

The tar archives are those of the standard library. dpkg-deb would want a build tree on the disk,
and its start alone costs more than all of this; the result is what it would accept and unpack.
"""

import io
import lzma
import tarfile
from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

_FOLDER_MODE = 0o755
_FORMAT = b"2.0\n"
_PRESET = 3
"""Of xz: a third of the time of dpkg-deb's 6, for a package that is 6 % larger (measured)."""


@frozen(eq=False, repr=False)
class Member:
    """A file, or a symbolic link to `target`; its path is relative."""

    path: str
    mode: int
    content: bytes = b""
    target: str | None = None


def archive(control: Sequence[Member], data: Sequence[Member], epoch: int) -> bytes:
    """Put a package together.

    Everything belongs to root and is as old as `epoch`, in the order of the paths, so that the
    same files are the same bytes; folders that lead to files are added.

    Args:
        control: the control file, maintainer scripts and the like.
        data: what is unpacked on the host.
        epoch: seconds since 1970.
    """
    parts = (
        ("debian-binary", _FORMAT),
        ("control.tar.xz", _compressed(tar(control, epoch))),
        ("data.tar.xz", _compressed(tar(data, epoch))),
    )
    return b"!<arch>\n" + b"".join(_part(name, content, epoch) for name, content in parts)


def tar(members: Iterable[Member], epoch: int) -> bytes:
    """A tar archive of files and the folders that lead to them."""
    file = io.BytesIO()
    layout, encoding = tarfile.GNU_FORMAT, "utf-8"  # tarfile would take that of the locale
    with tarfile.open(fileobj=file, mode="w", format=layout, encoding=encoding) as archived:
        made: set[str] = set()
        for member in sorted(members, key=lambda one: one.path.split("/")):
            for folder in _new_folders(member.path, made):
                archived.addfile(_folder(folder, epoch))
            archived.addfile(_header(member, epoch), io.BytesIO(member.content))
    return file.getvalue()


def _compressed(content: bytes) -> bytes:
    # One thread and no padding: liblzma gives the same bytes wherever it runs.
    return lzma.compress(content, check=lzma.CHECK_CRC64, preset=_PRESET)


def _new_folders(path: str, made: set[str]) -> Iterator[str]:
    """The folders above a path that are not in the archive yet, the outermost first."""
    parts = path.split("/")[:-1]
    for count in range(len(parts) + 1):
        folder = "/".join((".", *parts[:count]))
        if folder not in made:
            made.add(folder)
            yield folder


def _folder(path: str, epoch: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(f"{path}/")
    header.type, header.mode = tarfile.DIRTYPE, _FOLDER_MODE
    return _owned(header, epoch)


def _header(member: Member, epoch: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(f"./{member.path}")
    header.mode, header.size = member.mode, len(member.content)
    if member.target is not None:
        header.type, header.linkname, header.mode = tarfile.SYMTYPE, member.target, 0o777
    return _owned(header, epoch)


def _owned(header: tarfile.TarInfo, epoch: int) -> tarfile.TarInfo:
    header.mtime, header.uname, header.gname = epoch, "root", "root"
    return header


def _part(name: str, content: bytes, epoch: int) -> bytes:
    """One part of an ar archive: a header of 60 bytes, and its content at an even length."""
    header = f"{name:<16}{epoch:<12}{0:<6}{0:<6}{0o100644:<8o}{len(content):<10}`\n"
    return header.encode() + content + b"\n" * (len(content) % 2)
