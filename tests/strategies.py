"""Manifests with hostile texts in every string, as plain data, and as the YAML that says just that.

A text is put together of fragments that break whoever quotes carelessly. Texts that are legal at
their place come everywhere; in about half of the manifests one place holds anything at all.
"""

import re
from collections.abc import Callable
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


def _made_of(fragments: list[str], most: int) -> st.SearchStrategy[str]:
    """Texts of up to `most` fragments; one in many is long."""

    def text(data: bytes) -> str:
        made = "".join(fragments[byte % len(fragments)] for byte in data)
        return made * 900 if data[:1] == b"\xff" else made

    return st.binary(max_size=most).map(text)


LINES = _made_of(_LINE, 8)
WORDS = _made_of(_WORD, 8)
PARTS = st.binary(max_size=8).map(lambda data: "".join(_PATH[byte % len(_PATH)] for byte in data))
SERVED = st.binary(max_size=6).map(
    lambda data: "".join(_SERVED[byte % len(_SERVED)] for byte in data)
)
ANYTHING = st.one_of(_made_of([*_WORD, *_ILLEGAL], 6), st.text(max_size=12))

MOST_PLACES = 90
"""About twice as many as a manifest has strings: half of the manifests have nothing illegal."""


class Texts:
    """Draws the texts of one manifest, and anything at all for one of them."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._left = draw(st.integers(0, MOST_PLACES))

    def drawn(self, strategy: st.SearchStrategy[str]) -> str:
        """A text of the strategy, or anything."""
        self._left -= 1
        return self._draw(ANYTHING if self._left == 0 else strategy)

    def fixed(self, text: str) -> str:
        """This text, or anything."""
        self._left -= 1
        return self._draw(ANYTHING) if self._left == 0 else text

    def line(self, prefix: str = "") -> str:
        """What one line of a unit can hold as it is."""
        return self.drawn(
            LINES.map(lambda text: (prefix + text).strip().rstrip("\\").strip() or "x")
        )

    def word(self) -> str:
        """An argument, a variable's value, a name of a database."""
        return self.drawn(WORDS)

    def path(self, start: str) -> str:
        """An absolute path below `start`, in its normal form, of names that a file can have."""
        return self.drawn(PARTS.map(lambda text: absolute(start, text)))

    def bare_path(self, start: str, without: str = "") -> str:
        """Likewise, where a line holds the path as it is: no blank or backslash ends it."""
        return self.drawn(
            PARTS.map(lambda text: absolute(start, text, without).rstrip("\\/ \u3000"))
        )

    def program(self, prefix: str = "") -> str:
        """The first word of Exec*=."""
        return self.bare_path(f"{prefix}/opt/x", without="$\"'\\")


def absolute(start: str, text: str, without: str = "") -> str:
    """A path below `start` of the parts of a text, without some characters."""
    for character in without:
        text = text.replace(character, "")
    parts = [part if part != "." else "dot" for part in text.split("/") if part.strip()]
    return "/".join((start, *(part[:60] for part in parts)))


@st.composite
def manifests(draw: st.DrawFn, target: str = "debian-12") -> Plain:
    """A manifest in which every option that takes a text has one."""
    texts = Texts(draw)
    switches = draw(st.integers(0, 63))
    writable = [texts.path(f"/srv/writable{index}") for index in range(2)]
    return {
        "host": texts.fixed("web1"),
        "target": texts.fixed(target),
        "layout": texts.fixed("etc" if switches & 1 else "usr"),
        "backup": _backup(texts, ssh=bool(switches & 2), mail=bool(switches & 4)),
        "modules": _modules(texts, writable, switches),
        "external": {"paths": [*writable, "/srv/here"], "users": [texts.fixed("wiki")]},
        "units": _units(
            texts, draw(st.sets(st.sampled_from(sorted(SETTINGS)), max_size=5)), writable
        ),
    }


def _backup(texts: Texts, *, ssh: bool, mail: bool) -> Plain:
    backup = {
        "passphrase": texts.bare_path("/etc/credstore", without=":"),
        "paths": [texts.path(f"/srv/{index}") for index in range(3)],
        "exclude": [
            texts.line("pp:/srv/x"),
            texts.line("-x"),
            texts.drawn(LINES.map(lambda text: "re:^srv/x" + re.escape(text.rstrip()))),
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
    backup["repository"] = texts.drawn(SERVED.map("ssh://borg@vault.example.org:2222/./x{}".format))
    backup["ssh_key"] = texts.bare_path("/etc/credstore.encrypted", without=":")
    backup["known_hosts"] = [texts.line("[vault.example.org]:2222 ssh-ed25519 AAAAC3Nza= ")]
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


def _units(texts: Texts, chosen: set[str], writable: list[str]) -> Plain:
    sections: dict[str, Plain] = {}
    for setting in sorted(chosen):
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
