"""Scalars that were checked once, at the edge: a value of these types is known to be good.

Each is a `str` whose constructor raises `ValueError` with one sentence that states the rule in
the manifest's words. Nothing behind `compiler/structure.py` checks them again.
"""

import re
from typing import ClassVar, Self


def text_problem(text: str) -> str | None:
    """What keeps a text out of every systemd file and every argv, or None.

    systemd drops a line whose UTF-8 it calls invalid, and it calls Unicode's non-characters so
    (`unichar_is_valid`, src/basic/utf8.c); NUL ends a C string.
    """
    if text.isascii() and "\0" not in text:
        return None
    for character in text:
        code = ord(character)
        if code == 0:
            return "has a NUL character, which no argument or file name can hold"
        if 0xD800 <= code <= 0xDFFF:
            return f"has half of a surrogate pair (U+{code:04X}), which is not valid Unicode"
        if 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE:
            return f"has the Unicode non-character U+{code:04X}, for which systemd drops the line"
    return None


def line_problem(text: str) -> str | None:
    """What keeps a text from standing on one line, or None: control characters, or no text."""
    if not text.strip():
        return "is empty"
    if any(ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0 for character in text):
        return "has a control character (a newline, a tab, ...)"
    return text_problem(text)


def path_problem(text: str) -> str | None:
    """Why a text is no absolute path of a file that Linux can have, or None."""
    if not text.startswith("/"):
        return "is not an absolute path: it must begin with /"
    if problem := line_problem(text):
        return problem
    parts = text.split("/")
    if ".." in parts or "." in parts:
        return 'has a "." or ".." in it: write the path that is meant'
    if max(len(part.encode()) for part in parts) > 255:
        return "has a part of more than 255 bytes, which no file system of Debian can hold"
    if len(text.encode()) > 4000:
        return "is longer than 4000 bytes"
    return None


class Checked(str):
    """The base of the checked scalars; `problem` is the rule, `example` a value that is good.

    `shape` is a regular expression, in the syntax of ECMA-262 and of Python, that is found in every
    good text: what an editor can hold a text against. It may be found in others, too.
    """

    __slots__ = ()
    wanted: ClassVar[str]
    example: ClassVar[str]
    shape: ClassVar[str] = ""

    def __new__(cls, text: str) -> Self:
        """Check the text.

        Raises:
            ValueError: with the rule, in a sentence.
        """
        if (problem := cls.problem(text)) is not None:
            raise ValueError(problem)
        return str.__new__(cls, text)

    @classmethod
    def known(cls, text: str) -> Self:
        """A value that stands in Hostwright's own source: a test checks it, not every run."""
        return str.__new__(cls, text)

    @classmethod
    def problem(cls, text: str) -> str | None:
        """Why the text is not good, as the end of a sentence, or None."""
        raise NotImplementedError


class Matched(Checked):
    """The base of those whose rule is one regular expression."""

    __slots__ = ()
    expression: ClassVar[str]
    rule: ClassVar[str]

    @classmethod
    def problem(cls, text: str) -> str | None:
        """The rule, unless the whole text matches."""
        return None if re.fullmatch(cls.expression, text, re.ASCII) else cls.rule


class Text(Checked):
    """Any text that an argument, a file name or a database name can be."""

    __slots__ = ()
    wanted = "a text"
    example = "nightly"

    @classmethod
    def problem(cls, text: str) -> str | None:
        """As `text_problem`."""
        return text_problem(text)


class AbsolutePath(Checked):
    """An absolute path without `.`, `..`, doubled or trailing slashes."""

    __slots__ = ()
    wanted = "an absolute path"
    example = "/srv"
    shape = r"^(?!.*/\.\.?(/|$))/"

    @classmethod
    def problem(cls, text: str) -> str | None:
        """As `path_problem`."""
        return path_problem(text)

    def __new__(cls, text: str) -> Self:
        """Check the path and write it in its one normal form."""
        checked = super().__new__(cls, text)
        parts = [part for part in checked.split("/") if part]
        return str.__new__(cls, "/" + "/".join(parts))


