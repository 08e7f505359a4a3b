"""What borg understands: repositories, patterns, compression, ages; checked at the edge."""

import re
from typing import Literal

from attrs import frozen

from schema.scalars import Checked, Matched, line_problem, path_problem

Encryption = Literal[
    "repokey-blake2",
    "repokey",
    "keyfile-blake2",
    "keyfile",
    "authenticated-blake2",
    "authenticated",
    "none",
]

_LEVELS = {"none": None, "lz4": None, "zstd": 22, "zlib": 9, "lzma": 9}
_STYLES = ("fm", "sh", "re", "pp", "pf")


@frozen(eq=False, repr=False)
class LocalRepository:
    """A repository in a folder of this host."""

    path: str

    @property
    def location(self) -> str:
        """What borg is told in BORG_REPO."""
        return self.path


@frozen(eq=False, repr=False)
class SshRepository:
    """A repository that a borg on another host serves over ssh.

    `path` keeps the form it was written in: absolute, `~/x` (the user's home) or `./x`.
    """

    host: str
    path: str
    user: str | None = None
    port: int | None = None

    @property
    def location(self) -> str:
        """What borg is told in BORG_REPO: always the unambiguous ssh:// form."""
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        path = self.path if self.path.startswith("/") else f"/{self.path}"
        return f"ssh://{user}{self.host}{port}{path}"


Repository = LocalRepository | SshRepository

REPOSITORY_SHAPE = r"^(?!.*(::|[{}]))(/[^:]*$|ssh://|[A-Za-z0-9_\[][^/]*:(?!//).)"
"""What is found in every location that `parse_repository` takes, as `Checked.shape`."""


def parse_repository(text: str) -> Repository:
    """Read a repository's location: an absolute path, an ssh:// URL, or `[user@]host:path`.

    Raises:
        ValueError: with the rule, in a sentence. Braces are refused because borg replaces
            `{placeholders}` in locations (borg help placeholders), `::` because it starts the
            archive's name.
    """
    if problem := line_problem(text):
        raise ValueError(problem)
    if "{" in text or "}" in text:
        raise ValueError("has a brace in it, which borg would read as a placeholder")
    if "::" in text:
        raise ValueError('has "::" in it, where borg would expect the name of an archive')
    if text.startswith("/"):
        return LocalRepository(_normal(text))
    return _parse_ssh(text)


def _parse_ssh(text: str) -> SshRepository:
    user = r"(?:(?P<user>[A-Za-z0-9_][A-Za-z0-9_.-]*)@)?"
    host = r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])"
    url = rf"ssh://{user}{host}(?::(?P<port>[0-9]{{1,5}}))?(?P<path>/.+)"
    short = rf"{user}{host}:(?P<path>[^:].*)"
    if found := re.fullmatch(url, text, re.ASCII):
        port = int(found["port"]) if found["port"] else None
        if port is not None and not 1 <= port <= 65535:
            raise ValueError("names a port that does not exist: ports go from 1 to 65535")
        path = found["path"]
        relative = path.startswith(("/~", "/./"))
        return SshRepository(
            found["host"], _served(path[1:] if relative else path), found["user"], port
        )
    if "://" not in text and (found := re.fullmatch(short, text, re.ASCII)):
        path = found["path"]
        absolute = path.startswith(("/", "~"))
        return SshRepository(
            found["host"], _served(path if absolute else f"./{path}"), found["user"]
        )
    raise ValueError(
        "is no repository: give an absolute path, ssh://[user@]host[:port]/path or [user@]host:path"
    )


def _served(path: str) -> str:
    """A path on the server, which is a word of a remote command line only to borg itself."""
    if re.fullmatch(r"[\w./~+@ ,=-]+", path) is None or ".." in path.split("/"):
        raise ValueError("has a path that a server is not asked for: letters, digits and ./~+@,=- ")
    return path


def _normal(path: str) -> str:
    if problem := path_problem(path):
        raise ValueError(problem)
    if ":" in path:
        raise ValueError('has a ":" in it, which borg would read as host:path')
    return "/" + "/".join(part for part in path.split("/") if part)


