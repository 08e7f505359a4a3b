"""Options that take a secret as a word: `mysql -pSECRET`, `curl -u USER:SECRET`, and the like."""

import re
from collections.abc import Iterator, Sequence

from attrs import frozen

_ANY = r"mysql|mariadb|curl|redis-cli|ldap|openssl|sshpass"
_END = r"[|;&]+|[A-Za-z_]\w*=.*"
"""What stands before a program in a shell: the end of another command, or a variable."""

_PIECE = r"[|;&]+|(?:\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s,\[\]{}()\"'|;&])+"
"""A word or a separator, of a shell's line and of a list in a manifest alike."""

_DEPTH = 4
"""Lines of a shell within one another: a manifest's, that of sh -c, that of ssh in it."""

_WRAPPERS = r"chroot|docker|env|exec|flock|ionice|nice|podman|runuser|sudo|time|timeout|xargs"


@frozen(eq=False, repr=False)
class _Program:
    """A program, and its option: an expression over a word and the next one, a line each."""

    name: str
    option: str
    is_wrapper: bool = False


_PROGRAMS = (
    _Program(r"(mysql|mariadb)[\w-]*", r"-p(?P<secret>[^\n]+)"),
    _Program("curl", r"(-[A-Za-z]*[uU]\n|-u|--(proxy-)?user[\n=])[^:\n]*:(?P<secret>[^\n]+)"),
    _Program("redis-cli", r"-a\n(?P<secret>.+)"),
    _Program("ldap[a-z]+", r"-w\n?(?P<secret>[^\n]+)"),
    _Program("openssl", r"(-k\n|pass:)(?P<secret>[^\n]+)"),
    _Program("sshpass", r"-p\n?(?P<secret>[^\n]+)", is_wrapper=True),
)


def secret_words(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The words of a command that hold a secret: the place of each, and where in it that begins."""
    if not any(re.search(_ANY, word) for word in words):
        return
    program: _Program | None = None
    for index, word in enumerate(words):
        if re.fullmatch(_END, word, re.DOTALL):
            program = None
        elif (started := _started(words, index)) is not None:
            program = started
        elif program is not None:
            found = _secret_at(program, words[index : index + 2])
            if found is not None:
                yield index + found[0], found[1]
            if program.is_wrapper and (found or not word.startswith("-")):
                program = None


def secret_spans(text: str, depth: int = _DEPTH) -> Iterator[tuple[int, int]]:
    """Start and end of each such word in a line of a shell, a manifest or a report.

    Looks into quoted words, to a depth, as they may be lines of a shell in turn.
    """
    if depth == 0 or not re.search(_ANY, text):
        return
    pieces = [_unquoted(text, *found.span()) for found in re.finditer(_PIECE, text, re.DOTALL)]
    for index, begin in secret_words([text[start:end] for start, end in pieces]):
        start, end = pieces[index]
        yield start + begin, end
    for start, end in pieces:
        if re.search(r"\s", text[start:end]):
            inner = secret_spans(text[start:end], depth - 1)
            yield from ((start + one, start + other) for one, other in inner)


def _unquoted(text: str, start: int, end: int) -> tuple[int, int]:
    is_quoted = text[start] in "\"'" and text[end - 1] == text[start] and end - start > 1
    return (start + 1, end - 1) if is_quoted else (start, end)


def _started(words: Sequence[str], index: int) -> _Program | None:
    """The program that a word starts; the name of a folder or of a database starts none."""
    folder, _, name = words[index].rpartition("/")
    program = next((one for one in _PROGRAMS if re.fullmatch(one.name, name)), None)
    before = words[index - 1] if index else "|"
    wrapper = any(re.fullmatch(_WRAPPERS, one.rpartition("/")[2]) for one in words[:index])
    starts = wrapper or folder.endswith("bin") or re.fullmatch(_END, before, re.DOTALL)
    return program if starts or (name not in ("mysql", "mariadb") and not folder) else None


def _secret_at(program: _Program, words: Sequence[str]) -> tuple[int, int] | None:
    """In which of two words a secret begins, and where in it."""
    found = re.match(program.option, "\n".join(words))
    if found is None or found["secret"].startswith(("$", "`", "/", "-")):
        return None
    length = len(words[0])
    start = found.start("secret")
    return (0, start) if start < length else (1, start - length - 1)
