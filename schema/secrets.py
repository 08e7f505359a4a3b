"""What a secret looks like: by the name that it goes by, or by its own shape.

Two askers: the check that keeps secrets out of a tree, and the report, which shows lines of a
manifest to whoever reads the log of a pipeline.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from attrs import frozen

from schema.secret_options import secret_spans

_NAME = (
    r"(password|passphrase|passwd|secret|token)s?($|[_-])|(^|[_-])(pass|pwd|pw)$"
    r"|(api|access|ping|private|secret)[_-]?key$|^ssh_key$"
)
HIDDEN = "***"
"""What stands in the place of a secret."""

_NAMES_A_FILE = r"[_-]?(file|path|dir|folder|command|cmd|fd|name|id)$"
_PARTS = ("pass", "pw", "secret", "token", "key")
"""What every name of a secret has in it; most names are told apart without an expression."""

_RELATIVE = (
    r"(~|\.{1,2})/\S*"
    r"|(\.ssh|\.config|credstore|etc|home|keys|mnt|opt|root|run|secrets|srv|ssh|usr|var)/[\w./-]+"
)

_SIGNS = frozenset(":=,@ \t")
_WELL_KNOWN = ("passphrase", "password", "secret", "ssh_key", "token")
_KEY = r"-----BEGIN |BEGIN OPENSSH|PRIVATE KEY"
_ADDRESSES = (
    r"://[^/@:\s]*:(?P<secret>[^/\n]+)@",
    r"(?<![^\s\"'\[,({=])[^/@:\s\"'\[\],{}]+:(?P<secret>[^/@\s\"',]+)@(?=[\w.-])",
)
_HEADER = r"(?i)\bauthorization[\"']?\s*:\s*[\"']?(?P<secret>[^\s\"'$`][^\"'\n]*)"
_ECHOED = (
    r"(?i)pass(?:word|phrase|wd)?_?(?:command|cmd)[\"']?\s*[:=]\s*[\"']?"
    r"(?:/\S*/)?(?:echo|printf)\s+(?P<secret>[^\s$`][^\"'\n]*)"
)
_SHAPES = (
    r"(?P<secret>\bgh[opsur]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}|\bAKIA[0-9A-Z]{16}\b"
    r"|\bxox[abprs]-[\w-]{10,})"
)
_FORMS = (
    (_HEADER, "a secret (Authorization)"),
    (_ECHOED, "a secret (a command that only prints it)"),
    (_SHAPES, "a token"),
)
_NO_VALUE = r"-(\s|$)|[|>][-+0-9]*(\s|$)"
"""An item of a list, or a text on the lines below."""
_NO_WORD = r"[-|>]"
"""Another option, or what a shell does with the output."""
_SETTING = (
    r"(?P<name>-{0,2}[A-Za-z_][A-Za-z0-9_-]*)[\"']?(?P<sign>\s*[:=]|\s*,|\s)\s*"
    r"(?P<secret>\"(?:[^\"\\]|\\.)*\"?|'[^']*'?|(?:,(?=\S)|[^\s,\]}\"'])[^,\]}\n]*)"
)


@frozen
class Secret:
    """A secret inside a text: where it starts and ends, and what it is, for a sentence."""

    start: int
    end: int
    what: str


@cache
def is_secret_name(name: str) -> bool:
    """Whether what a name stands for is a secret, and not the place of one."""
    lower = name.lower()
    if not any(part in lower for part in _PARTS) or not re.search(_NAME, name, re.IGNORECASE):
        return False
    return re.search(_NAMES_A_FILE, name, re.IGNORECASE) is None


def is_secret_path(path: Iterable[str | int]) -> bool:
    """Whether the value at a path of a manifest is a secret by one of the names on the way."""
    names = [step for step in path if isinstance(step, str)]
    credential = names[:1] == ["units"] and names[-1].startswith("SetCredential")
    return credential or any(map(is_secret_name, names))


def is_path(value: str) -> bool:
    """Whether a value only says where a secret lies, be it by half of a path.

    A slash alone is no sign: one random passphrase in three has one.
    """
    return value.startswith("/") or re.fullmatch(_RELATIVE, value, re.ASCII) is not None


def is_secret(name: str, value: str) -> bool:
    """Whether the value of a name is a secret."""
    return bool(value) and not is_path(value) and is_secret_name(name)


def is_printed(name: str, value: str) -> bool:
    """Whether a variable's value is a command that does nothing but print a secret."""
    return re.search(_ECHOED, f"{name}={value}") is not None


