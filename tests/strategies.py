"""Manifests with hostile texts in every string, as plain data, and as the YAML that says just that.

A text is put together of fragments that break whoever quotes carelessly. Texts that are legal at
their place come everywhere; in about half of the manifests one place holds anything at all.
"""

import re
from collections.abc import Callable
from itertools import islice
from typing import Any

from hypothesis import strategies as st

Plain = Any
"""A manifest before it is text: dicts, lists, strings, numbers."""

_NAMES = ["a", "b", "Z", "0", "7", "n", "h", "i", "x41", "grüße", "日本", "🦀", "\u200b", "\u0301"]
_SIGNS = list(""""'\\%$;#~|-+@!=*?,<>&()^`_.""")
_BLANKS = [" ", "  ", "\xa0", "\u3000", "\u2028", "\u2029", "\ufeff"]
_EXPANDING = ["%n", "%h", "%d", "%%", "%i", "%Z", "%", "$HOME", "${HOME}", "$$", "$1", "~/", "`id`"]
_ESCAPES = ["\\n", "\\x20", "\\x25n", "\\040", "\\s", "\\u00e9", "\\\\", '\\"', "\\'", "\\;", "\\ "]
_WORDS = ["--", "{now}", "{", "}", "[", "]", "..", "\\/", "' '", '" "', "; reboot #", "!!", "EOF"]
_CONTROLS = [
    "\n",
    "\t",
    "\r",
    "\r\n",
    "\x01",
    "\x07",
    "\x1b[31m",
    "\x7f",
    "\x80",
    "\x85",
    "\n[X]\nA=b",
]
_ILLEGAL = ["\0", "\ud800", "\udfff", "\ufffe", "\uffff", "\ufdd0", "\U0001ffff", "\U0010fffe"]

_LINE = [*_NAMES, *_SIGNS, *_BLANKS, *_EXPANDING, *_ESCAPES, *_WORDS, ":", "/", "//"]
_WORD = [*_LINE, *_CONTROLS]
_PATH = [one for one in _LINE if one != ".."]
_SERVED = ["a", "0", "-", "_", "~", "+", "@", ",", "=", " ", "/", "é"]


def words_of(data: bytes, fragments: list[str]) -> str:
    """A text of one fragment for each byte."""
    return "".join(fragments[byte % len(fragments)] for byte in data)


PARTS = st.binary(max_size=8).map(lambda data: words_of(data, _PATH))
"""The parts of a path, slashes among them."""

BYTES = 500
"""More than the texts of a manifest take."""

MOST_PLACES = 90
"""About twice as many as a manifest has strings: half of the manifests have nothing illegal."""


class Texts:
    """Makes the texts of one manifest out of bytes, and anything at all of one of them.

    One draw of bytes is many times faster than a draw for each text, and shrinks as well.
    """

    def __init__(self, data: bytes) -> None:
        self._bytes = iter(data)
        self._left = self.number(MOST_PLACES)

    def number(self, most: int) -> int:
        """A number from 0 to `most`."""
        return next(self._bytes, 0) % (most + 1)

    def fixed(self, text: str) -> str:
        """This text, or anything."""
        return self._or_anything(lambda: text)

    def line(self, prefix: str = "") -> str:
        """What one line of a unit can hold as it is."""
        return self._or_anything(
            lambda: (prefix + self._made(_LINE)).strip().rstrip("\\").strip() or "x"
        )

    def word(self) -> str:
        """An argument, a variable's value, a name of a database; one in many is long."""
        return self._or_anything(lambda: self._made(_WORD) * (500 if self.number(99) == 99 else 1))

    def path(self, start: str) -> str:
        """An absolute path below `start`, in its normal form, of names that a file can have."""
        return self._or_anything(lambda: absolute(start, self._made(_PATH)))

    def bare_path(self, start: str, without: str = "") -> str:
        """Likewise, where a line holds the path as it is: no blank or backslash ends it."""
        return self._or_anything(
            lambda: absolute(start, self._made(_PATH), without).rstrip("\\/ \u3000")
        )

    def program(self, prefix: str = "") -> str:
        """The first word of Exec*=."""
        return self.bare_path(f"{prefix}/opt/x", without="$\"'\\")

    def served(self) -> str:
        """A path on a server."""
        return self._or_anything(
            lambda: f"ssh://borg@vault.example.org:2222/./x{self._made(_SERVED)}"
        )

    def pattern(self) -> str:
        """A regular expression of borg's."""
        return self._or_anything(lambda: "re:^srv/x" + re.escape(self._made(_LINE).rstrip()))

    def _made(self, fragments: list[str]) -> str:
        return words_of(bytes(islice(self._bytes, self.number(8))), fragments)

    def _or_anything(self, made: Callable[[], str]) -> str:
        self._left -= 1
        if self._left != 0:
            return made()
        if self.number(2):
            return self._made([*_WORD, *_ILLEGAL])
        codes = (self.number(255) << self.number(13) for _ in range(self.number(12)))
        return "".join(chr(min(code, 0x10FFFF)) for code in codes)


