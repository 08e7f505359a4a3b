"""One writer per class of values: text as it is meant -> text that systemd reads as just that.

The classes differ in whether systemd splits words, takes quotes, C escapes, `%` specifiers and
`$` variables (systemd.syntax(7), systemd.service(5), systemd.unit(5)); what the man pages leave
open was measured. The oracle is systemd itself: tests read every class back.

A writer gets text that `schema.scalars.text_problem` has nothing against. What a class cannot
say at all raises ValueError, with the rule in a sentence.
"""

import re
from collections.abc import Callable
from functools import lru_cache

_PLAIN_WORD = re.compile(r"[A-Za-z0-9_@:,./=+-]+", re.ASCII)
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_@:,./=+-]+", re.ASCII)
_PERCENTAGE = re.compile(r"[0-9.]+%|([a-z.]+:)?[0-9.]+%/[0-9a-z]+", re.ASCII)
_MAXIMUM_WORD = 100_000
"""Bytes in one argument: Linux stops at 128 KiB (MAX_ARG_STRLEN), with the quotes off."""

_STEERING = frozenset(
    (*range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
)
"""Invisible characters and those that reorder a line: a review must see them."""

_NAMED = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def quoted(text: str) -> str:
    """Double quotes with C escapes, as every class with quotes and escapes reads them."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    code = ord(character)
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    if 0x80 <= code < 0xA0 or code in _STEERING:
        return f"\\u{code:04x}"
    return character


@lru_cache(maxsize=4096)
def exec_word(text: str) -> str:
    """An argument of Exec*=: words, quotes, C escapes; `%` and `$` doubled."""
    if len(text.encode()) > _MAXIMUM_WORD:
        raise ValueError(f"is longer than {_MAXIMUM_WORD} bytes, more than one argument can hold")
    text = text.replace("%", "%%").replace("$", "$$")
    return text if _PLAIN_WORD.fullmatch(text) else quoted(text)


@lru_cache(maxsize=1024)
def exec_path(text: str) -> str:
    """The program of Exec*=, where `$` is never expanded, and `$$` never collapsed.

    systemd refuses quotes and backslashes in it, however they are written (`string_is_safe`).

    Raises:
        ValueError: it is not absolute, or has a character that the place cannot say.
    """
    if not text.startswith("/"):
        raise ValueError("does not begin with the absolute path of a program")
    if re.search(r"[\x00-\x1f\x7f\"'\\$]", text):
        raise ValueError(
            "names a program with a quote, a backslash, a $ or a control character in its path"
        )
    return exec_word(text)


@lru_cache(maxsize=1024)
def environment(text: str) -> str:
    """One NAME=value of Environment=: quotes, C escapes, `%` doubled, `$` as it is."""
    text = text.replace("%", "%%")
    return text if _PLAIN_WORD.fullmatch(text) else quoted(text)


@lru_cache(maxsize=1024)
def path_item(text: str) -> str:
    """One item of a list of paths: quotes, but no C escapes; a backslash keeps the next character.

    Raises:
        ValueError: it has a control character.
    """
    _refuse_control(text)
    text = text.replace("%", "%%")
    if _PLAIN_PATH.fullmatch(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@lru_cache(maxsize=1024)
def line(text: str) -> str:
    """The rest of a line as it is: free text, single paths, credentials; `%` doubled.

    Raises:
        ValueError: as `raw`.
    """
    return raw(text).replace("%", "%%")


@lru_cache(maxsize=1024)
def raw(text: str) -> str:
    """The rest of a line as it is, where systemd takes no specifiers.

    Raises:
        ValueError: it has a control character, blanks at an end (systemd strips them), or a
            backslash at the end (systemd would join the next line to it).
    """
    _refuse_control(text)
    if text != text.strip():
        raise ValueError("begins or ends with a blank, which systemd would drop")
    if text.endswith("\\"):
        raise ValueError("ends in a backslash, which would swallow the next line")
    return text


@lru_cache(maxsize=1024)
def token(text: str) -> str:
    """A word that needs no quoting: a number, a name of a list, a size; `%` is a percent sign.

    Raises:
        ValueError: it has a control character, a quote, a backslash, or a `%` that is not a
            percent sign.
    """
    _refuse_control(text)
    if text != text.strip() or any(character in text for character in "\"'\\"):
        raise ValueError("has a quote, a backslash, or a blank at an end")
    if "%" in text and not _PERCENTAGE.fullmatch(text):
        raise ValueError("has a % in it, which systemd would read as a specifier")
    return text


def expanded(text: str, writer: Callable[[str], str]) -> str:
    """A value of the compiler's own in which systemd is meant to expand `%` specifiers.

    `writer` is that of its class, for everything but the specifiers.
    """
    plain = _PLAIN_WORD.fullmatch(text.replace("%", ""))
    return text if plain else writer(text).replace("%%", "%")


@lru_cache(maxsize=1024)
def tmpfiles_path(text: str) -> str:
    """The path of a tmpfiles.d line: quotes, `%` doubled; systemd 252 takes no C escapes there.

    Raises:
        ValueError: it has a control character.
    """
    return path_item(text)


@lru_cache(maxsize=1024)
def sysusers_word(text: str) -> str:
    """A field of a sysusers.d line: quotes and backslashes as in a list of paths.

    Raises:
        ValueError: it has a control character or a colon, which /etc/passwd cannot hold.
    """
    if ":" in text:
        raise ValueError('has a ":" in it, which /etc/passwd cannot hold')
    return path_item(text)


def _refuse_control(text: str) -> None:
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in text):
        raise ValueError("has a control character (a newline, a tab, ...)")
    if not text:
        raise ValueError("is empty")


def toml_string(text: str) -> str:
    """A basic string of TOML 1.0: quotes, backslashes and control characters are escaped."""
    escaped = re.sub(r'["\\\x00-\x1f\x7f]', lambda found: f"\\u{ord(found[0]):04X}", text)
    return f'"{escaped}"'


def glob_of(path: str) -> str:
    """The pattern of glob(7) that only this path matches."""
    return re.sub(r"[*?\[]", r"[\g<0>]", path)
