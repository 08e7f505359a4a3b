"""The keys of ssh servers, as known_hosts has them: whole, and of the type that they say."""

import re
from binascii import Error, a2b_base64
from collections.abc import Iterator

from schema.scalars import Checked, line_problem, text_problem

_SHAPES = {
    "ssh-ed25519": ("key of 32",),
    "ssh-rsa": ("number", "number"),
    "ecdsa-sha2-nistp256": ("nistp256", "key of 65"),
    "ecdsa-sha2-nistp384": ("nistp384", "key of 97"),
    "ecdsa-sha2-nistp521": ("nistp521", "key of 133"),
    "sk-ssh-ed25519@openssh.com": ("key of 32", "application"),
    "sk-ecdsa-sha2-nistp256@openssh.com": ("nistp256", "key of 65", "application"),
}
"""What stands in a key behind the name of its type: RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4 and
openssh's PROTOCOL.u2f."""

_NAMES = r"(@cert-authority |@revoked )?[\w.,:*?!\[\]|/+=@%-]+"
_KEY = r"[A-Za-z0-9+/]+=*"


class HostKey(Checked):
    """One line of an ssh known_hosts file: names, key type, key."""

    __slots__ = ()
    wanted = "a line of known_hosts"
    example = (
        "vault.example.org ssh-ed25519 "
        "AAAAC3NzaC1lZDI1NTE5AAAAIBunQZ0vLu5BQwkqIES8AAf0xa+2MqZ3JuN+AZ7CLCaV"
    )
    shape = "^(@[a-z-]+ )?[^ ]+ (ssh|ecdsa|sk)-[^ ]+ [A-Za-z0-9+/]+=*( |$)"

    @classmethod
    def problem(cls, text: str) -> str | None:
        """As ssh-keyscan prints it (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT)."""
        if problem := line_problem(text) or text_problem(text):
            return problem
        if "PRIVATE KEY" in text:
            return (
                "is a private key, and a manifest is no place for one: pin the server's public key"
            )
        found = re.fullmatch(rf"{_NAMES} (?P<type>\S+) (?P<key>{_KEY})( .*)?", text, re.ASCII)
        if found is None or found["type"] not in _SHAPES:
            return 'is not a line of known_hosts: "NAMES KEYTYPE KEY", as ssh-keyscan prints it'
        return _key_problem(found["type"], found["key"])

    def is_for(self, server: str) -> bool:
        """Whether ssh takes the line as a pin of a server; a hashed name might be any.

        Args:
            server: the name that ssh looks up: `HOST`, or `[HOST]:PORT` for a port other than 22.
        """
        if self.startswith("@revoked "):
            return False
        names = self.removeprefix("@cert-authority ").split(" ")[0].split(",")
        if any(name.startswith("!") and _is_match(name[1:], server) for name in names):
            return False
        return any(name.startswith("|") or _is_match(name, server) for name in names)


def _is_match(pattern: str, server: str) -> bool:
    """ssh_config(5), PATTERNS: `*` and `?`, and no difference between upper and lower case."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, server, re.IGNORECASE) is not None


def _key_problem(type_: str, key: str) -> str | None:
    try:
        name, *fields = _fields(a2b_base64(key, strict_mode=True))
    except (Error, ValueError):
        return "has a key that is cut off or mistyped: copy the whole line that ssh-keyscan prints"
    if name != type_.encode():
        return f"says {type_}, and its key is of another type: copy the whole line"
    shape = _SHAPES[type_]
    if len(fields) == len(shape) and all(map(_is_field, fields, shape)):
        return None
    return f"has no whole key of {type_}: copy the whole line that ssh-keyscan prints"


def _fields(blob: bytes) -> Iterator[bytes]:
    """The fields of a key: each is its length in four bytes, and so many bytes.

    Raises:
        ValueError: the last one is cut off, or there is none.
    """
    while True:
        end = 4 + int.from_bytes(blob[:4], "big")
        if len(blob) < max(end, 5):
            raise ValueError(blob)
        yield blob[4:end]
        blob = blob[end:]
        if not blob:
            return


def _is_field(field: bytes, shape: str) -> bool:
    if shape.startswith("key of "):
        return len(field) == int(shape.removeprefix("key of "))
    return bool(field) and (field == shape.encode() or not shape.startswith("nistp"))
