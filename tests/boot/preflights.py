"""Runs of hostwright-preflight on a booted host, and what can be wrong there for a while."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from attrs import frozen

from tests.boot.laboratory import Host

GOOD = "hostwright-preflight: all is well\n"
SAME_DISK = "note  repository: /mnt/vault/web1 is on the same file system as /: "
GOOD_ENOUGH = (
    f"{SAME_DISK}a disk that dies takes both; is its disk mounted? findmnt --target"
    " /mnt/vault/web1\nhostwright-preflight: nothing fails; 1 note\n"
)
UNIT = "[Service]\nExecStart=/usr/local/sbin/borg-backup.sh create\n"

Fault = Callable[[Host], AbstractContextManager[None]]


@frozen
class Said:
    """What hostwright-preflight said, and its exit status."""

    status: int
    text: str

    @property
    def failed(self) -> list[str]:
        """The lines of what is wrong."""
        return [line for line in self.text.splitlines() if line.startswith("FAIL")]

    @property
    def notes(self) -> list[str]:
        """The lines of what is worth knowing, but for the one disk that there is."""
        notes = (line for line in self.text.splitlines() if line.startswith("note"))
        return [line for line in notes if not line.startswith(SAME_DISK)]


def preflight(host: Host, *words: str) -> Said:
    """Run it as an administrator does."""
    done = host.run("hostwright-preflight", *words, check=False)
    assert done.stderr == ""
    return Said(done.returncode, done.stdout)


@contextmanager
def changed(host: Host, *words: str, back: tuple[str, ...]) -> Iterator[None]:
    """Have a command change something, and another put it right again."""
    host.run(*words)
    try:
        yield
    finally:
        host.run(*back)


def moved(path: str) -> Fault:
    """Take something away."""
    away = f"{path}.away"
    return lambda host: changed(host, "mv", path, away, back=("mv", away, path))


def written(path: str, text: str, mode: int = 0o644) -> Fault:
    """Put a file there, in the place of another or of none."""

    @contextmanager
    def there(host: Host) -> Iterator[None]:
        before = host.path(path).read_text() if host.path(path).exists() else None
        host.write(path, text, mode=mode)
        try:
            yield
        finally:
            if before is None:
                host.run("rm", path)
            else:
                host.path(path).write_text(before)

    return there


def by(*words: str, back: tuple[str, ...]) -> Fault:
    """Break something with a command."""
    return lambda host: changed(host, *words, back=back)


@contextmanager
def read_only(host: Host) -> Iterator[None]:
    """Have the file system of the repository mounted read-only, as after an error of its disk."""
    host.run("mount", "--bind", "/mnt/vault", "/mnt/vault")
    try:
        host.run("mount", "-o", "remount,bind,ro", "/mnt/vault")
        yield
    finally:
        host.run("umount", "/mnt/vault")


def reloaded(path: str, text: str) -> Fault:
    """Put a file there that systemd reads, and have it read."""

    @contextmanager
    def there(host: Host) -> Iterator[None]:
        with written(path, text)(host):
            host.run("systemctl", "daemon-reload")
            yield
        host.run("systemctl", "daemon-reload")

    return there


@contextmanager
def small_disk(host: Host) -> Iterator[None]:
    """Have a disk at /backup that no dump fits on."""
    host.run("mount", "-t", "tmpfs", "-o", "size=1M", "small", "/backup")
    try:
        host.run("systemd-tmpfiles", "--create", "backup.conf")
        yield
    finally:
        host.run("umount", "/backup")


@contextmanager
def linked(host: Host) -> Iterator[None]:
    """Have a link in the place of a folder that is archived."""
    with moved("/srv")(host), changed(host, "ln", "-s", "srv.away", "/srv", back=("rm", "/srv")):
        yield


@contextmanager
def lost_disk(host: Host) -> Iterator[None]:
    """Have systemd know of a disk for /mnt/vault that is not plugged in."""
    unit = "/etc/systemd/system/mnt-vault.mount"
    reload = ("systemctl", "daemon-reload")
    with written(unit, "[Mount]\nWhat=/dev/lost\nWhere=/mnt/vault\n")(host):
        host.run(*reload)
        yield
    host.run(*reload)
