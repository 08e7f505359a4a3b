"""Runs of hostwright-preflight on a booted host, and what can be wrong there for a while."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from attrs import frozen

from tests.boot.laboratory import Host

GOOD = "hostwright-preflight: all is well\n"
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
        """The lines of what is worth knowing."""
        return [line for line in self.text.splitlines() if line.startswith("note")]


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
