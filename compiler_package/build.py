"""A checkout -> its package, bit for bit the same wherever and whenever it is made."""

from collections.abc import Sequence
from string import Template

from compiler.deb import md5sums
from compiler.deb.archive import Member, archive
from compiler.deb.control import kibibytes
from compiler.deb.documents import compressed
from compiler_package import wheels
from compiler_package.changelog import changelog, releases
from compiler_package.contents import contents
from compiler_package.project import FILES, ROOT, Project, project

_CHANGELOG = "usr/share/doc/hostwright/changelog.gz"
_MAINTAINER = "Maintainer: "
_SCRIPTS = ("postinst", "prerm")


class VersionError(Exception):
    """pyproject.toml and CHANGELOG.md do not name the same version."""


def build(epoch: int | None = None) -> tuple[str, bytes]:
    """Make the package of this checkout.

    Args:
        epoch: seconds since 1970 that everything in it is said to have been made at; else the
            day of the newest release in CHANGELOG.md.

    Returns:
        Its file name (deb-control(5), Filename), and its bytes.

    Raises:
        VersionError: CHANGELOG.md begins with another version than that of pyproject.toml.
        wheels.DownloadError: what is brought along cannot be had.
        subprocess.CalledProcessError: hatchling failed.
    """
    about = project()
    found = releases((ROOT / "CHANGELOG.md").read_text())
    if found[0].version != about.version:
        raise VersionError(f"{about.version} here, {found[0].version} in CHANGELOG.md")
    time = found[0].epoch if epoch is None else epoch
    history = changelog(about.name, _maintainer(), found, time)
    data = [
        *contents(about, wheels.own(), wheels.bundled()),
        Member(_CHANGELOG, 0o644, compressed(history.encode())),
    ]
    name = f"{about.name}_{about.version}_all.deb"
    return name, archive(_control(about, data), data, time)


def _maintainer() -> str:
    lines = (FILES / "control").read_text().splitlines()
    return next(line for line in lines if line.startswith(_MAINTAINER)).removeprefix(_MAINTAINER)


def _control(about: Project, data: Sequence[Member]) -> list[Member]:
    fields = Template((FILES / "control").read_text())
    text = fields.substitute(version=about.version, size=kibibytes(data))
    scripts = (Member(name, 0o755, (FILES / name).read_bytes()) for name in _SCRIPTS)
    return [
        Member("control", 0o644, text.encode()),
        Member("md5sums", 0o644, md5sums(data).encode()),
        *scripts,
    ]
