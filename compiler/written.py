"""A directive's value as text: which writer of `compiler.escape` its grammar takes."""

from collections.abc import Callable, Mapping

from compiler import escape
from schema.directives import DirectiveRule
from schema.grammars import escape_class
from schema.units import Command, Expanded, Value, Words

MAXIMUM_LINE = 1_000_000
"""Bytes in one line of a unit: systemd refuses more than 1 MiB (LONG_LINE_MAX)."""

_WRITERS: Mapping[str, Callable[[str], str]] = {
    "exec": escape.exec_word,
    "environment": escape.environment,
    "path-item": escape.path_item,
    "line": escape.line,
    "token": escape.token,
    "raw": escape.raw,
}


def written(value: Value, rule: DirectiveRule) -> str:
    """A directive's value as systemd must read it.

    Raises:
        ValueError: the value cannot be said in this directive.
    """
    writer = _WRITERS[escape_class(rule.grammar)]
    if isinstance(value, Command):
        text = value.prefix + " ".join(written_words(value))
    elif isinstance(value, Words):
        text = " ".join(_item(item, writer) for item in value.items)
    else:
        text = _item(value, writer)
    if len(text) > MAXIMUM_LINE // 4 and len(text.encode()) > MAXIMUM_LINE:
        raise ValueError("makes a line of more than 1 MB, and systemd reads none longer than 1 MiB")
    return text


def written_words(command: Command) -> tuple[str, ...]:
    """The words of a command line, each as systemd must read it.

    None of them begins with # or ; (such a word is quoted), so that each can have a line of its
    own: systemd joins lines at a backslash, but takes a comment out even there.

    Raises:
        ValueError: as `written`.
    """
    program, *arguments = command.words
    words = [_item(word, escape.exec_word) or '""' for word in arguments]
    if ":" in command.prefix:  # systemd then expands no variable, and leaves $$ as it is
        words = [word.replace("$$", "$") for word in words]
    return (escape.exec_path(program), *words)


def _item(text: str, writer: Callable[[str], str]) -> str:
    if isinstance(text, Expanded):
        return escape.expanded(str(text), writer)
    return writer(text) if text else ""
