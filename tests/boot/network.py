"""A cable between two booted hosts: nothing in this machine's own network changes."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import IPv4Address

from attrs import frozen

from tests.boot.laboratory import CommandError, Host

_DEVICE = "cable0"
_NOBODY = "02:00:00:00:00:01"


@frozen
class End:
    """One end of a cable: a host, and its address there (IPv4, of a network of 24 bits)."""

    host: Host
    address: str

    def ip(self, *words: str) -> None:
        """Change the host's network by the ip of this machine.

        Raises:
            CommandError: it failed.
        """
        enter = ("nsenter", "--net", f"--target={self.host.init}")
        done = subprocess.run(
            [*enter, "ip", *words], check=False, capture_output=True, encoding="utf-8"
        )
        if done.returncode != 0:
            raise CommandError(f"ip {words}: {done.stderr}")


@frozen
class Cable:
    """Two ends, which know each other's host by its name."""

    one: End
    other: End

    @contextmanager
    def unplugged(self) -> Iterator[None]:
        """Pull the cable at the other end: the one end has no carrier any more."""
        self.other.ip("link", "set", _DEVICE, "down")
        try:
            yield
        finally:
            self.other.ip("link", "set", _DEVICE, "up")

    @contextmanager
    def swallowing(self) -> Iterator[None]:
        """Lose everything that the one end sends, as a firewall does that drops: no answer at all.

        The one end is told a hardware address of the other that nobody has.
        """
        neighbour = ("neighbour", "replace", self.other.address, "dev", _DEVICE)
        self.one.ip(*neighbour, "lladdr", _NOBODY, "nud", "permanent")
        try:
            yield
        finally:
            self.one.ip("neighbour", "delete", self.other.address, "dev", _DEVICE)


@contextmanager
def linked(one: Host, address: str, other: Host, other_address: str) -> Iterator[Cable]:
    """Join two hosts for as long as a context lasts, and have each know the other by its name."""
    cable = Cable(End(one, address), End(other, other_address))
    peer = ("peer", "name", _DEVICE, "netns", str(other.init))
    cable.one.ip("link", "add", "name", _DEVICE, "type", "veth", *peer)
    try:
        for end, far in ((cable.one, cable.other), (cable.other, cable.one)):
            # Borg knows a host by this address: it must be the same after a power cut.
            end.ip("link", "set", _DEVICE, "address", _hardware(end.address))
            end.ip("address", "add", f"{end.address}/24", "dev", _DEVICE)
            end.ip("link", "set", _DEVICE, "up")
            _introduce(end.host, far)
        yield cable
    finally:
        with suppress(CommandError):  # it goes with either host
            cable.one.ip("link", "delete", _DEVICE)


def _hardware(address: str) -> str:
    return f"02:00:{IPv4Address(address).packed.hex(':')}"


def _introduce(host: Host, far: End) -> None:
    """Names are looked up in /etc/hosts alone: there is no server of names on the cable."""
    name = far.host.run("hostname").stdout.strip()
    line = f"{far.address} {name}\n"
    hosts = host.path("/etc/hosts")
    known = hosts.read_text()
    if line not in known:
        hosts.write_text(f"{known}{line}")
