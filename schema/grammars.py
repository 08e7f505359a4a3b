"""Value grammars: what one value of a directive may be, and how to say so in a sentence.

`data/grammars.tsv` names them and says what the manual's pages say, `data/words.txt` has the lists
of words. A grammar is a name of that table (`path`) or one of these forms, in which a word that
ends in `@254` exists since that release:

    one-of:simple exec      integer:-20..19     boolean-or:full strict      words LIST
    unit  unit:socket  unit:!timer              condition:GRAMMAR           ~words LIST
    rlimit:GRAMMAR          obsolete:NewName    unsupported             /regular expression/

What a plain look can tell is told by a plain look: most values of a compile come by here, and a
regular expression costs more to compile than all of them together.
"""

import os
import re
from functools import cache, lru_cache

from schema.scalars import line_problem
from schema.value_checks import CHECKS, CLASSES, SOFT_ABOVE_HARD, magnitude

_PLACEHOLDER = r"\{([a-z][a-z0-9-]*)\}"
_DOTS = r"\.{1,2}(?:[/:\s]|$)"
_PIECES = {
    "path": r"(?:/(?!\.{1,2}(?:[/:]|$))[^/:]*)+",
    "node": rf"""(?:/(?!{_DOTS})[^/:\s"'\\]*)+""",
    "relative": rf"""(?!private(?:[/:]|$))(?!{_DOTS})[^/:"'\\]+(?:/(?!{_DOTS})[^/:"'\\]+)*""",
    "bare": r"""[^:\s"'\\]+""",
    "base64": r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)",
    "credential": r"(?!\.{1,2}(?:[:*]|$))[A-Za-z0-9_.-]{1,255}",
    "image-policy-item": r"(?:{image-partition})?=(?:{image-flag})(?:\+(?:{image-flag}))*",
    "interface-name": r"(?!(?:all|default)$)[A-Za-z][A-Za-z0-9_.-]{0,14}",
    "port": r"(?!0|6553[6-9]|655[4-9]|65[6-9]|6[6-9]...|[7-9]....)[0-9]{1,5}",
}


@lru_cache(maxsize=8192)
def grammar_problem(grammar: str, systemd: int, text: str) -> str | None:
    """What is wrong with a value, as the end of a sentence ("takes yes or no"), or None."""
    if grammar.startswith("obsolete:"):
        return f"is obsolete: {grammar.removeprefix('obsolete:')} took its place"
    if grammar == "unsupported":
        return "is known but not supported in this section: systemd ignores it"
    kind = escape_class(grammar)
    if kind not in {"exec", "environment"} and (problem := _unwritable(text, kind)):
        return problem
    outcome = _outcome(grammar, systemd, text)
    if outcome is True:
        return None
    reason = f": {outcome}" if outcome else ""
    return f"takes {_described(grammar, systemd)}{reason}"


@cache
def escape_class(grammar: str) -> str:
    """How a value of the grammar is written: exec, environment, path-item, line or token.

    `data/grammars.tsv` says what each means. Whether systemd expands specifiers or takes quotes
    is nothing that the manual's pages say for each directive: it was measured.
    """
    name = grammar.partition(":")[0]
    return CLASSES.get(name) or _grammars()[name][0]


@cache
def grammar_words(grammar: str, systemd: int) -> tuple[str, ...]:
    """The fixed words among the values of a grammar, in the manual's order."""
    name, _, argument = grammar.partition(":")
    if name in {"one-of", "boolean-or"}:
        words = _known(argument, systemd)
        return (*(("yes", "no") if name == "boolean-or" else ()), *words)
    if name == "boolean":
        return ("yes", "no")
    if name == "condition":
        return grammar_words(argument, systemd)
    if name.startswith(("words ", "~words ")):
        return _words(name.partition(" ")[2], systemd)
    if name not in _grammars():
        return ()
    return tuple(word for part in _parts(name) for word in grammar_words(part, systemd))


def of_release(grammar: str, systemd: int) -> str:
    """A grammar without the words that a release does not have yet, and without their `@254`."""
    if "@" not in grammar:
        return grammar
    name, colon, words = grammar.rpartition(":")
    known = _known(words, systemd)
    return f"{name}{colon}{' '.join(known)}" if known else "boolean"


def _known(words: str, systemd: int) -> tuple[str, ...]:
    known = []
    for word in words.split():
        name, _, since = word.rpartition("@")
        if not (name and since.isdecimal()):
            known.append(word)
        elif int(since) <= systemd:
            known.append(name)
    return tuple(known)


def _unwritable(text: str, kind: str) -> str | None:
    """What no line of a unit file can hold, or would not give back; quotes save a path's ends."""
    if not (text.isascii() and text.isprintable()) and (problem := line_problem(text)):
        return problem
    if text.endswith("\\") and kind != "path-item":
        return "ends in a backslash, which joins the next line to this one"
    if text != text.strip():
        return "begins or ends with a blank, which systemd drops"
    return None