class Compression(Checked):
    """borg's --compression (borg help compression)."""

    __slots__ = ()
    wanted = "a compression"
    example = "zstd,3"
    shape = (
        "^(obfuscate,[0-9]{1,3},)?(auto,)?"
        "(none|lz4|zstd(,(0?[1-9]|1[0-9]|2[0-2]))?|(zlib|lzma)(,0?[0-9])?)$"
    )

    @classmethod
    def problem(cls, text: str) -> str | None:
        """Accept NAME[,LEVEL], auto,NAME[,LEVEL] and obfuscate,SPEC,NAME[,LEVEL]."""
        parts = text.split(",")
        if parts[0] == "obfuscate" and len(parts) > 2:
            if not re.fullmatch(r"[1-6]|1[1-9]|2[0-3]|110|1[12][0-3]", parts[1], re.ASCII):
                return "obfuscates by a number that borg does not know (1-6, 110-123)"
            parts = parts[2:]
        if parts[0] == "auto" and len(parts) > 1:
            parts = parts[1:]
        name, *level = parts
        if name not in _LEVELS or len(level) > 1:
            return "is not a compression of borg: lz4, zstd[,1-22], zlib[,0-9], lzma[,0-9] or none"
        limit = _LEVELS[name]
        if not level:
            return None
        if limit is None or not re.fullmatch(r"[0-9]{1,2}", level[0], re.ASCII):
            return f"gives {name} a level that borg does not know"
        least = 1 if name == "zstd" else 0
        if not least <= int(level[0]) <= limit:
            return f"gives a level out of range: {name} takes {least} to {limit}"
        return None


class Pattern(Checked):
    """One of borg's exclude patterns (borg help patterns): `*.pyc`, `sh:/home/*/.cache`, ..."""

    __slots__ = ()
    wanted = "a borg pattern"
    example = "sh:/home/*/.cache"
    shape = "[^ ]"

    @classmethod
    def problem(cls, text: str) -> str | None:
        """A known style, a regular expression that compiles, and something after the style."""
        if problem := line_problem(text):
            return problem
        if len(text) > 2 and text[2] == ":" and text[:2].isalnum():
            if text[:2] not in _STYLES:
                return f'begins with the unknown style "{text[:3]}": borg has fm: sh: re: pp: pf:'
            if len(text) == 3:
                return "has a style and no pattern behind it"
            if text[:2] == "re":
                return _expression_problem(text[3:])
            if text[:2] == "sh" and "[" in text:
                return _brackets_problem(text)
        return None


def _brackets_problem(pattern: str) -> str | None:
    from schema.patterns import matches  # noqa: PLC0415 - few patterns have brackets

    try:
        matches(pattern, "/x")
    except re.error as error:
        return f"has brackets that borg cannot read: {error}"
    return None


def _expression_problem(expression: str) -> str | None:
    from schema.expressions import compiled, never_ends  # noqa: PLC0415 - few are expressions

    try:
        compiled(expression)
        if never_ends(expression):
            return "repeats what itself repeats, as (a+)+ does: borg could search for ever"
    except (re.error, OverflowError, RecursionError) as error:
        return f"is not a regular expression: {error}"
    return None


class KeepWithin(Matched):
    """borg's --keep-within: a number and H, d, w, m or y."""

    __slots__ = ()
    wanted = "an age such as 7d"
    example = "7d"
    expression = r"[1-9][0-9]{0,4}[Hdwmy]"
    rule = "is not an age of borg: a number and H, d, w, m or y"


class ChunkerParams(Checked):
    """How borg cuts files into pieces: its `--chunker-params` (borg help chunker-params)."""

    __slots__ = ()
    wanted = "borg's chunker parameters"
    example = "buzhash,16,23,19,4095"
    shape = "^(default|buzhash(,[0-9]{1,2}){3},[0-9]{1,5})$"

    @classmethod
    def problem(cls, text: str) -> str | None:
        """`default`, or `buzhash,MIN,MAX,AVERAGE,WINDOW`: powers of two, and an odd window."""
        found = re.fullmatch(r"buzhash,([0-9]{1,2}),([0-9]{1,2}),([0-9]{1,2}),([0-9]{1,5})", text)
        if text == "default":
            return None
        if found is None:
            return 'is neither "default" nor buzhash,MIN,MAX,AVERAGE,WINDOW'
        least, most, average, window = map(int, found.groups())
        if not 6 <= least <= average <= most <= 23 or least == most:
            return "does not fit: 6 <= MIN <= AVERAGE <= MAX <= 23, powers of two, in bytes"
        return None if window % 2 else "does not fit: WINDOW must be odd"
