"""Host keys: whole ones of each type are taken, and nothing that ssh would refuse at night."""

import struct
from base64 import b64encode

import pytest

from schema.host_keys import HostKey

NAME = "vault.example.org"
POINT = b"\4" + bytes(64)


def line(type_: str, *fields: bytes) -> str:
    """A line of known_hosts whose key has these fields."""
    blob = b"".join(struct.pack(">I", len(field)) + field for field in fields)
    return f"{NAME} {type_} {b64encode(blob).decode()}"


@pytest.mark.parametrize(
    "text",
    [
        HostKey.example,
        f"{HostKey.example} a comment",
        f"@revoked {HostKey.example}",
        line("ssh-rsa", b"ssh-rsa", b"\1\0\1", bytes(range(1, 130))),
        line("ecdsa-sha2-nistp256", b"ecdsa-sha2-nistp256", b"nistp256", POINT),
        line(
            "sk-ssh-ed25519@openssh.com", b"sk-ssh-ed25519@openssh.com", bytes(range(32)), b"ssh:"
        ),
    ],
)
def test_whole_key_is_taken(text: str) -> None:
    """As ssh-keyscan prints it, with a marker before it or a comment behind."""
    assert HostKey.problem(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HostKey.example[:-4], "cut off or mistyped"),
        (HostKey.example[:-1], "cut off or mistyped"),
        (HostKey.example.replace("AAAAC3", "AAAAC4", 1), "another type"),
        (HostKey.example.replace("ssh-ed25519", "ssh-rsa", 1), "another type"),
        (line("ssh-ed25519", b"ssh-ed25519", bytes(31)), "no whole key"),
        (line("ssh-ed25519", b"ssh-ed25519", bytes(32), b"more"), "no whole key"),
        (line("ssh-rsa", b"ssh-rsa", b"\1\0\1"), "no whole key"),
        (line("ecdsa-sha2-nistp256", b"ecdsa-sha2-nistp256", b"nistp384", POINT), "no whole key"),
        (f"{NAME} ssh-ed25519 AAAA", "cut off or mistyped"),
        (f"{NAME} ssh-dss AAAAB3NzaC1kc3M=", "not a line of known_hosts"),
    ],
)
def test_broken_key_is_refused(text: str, reason: str) -> None:
    """It would pin nothing: ssh skips the line, and refuses to connect."""
    assert reason in (HostKey.problem(text) or "")