def _outcome(grammar: str, systemd: int, text: str) -> bool | str:
    """Whether the text fits, or the reason why it does not."""
    if grammar.startswith("/"):
        return _pattern(grammar, systemd).fullmatch(text) is not None
    name, _, argument = grammar.partition(":")
    if name == "condition":
        return _outcome(argument, systemd, text.removeprefix("|").removeprefix("!"))
    if name == "rlimit":
        return _limits(argument, systemd, text)
    if name in {"one-of", "boolean-or"} or name.startswith("words "):
        fits = text in grammar_words(grammar, systemd)
        return fits or (name == "boolean-or" and CHECKS["boolean"](text, ""))
    if name.startswith("~words "):
        return text == "~" or text.removeprefix("~") in grammar_words(grammar, systemd)
    if name in {"system-call", "logged-system-call"}:
        return _system_call(systemd, text, has_error=name == "system-call")
    if name in CHECKS:
        return CHECKS[name](text, argument)
    return any(_outcome(part, systemd, text) is True for part in _parts(name))


def _limits(grammar: str, systemd: int, text: str) -> bool | str:
    """`SOFT:HARD`, or one for both: systemd.exec(5), LimitCPU=."""
    limits = text.split(":")
    if len(limits) > 2 or not all(
        limit == "infinity" or _outcome(grammar, systemd, limit) is True for limit in limits
    ):
        return False
    unit = "us" if grammar == "microseconds" else ""
    soft, hard = (magnitude(one + unit * one.isdecimal()) for one in (limits[0], limits[-1]))
    return soft <= hard or SOFT_ABOVE_HARD


def _system_call(systemd: int, text: str, *, has_error: bool) -> bool:
    """`name`, `@group`, `~name`, `~name:errno`: systemd.exec(5), SystemCallFilter=."""
    name, colon, error = text.removeprefix("~").partition(":")
    if colon and not (
        has_error and text.startswith("~") and _outcome("errno-or-kill", systemd, error) is True
    ):
        return False
    if name.startswith("@"):
        return name[1:] in _words("system-call-group", systemd)
    return name in _words("system-call", systemd)


def _described(grammar: str, systemd: int) -> str:
    """What a value is, with an example, as the end of "takes ..."."""
    name, _, argument = grammar.partition(":")
    if name == "one-of":
        return "one of: " + ", ".join(grammar_words(grammar, systemd))
    if name == "boolean-or":
        *others, last = grammar_words(grammar, systemd)
        return f"{', '.join(others)} or {last}"
    if name == "integer":
        low, _, high = argument.partition("..")
        return f"a whole number from {low} to {high}"
    if name == "unit":
        return _described_unit(argument)
    if name == "condition":
        return f'{_described(argument, systemd)} (with "!" before it: the opposite)'
    if name == "rlimit":
        return f"SOFT:HARD or one for both, each infinity or {_described(argument, systemd)}"
    _, rule, takes, good, _ = _grammars()[name]
    return _described(rule, systemd) if takes == "-" else f"{takes}, for example {good}"


def _described_unit(kind: str) -> str:
    if kind.startswith("!"):
        return f"the full name of a unit that is no {kind[1:]}, for example backup.service"
    article = f"a {kind} unit" if kind else "a unit"
    return f"the full name of {article}, for example backup.{kind or 'service'}"


def _parts(name: str) -> list[str]:
    return _grammars()[name][1].split(" or ")


@cache
def _pattern(expression: str, systemd: int) -> re.Pattern[str]:
    def piece(match: re.Match[str]) -> str:
        name = match[1]
        if name in _PIECES:
            return filled(_PIECES[name])
        if name in _word_lists():
            return "|".join(map(re.escape, _words(name, systemd))) or "(?!)"
        return f"(?:{filled(_grammars()[name][1][1:-1])})"

    def filled(text: str) -> str:
        return re.sub(_PLACEHOLDER, piece, text)

    return re.compile(filled(expression[1:-1]), re.ASCII)


@cache
def _words(name: str, systemd: int) -> tuple[str, ...]:
    lines = _word_lists()[name].split("\n")
    return _known(" ".join(line for line in lines if not line.startswith("#")), systemd)


@cache
def _word_lists() -> dict[str, str]:
    parts = (part.partition("]") for part in _read("words.txt").split("\n[")[1:])
    return {name: rest for name, _, rest in parts}


@cache
def _grammars() -> dict[str, tuple[str, str, str, str, str]]:
    """Grammar to class, rule, what it takes, a good value and a bad one."""
    rows = {}
    for line in _read("grammars.tsv").split("\n"):
        if line and line[0] != "#":
            name, escape, rule, takes, good, bad = line.split("\t")
            rows[name] = (escape, rule, takes, good, bad)
    return rows


def _read(name: str) -> str:
    with open(os.path.join(os.path.dirname(__file__), "data", name), encoding="utf-8") as file:
        return file.read()