def has_token(text: str) -> bool:
    """Whether there is something in a text that a well-known service gave out as a secret."""
    return re.search(_SHAPES, text) is not None


def secrets_in(text: str, *, prose: bool = False) -> Iterator[Secret]:
    """The secrets that a line, a word or a message has somewhere inside.

    Args:
        text: what may have been typed into a manifest.
        prose: it is a sentence, in which no value follows an option just by standing behind it.
    """
    yield from _shaped(text)
    if _SIGNS.isdisjoint(text):
        return
    if not prose and (begin := re.search(_KEY, text)):
        yield Secret(begin.start(), len(text), "a private key")
    elif prose and (begin := re.search(rf'(?<=")[^"]*({_KEY})', text)):
        yield Secret(begin.start(), _end(text, begin.start(), len(text)), "a private key")
    for found in _settings(text):
        if not (prose and found["sign"].strip() not in (":", "=")):
            start, end = found.span("secret")
            end = len(text) if _is_whole_line(found, text) else end
            end = _end(text, start, end) if prose else end
            yield Secret(start, end, f"a secret ({found['name']})")


def without_secrets(text: str, *, prose: bool = False) -> str:
    """A text with `***` for each secret that `secrets_in` finds."""
    spans = [(secret.start, secret.end) for secret in secrets_in(text, prose=prose)]
    for start, end in reversed(joined_spans(spans)):
        text = text[:start] + HIDDEN + text[end:]
    return text


def joined_spans(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches of a text, sorted; those that overlap or touch as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _shaped(text: str) -> Iterator[Secret]:
    """What needs no name to be known for a secret."""
    for form, what in _FORMS:
        for found in re.finditer(form, text):
            yield Secret(*found.span("secret"), what)
    if "@" in text:
        for address in _ADDRESSES:
            for found in re.finditer(address, text, re.ASCII):
                yield Secret(*found.span("secret"), "an address with a password in it")
    for start, end in secret_spans(text):
        yield Secret(start, end, "a secret (an option of the program)")


def _end(text: str, start: int, end: int) -> int:
    """A sentence goes on behind the quote that closes what it repeats."""
    quote = text.find('"', start + 1, end)
    return end if quote < 0 else quote


def _settings(text: str) -> Iterator["re.Match[str]"]:
    position = 0
    setting = re.compile(_SETTING)
    while found := setting.search(text, position):
        is_secret = _is_secret_setting(found)
        if is_secret:
            yield found
        position = found.end() if is_secret else found.end("name")


def _is_secret_setting(found: "re.Match[str]") -> bool:
    name, value = found["name"], found["secret"].strip("\"'")
    if found["sign"].strip() not in (":", "=") and not name.startswith("--"):
        return False
    is_setting = found["sign"].strip() in (":", "=")
    if is_path(value) or re.match(_NO_VALUE if is_setting else _NO_WORD, value):
        return False
    return _is_nearly_secret_name(name.lstrip("-"))


def _is_whole_line(found: "re.Match[str]", line: str) -> bool:
    return ":" in found["sign"] and not line[: found.start("name")].strip(" -\"'")


@cache
def _is_nearly_secret_name(name: str) -> bool:
    """A slip of the keyboard does not make a secret less of one."""
    from difflib import get_close_matches  # noqa: PLC0415 - rarely asked

    if is_secret_name(name):
        return True
    known = get_close_matches(name.lower(), _WELL_KNOWN, n=1, cutoff=0.85)
    return bool(known) and re.search(_NAMES_A_FILE, name, re.IGNORECASE) is None