def absolute(start: str, text: str, without: str = "") -> str:
    """A path below `start` of the parts of a text, without some characters."""
    for character in without:
        text = text.replace(character, "")
    parts = [part if part != "." else "dot" for part in text.split("/") if part.strip()]
    return "/".join((start, *(part[:60] for part in parts)))


def manifests(target: str = "debian-12") -> st.SearchStrategy[Plain]:
    """Manifests in which every option that takes a text has one."""
    return st.binary(min_size=BYTES, max_size=BYTES).map(lambda data: _manifest(data, target))


def _manifest(data: bytes, target: str) -> Plain:
    texts = Texts(data)
    switches = texts.number(63)
    chosen = {texts.number(len(SETTINGS) - 1) for _ in range(texts.number(5))}
    writable = [texts.path(f"/srv/writable{index}") for index in range(2)]
    return {
        "host": texts.fixed("web1"),
        "target": texts.fixed(target),
        "layout": texts.fixed("etc" if switches & 1 else "usr"),
        "backup": _backup(texts, ssh=bool(switches & 2), mail=bool(switches & 4)),
        "modules": _modules(texts, writable, switches),
        "external": {"paths": [*writable, "/srv/here"], "users": [texts.fixed("wiki")]},
        "units": _units(texts, [list(SETTINGS)[number] for number in sorted(chosen)], writable),
    }


def _backup(texts: Texts, *, ssh: bool, mail: bool) -> Plain:
    backup = {
        "passphrase": texts.bare_path("/etc/credstore", without=":"),
        "paths": [texts.path(f"/srv/{index}") for index in range(3)],
        "exclude": [
            texts.line("pp:/srv/x"),
            texts.line("-x"),
            texts.pattern(),
        ],
        "home": texts.fixed("/var/lib/borg"),
        "compression": texts.fixed("zstd,7"),
        "encryption": texts.fixed("repokey-blake2"),
        "schedule": {"at": texts.fixed("*-*-* 02:30"), "jitter": texts.fixed("1h")},
    }
    if mail:
        backup["mail"] = texts.fixed("ops+backup@example.org")
    if not ssh:
        backup["repository"] = texts.bare_path("/mnt", without=":{}")
        return backup
    backup["repository"] = texts.served()
    backup["ssh_key"] = texts.bare_path("/etc/credstore.encrypted", without=":")
    backup["known_hosts"] = [texts.line(f"[vault.example.org]:2222 {KEY} ")]
    return backup


