"""The Debian package that the tree becomes: package.toml, from which `hostwright deb` makes it."""

from collections.abc import Iterator

from compiler.escape import toml_string
from compiler.lower.causes import behind
from compiler.lower.lines import Lines, Paths
from compiler.lower.repository import REPOSITORY
from schema.borg import SshRepository
from schema.catalog import Catalog
from schema.diagnostics import ManifestPath
from schema.host import Manifest
from schema.resources import Dump, Notifier
from schema.tree import Origin
from schema.units import Data

FILE = "package.toml"
_PYTHON = "python3 (>= 3.11)"
_AT: ManifestPath = ("package",)
_TARGET: ManifestPath = ("target",)
_MAIL: ManifestPath = ("backup", "mail")
_HOST: ManifestPath = ("host",)

_Wanted = tuple[str, Origin]
"""A package, and what needs it."""


def package(manifest: Manifest, catalog: Catalog) -> Iterator[Data]:
    """What the package says of itself, one dependency a line."""
    lines = Lines("package", _AT)

    def told(name: str, value: str, path: ManifestPath, *also: ManifestPath) -> tuple[str, Origin]:
        return f"{name} = {toml_string(value)}", lines.origin("names the package", path, also)

    maintainer, also = _maintainer(manifest)
    text: list[tuple[str, Origin | None]] = [
        ("", None),
        told("name", f"hostwright-host-{manifest.host}", _HOST),
        told("host", manifest.host, _HOST),
        told("target", manifest.target.name, _TARGET),
        told("layout", manifest.layout, ("layout",)),
        told("maintainer", maintainer, (*_AT, "maintainer"), *also),
        told("preflight", manifest.package.preflight, (*_AT, "preflight")),
        told("home", manifest.backup.home, ("backup", "home")),
    ]
    begun = lines.origin("what the tree uses on the host")
    text.append(("depends = [", begun))
    text += [
        (f"    {toml_string(name)},", origin)
        for name, origin in _once(_depends(manifest, catalog, lines))
    ]
    text.append(("]", begun))
    origin = lines.origin("what the package of this tree is made from")
    yield Data(FILE, tuple(text), origin, "what hostwright deb makes the package from")


def _maintainer(manifest: Manifest) -> tuple[str, Paths]:
    """Who answers for the package, and the other options that this comes from."""
    mail = manifest.backup.mail
    if manifest.package.maintainer is not None:
        return manifest.package.maintainer, ()
    address = mail if mail is not None and "@" in mail else f"hostwright@{manifest.host}.invalid"
    return f"Administrators of {manifest.host} <{address}>", (_HOST, _MAIL)


def _depends(manifest: Manifest, catalog: Catalog, lines: Lines) -> Iterator[_Wanted]:
    """Every package that something in the tree needs, with what needs it."""
    target = manifest.target
    run = lines.origin("the units are written for it", _TARGET)
    yield f"systemd (>= {target.systemd})", run
    yield f"borgbackup (>= {target.borg})", lines.origin("makes the archives", _TARGET)
    yield _PYTHON, lines.origin("runs the programs of the tree")
    if isinstance(manifest.backup.repository, SshRepository):
        yield "openssh-client", lines.origin("borg reaches the repository by it", REPOSITORY)
    if manifest.backup.mail is not None:
        yield "postfix", lines.origin("delivers the mail; its group may submit it", _MAIL)
    for module, dump in catalog.of(Dump):
        yield from _of_dump(manifest, module, dump)
    for module, notifier in catalog.of(Notifier):
        also = behind(manifest, module, notifier, "packages")
        origin = Origin(module, ("modules", module), notifier.description, (*also, _AT))
        yield from ((name, origin) for name in notifier.packages)
    for place, name in enumerate(manifest.package.depends):
        path = (*_AT, "depends", place)
        yield name, lines.origin("named in the manifest", path)


def _of_dump(manifest: Manifest, module: str, one: Dump) -> Iterator[_Wanted]:
    path: ManifestPath = ("modules", module, *one.path)
    is_tried = manifest.backup.drill is not None and one.drilled
    drill: Paths = (("backup", "drill"), *behind(manifest, module, one, "drilled"))
    for needing, field, also in (
        (one, "packages", ()),
        (one.restore, "restore", ()),
        (one.drill if is_tried else None, "drill", drill),
    ):
        paths = (*behind(manifest, module, one, "name", field), *also, _AT)
        origin = Origin(module, path, f"{one.description}: what it takes", paths)
        yield from ((name, origin) for name in (needing.packages if needing else ()))


def _once(wanted: Iterator[_Wanted]) -> Iterator[_Wanted]:
    """Each package once, with all the options that need it."""
    found: dict[str, Origin] = {}
    for name, origin in wanted:
        first = found.setdefault(name, origin)
        if first is not origin:
            also = (*first.also, origin.path, *origin.also)
            found[name] = Origin(first.source, first.path, first.reason, also)
    return iter(found.items())