class HomePath(AbsolutePath):
    """The home of a system user: /etc/passwd and ssh's own options must be able to hold it."""

    __slots__ = ()
    example = "/home/borg"
    shape = r"^(/[A-Za-z0-9_][A-Za-z0-9._-]*)+$"

    @classmethod
    def problem(cls, text: str) -> str | None:
        """Letters, digits and . _ - between the slashes."""
        if re.fullmatch(r"(/[A-Za-z0-9_][A-Za-z0-9._-]*)+", text, re.ASCII):
            return path_problem(text)
        return "is not a home: an absolute path of letters, digits and . _ -"


class HostName(Checked):
    """An RFC 1123 host name, lower case (it names archives, units' texts and the package)."""

    __slots__ = ()
    wanted = "a host name"
    example = "web1"
    shape = r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$"

    @classmethod
    def problem(cls, text: str) -> str | None:
        """RFC 1123 section 2.1: labels of at most 63 letters, digits and hyphens."""
        label = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
        if len(text) <= 253 and re.fullmatch(rf"{label}(\.{label})*", text, re.ASCII):
            return None
        return "is not a host name: lower-case letters, digits and hyphens, parts joined by dots"


class UserName(Matched):
    """The name of a user or a group, by the strict rule of systemd and useradd."""

    __slots__ = ()
    wanted = "a user name"
    example = "postgres"
    expression = r"[A-Za-z_][A-Za-z0-9_-]{0,30}"
    rule = "is not a user name: at most 31 of a-z A-Z 0-9 _ -, and not a digit or - first"


class JobName(Matched):
    """A dump job's name: part of a unit name and of a folder below /backup."""

    __slots__ = ()
    wanted = "a job name"
    example = "wiki"
    expression = r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?"
    rule = (
        "is not a job name: a-z, 0-9 and - inside, at most 64 "
        "(it becomes backup-JOB.service and /backup/JOB)"
    )


class MailAddress(Matched):
    """One mail address, or a local user's name."""

    __slots__ = ()
    wanted = "a mail address"
    example = "root@localhost"
    expression = (
        r"[A-Za-z0-9._+=][A-Za-z0-9._+=-]{0,63}(@[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?)?"
    )
    rule = 'is not one mail address, such as "ops@example.org"'


class EnvironmentName(Matched):
    """The name of an environment variable."""

    __slots__ = ()
    wanted = "an environment variable's name"
    example = "LANG"
    expression = r"[A-Za-z_][A-Za-z0-9_]{0,200}"
    rule = "is not the name of an environment variable: letters, digits and _, no digit first"


class SecretFile(AbsolutePath):
    """Where a secret lies on the host. The secret itself has no place in a manifest.

    A blank is legal to LoadCredential=, but systemd 257 hands the unit on to its executor in a form
    that it cannot read back then ("Failed to deserialize: Invalid argument"; measured).
    """

    __slots__ = ()
    wanted = "the absolute path of a file on the host"
    example = "/etc/credstore/borg-passphrase"
    shape = r"^(?!.*/\.\.?(/|$))/[^: \\]*$"

    @classmethod
    def problem(cls, text: str) -> str | None:
        """An absolute path without `:`, which LoadCredential= would split at."""
        if (problem := path_problem(text)) is not None:
            return problem
        if ":" in text:
            return 'has a ":" in it, which LoadCredential= does not allow'
        if " " in text or "\\" in text:
            return "has a blank or a backslash in it, and systemd 257 starts no unit with that"
        return None


class SshKeyFile(SecretFile):
    """Where a private ssh key lies on the host."""

    __slots__ = ()
    example = "/etc/credstore/borg-ssh-key"
    shape = r"^(?!.*\.pub$)(?!.*/\.\.?(/|$))/[^: \\]*$"

    @classmethod
    def problem(cls, text: str) -> str | None:
        """As every file with a secret, and not the public half."""
        if (problem := super().problem(text)) is None and text.endswith(".pub"):
            return "is a public key by its name, and ssh logs in with the private one"
        return problem
