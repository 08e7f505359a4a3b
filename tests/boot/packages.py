"""Packages of a host in several versions, installed and removed on it as an administrator does."""

import re
from collections.abc import Callable

import attrs
from attrs import frozen

from compiler.deb import deb
from compiler.deb.source import of_tree
from schema.tree import File, Tree
from tests.boot.laboratory import Host, Result
from tests.boot.releases import tree_for

PACKAGE = "hostwright-host-web1"
UNITS = "/usr/lib/systemd/system"
PINS = "/run/hostwright"
_EPOCH = 1_700_000_000

Edit = Callable[[Tree], Tree]


@frozen
class Package:
    """A version of a host's package, by the name of its file on the host."""

    version: str
    file: str

    def install(self, host: Host, *, check: bool = True) -> Result:
        """Install it, or go up or down to it."""
        return host.run("dpkg", "--install", self.file, check=check)


def deliver(host: Host, release: str, manifest: str, version: str, *edits: Edit) -> Package:
    """Compile a manifest, make its package, and put that on the host."""
    tree = tree_for(release, manifest)
    for edit in edits:
        tree = edit(tree)
    made = deb(of_tree("host.yaml", tree, "0" * 64), version, _EPOCH)
    file = f"/root/{made.file}"
    host.path(file).write_bytes(made.content)
    return Package(version, file)


def replaced(path: str, old: str, new: str) -> Edit:
    """A change to a file of the tree that no manifest can make: every `old` becomes `new`."""

    def edit(tree: Tree) -> Tree:
        entry = tree[path]
        assert isinstance(entry, File)
        assert old in entry.text, entry.text
        text = entry.text.replace(old, new)
        edited = attrs.evolve(entry, text=text)
        return Tree((one, edited if one == path else kept) for one, kept in tree.items())

    return edit


def without(*paths: str) -> Edit:
    """A change that leaves files of the tree out."""
    return lambda tree: Tree((path, entry) for path, entry in tree.items() if path not in paths)


def settings(text: str, **options: str) -> str:
    """A manifest with some of its lines changed: `key: value` for each key of `options`."""
    for key, value in options.items():
        text, count = re.subn(f"^( *){key}:.*$", rf"\g<1>{key}: {value}", text, flags=re.MULTILINE)
        assert count == 1, text
    return text


def status(host: Host) -> str:
    """What dpkg has of the package: its state and version, as in `installed 1`."""
    form = "${db:Status-Status} ${Version}"
    return host.run("dpkg-query", "--show", f"--showformat={form}", PACKAGE).stdout


def timers(host: Host) -> tuple[str, ...]:
    """Our timers that are active, sorted."""
    words = ("systemctl", "list-units", "--plain", "--no-legend", "--state=active", "backup*.timer")
    return tuple(sorted(line.split()[0] for line in host.run(*words).stdout.splitlines()))


def unpacked(host: Host) -> dict[str, bytes]:
    """The content of every file of the package, by its path."""
    listed = host.run("dpkg-query", "--listfiles", PACKAGE).stdout.splitlines()
    files = {path: host.path(path) for path in listed}
    return {path: file.read_bytes() for path, file in files.items() if file.is_file()}