def _modules(texts: Texts, writable: list[str], switches: int) -> Plain:
    names = [name for index in range(3) if (name := _database(texts, index))]
    job = {
        "user": texts.fixed("wiki"),
        "command": [texts.path("/opt/x"), *(texts.word() for _ in range(5))],
        "output": texts.fixed("folder" if switches & 8 else "stdout"),
        "environment": {texts.fixed(f"VALUE_{index}"): texts.word() for index in range(3)},
        "needs": {"write": writable},
        "timeout": texts.fixed("15min"),
    }
    return {
        texts.fixed("postgresql"): {"exclude": names} if switches & 16 else {"databases": names},
        "gitea": {
            "user": texts.fixed("git"),
            "data": texts.path("/var/lib/gitea"),
            "config": texts.path("/etc/gitea"),
        },
        "dump": {texts.fixed("wiki"): job},
    }


def _database(texts: Texts, index: int) -> str:
    name = f"{index}{texts.word()}"
    while len(name.encode("utf-8", "replace")) > 63:
        name = name[: len(name) // 2]
    return name


SETTINGS: dict[str, Callable[[Texts, list[str]], Plain]] = {
    "Unit Description": lambda texts, _: texts.line(),
    "Unit RequiresMountsFor": lambda texts, _: [
        texts.bare_path("/srv/m"),
        texts.bare_path("/srv/o"),
    ],
    "Service Environment": lambda texts, _: [f"{name}={texts.word()}" for name in "ABC"],
    "Service ExecCondition": lambda texts, _: [
        texts.program(),
        texts.word(),
    ],
    "Service ExecStartPost": lambda texts, _: [
        [texts.program(prefix), texts.word(), texts.word()]
        for prefix in ("", "-", "+", "!", ":", "-:")
    ],
    "Service ExecPaths": lambda texts, _: [texts.bare_path("/opt/x"), texts.bare_path("-/opt/x")],
    "Service InaccessiblePaths": lambda texts, _: [
        texts.bare_path("/opt/x"),
        texts.bare_path("-+/opt/x"),
    ],
    "Service LoadCredential": lambda texts, _: [f"own:{texts.bare_path('/etc/x', without=':')}"],
    "Service LogExtraFields": lambda texts, _: [f"FIELD={texts.word()}"],
    "Service NoExecPaths": lambda texts, _: texts.bare_path("/opt/x"),
    "Service ReadOnlyPaths": lambda texts, _: [
        texts.bare_path("/opt/x"),
        texts.bare_path("/opt/y"),
    ],
    "Service ReadWritePaths": lambda _, writable: writable,
    "Service RootDirectory": lambda texts, _: texts.bare_path("/srv/root"),
    "Service SyslogIdentifier": lambda texts, _: texts.line(),
    "Service WorkingDirectory": lambda _, writable: writable[0],
    "Service EnvironmentFile": lambda texts, _: [
        texts.bare_path("-/etc/x"),
        texts.bare_path("-/etc/y"),
    ],
    "Service PassEnvironment": lambda texts, _: [texts.fixed("LANG")],
    "Service StandardError": lambda texts, _: texts.bare_path("append:/var/log"),
}
"""What `units` may set on backup-check.service: section and directive to a strategy."""


def _units(texts: Texts, chosen: list[str], writable: list[str]) -> Plain:
    sections: dict[str, Plain] = {}
    for setting in chosen:
        section, name = setting.split(" ")
        sections.setdefault(section, {})[name] = SETTINGS[setting](texts, writable)
    return {texts.fixed("backup-check.service"): sections} if sections else {}


def yaml_text(plain: Plain) -> str:
    """A manifest as YAML: flow style, every string in double quotes (YAML 1.2.2, section 7.3.1)."""
    if isinstance(plain, dict):
        pairs = (f"{_quoted(str(key))}: {yaml_text(value)}" for key, value in plain.items())
        return "{" + ",\n ".join(pairs) + "}"
    if isinstance(plain, list):
        return "[" + ", ".join(map(yaml_text, plain)) + "]"
    if isinstance(plain, str):
        return _quoted(plain)
    return "null" if plain is None else str(plain).lower().replace("inf", ".inf")


def _quoted(text: str) -> str:
    return '"' + "".join(map(_character, text)) + '"'


def _character(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else f"\\U{code:08x}"
    )
