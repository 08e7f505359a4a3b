"""Whether borg may have the folders that it is given: tmpfiles.d makes them its own, mode 0700."""

from collections.abc import Iterator

from schema.borg import LocalRepository
from schema.diagnostics import Diagnostic
from schema.host import Manifest
from schema.layout import lies_in

_STAMPS = {"the last success": "/backup.last", "the last drill": "/backup.drill"}
_MEMORY = "is in memory, and empty after each boot"
_TEMPORARY = "is cleaned up by the system, and the sandbox shows each unit its own"
_SYSTEM = "belongs to the packages of the system"
_FOREIGN = {
    "/boot": _SYSTEM,
    "/dev": _MEMORY,
    "/etc": _SYSTEM,
    "/proc": _MEMORY,
    "/root": "can be entered by root alone",
    "/run": _MEMORY,
    "/sys": _MEMORY,
    "/tmp": _TEMPORARY,
    "/usr": _SYSTEM,
    "/var/tmp": _TEMPORARY,
}
"""Folder -> why nothing of borg's can lie in it."""


def places(manifest: Manifest) -> Iterator[Diagnostic]:
    """A repository or a home that would take its folder from the system, or mix with others."""
    options = manifest.backup
    if reason := _problem(manifest, options.home):
        yield _misplaced("home", options.home, reason, "/home/borg")
    if isinstance(options.repository, LocalRepository):
        path = options.repository.path
        if reason := _problem(manifest, path):
            yield _misplaced("repository", path, reason, "/srv/borg")
        else:
            yield from _inside(manifest, path)


def _inside(manifest: Manifest, repository: str) -> Iterator[Diagnostic]:
    for name, example in (
        ("home", "/home/borg"),
        ("passphrase", "/etc/credstore/borg-passphrase"),
        ("ssh_key", "/etc/credstore/borg-ssh-key"),
    ):
        path = getattr(manifest.backup, name)
        if path is not None and path != repository and lies_in(path, repository):
            yield _misplaced(name, path, "lies in the repository, which is borg's alone", example)


def _problem(manifest: Manifest, path: str) -> str | None:
    return _taken(manifest, path) or _foreign(manifest, path)


def _taken(manifest: Manifest, path: str) -> str | None:
    """A file that has its place there already."""
    options = manifest.backup
    secrets = {"the passphrase": options.passphrase, "the ssh key": options.ssh_key}
    for what, file in (_STAMPS | secrets).items():
        if file is not None and lies_in(path, file):
            return f"is the file of {what}"
    return None


def _foreign(manifest: Manifest, path: str) -> str | None:
    target = manifest.target
    link = next((link for link in target.links if lies_in(path, link)), None)
    real = path if link is None else target.links[link] + path.removeprefix(link)
    for folder, reason in _FOREIGN.items():
        if lies_in(real, folder):
            return f"lies in {folder}, which {reason}" if real != folder else reason
    if real in target.folders:
        return "is a folder of the system, and nobody but borg could enter it any more"
    return None


def _misplaced(name: str, path: str, reason: str, example: str) -> Diagnostic:
    fix = f"give it a place of its own, such as {example}"
    return Diagnostic("HW023", f'{name}: "{path}" {reason}', ("backup", name), fix)
