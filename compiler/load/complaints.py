"""What PyYAML says about a text that is no YAML -> what to do about it, at the place to do it."""

import re
from typing import Literal

import yaml
from attrs import frozen

from schema.diagnostics import Diagnostic, Mark


@frozen
class _Saying:
    """One of PyYAML's complaints, by a pattern; `at` says which place of it is the culprit's.

    `line` is a pattern that the culprit's line must begin with, blanks aside.
    """

    pattern: str
    message: str
    fix: str
    at: Literal["problem", "start", "line"] = "problem"
    line: str = ""


_SAYINGS = (
    _Saying(
        "quoted scalar: found unexpected (end of stream|document separator)",
        "the quote is never closed",
        "close it",
        at="start",
    ),
    _Saying(
        r"flow (sequence|mapping): (did not find )?expected ',' or '.'",
        "the bracket is not closed, or a comma is missing behind one of its items",
        "close it, or write the comma",
        at="start",
    ),
    _Saying(
        r"cannot start any token: '\\t'",
        "a tab stands where only blanks may",
        "indent with blanks; YAML forbids tabs",
    ),
    _Saying(
        r"cannot start any token: '([@`%])'",
        'a plain text cannot begin with "{0}"',
        "put the value into quotes",
    ),
    _Saying(
        "found undefined tag handle",  # PyYAML repeats it: a password may begin so
        "this tag means nothing here",
        "remove it, or put the value into quotes",
        at="start",
    ),
    _Saying(
        "scanning an (alias|anchor):",
        'a plain text cannot begin with "*" or "&", which are YAML\'s signs for aliases',
        "put the value into quotes",
        at="start",
    ),
    _Saying(
        "unknown escape character '(.)'",
        'a text in double quotes has no escape "\\{0}"',
        "double the backslash, or use single quotes",
    ),
    _Saying(
        "mapping values are not allowed here: .*: ",
        'a value with ": " in it is no plain text',
        "put the value into quotes",
    ),
    _Saying(
        "mapping values are not allowed here",
        "the line is indented deeper than the key above it, which has a value already",
        "indent it like the lines around it",
        at="line",
    ),
    _Saying(
        "simple key: could not find expected ':'",
        "an item of a list needs a blank behind its hyphen",
        'write "- " and then the item',
        at="start",
        line=r"-[^\s-]",
    ),
    _Saying(
        "simple key: could not find expected ':'",
        "a secret has no place in a manifest, and is no line of YAML either",
        "put it into a file on the host and name that: ssh_key: /etc/credstore/borg-ssh-key",
        at="start",
        line="-----BEGIN ",
    ),
    _Saying(
        "simple key: could not find expected ':'",
        'the line is no "KEY: VALUE"',
        "write a colon and a blank behind the key, or a quote around a text of several lines",
        at="start",
    ),
    _Saying(
        "sequence entries are not allowed here",
        "a list with hyphens cannot begin behind its key",
        "write each item on a line of its own below, or the list in brackets: [...]",
    ),
    _Saying(
        "but found '<block (mapping|sequence) start>'",
        "the line is indented unlike the lines around it",
        "indent it like the lines around it",
    ),
    _Saying("but found '<scalar>'", "a second value stands behind the first", "quote them as one"),
    _Saying("but found ':'", 'a key is missing before the ":"', "write the key"),
    _Saying(
        "but found '-'", "an item of a list stands where a key is expected", "write KEY: first"
    ),
    _Saying("expected the node content, but found", "a value is missing here", "write the value"),
)


def syntax_problem(error: yaml.MarkedYAMLError, lines: tuple[str, ...]) -> Diagnostic:
    """A complaint in the manifest's words."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    text = lines[line] if line < len(lines) else ""
    character = repr(text[column : column + 1])
    said = f"{error.context or ''}: {error.problem}"
    told = f"{said}: {text[:column]}" if "not allowed" in said else f"{said}: {character}"
    for saying in _SAYINGS:
        place = line, column
        if saying.at == "start" and error.context_mark:
            place = error.context_mark.line, error.context_mark.column
        elif saying.at == "line":
            place = line, len(text) - len(text.lstrip())
        culprit = lines[place[0]].lstrip() if place[0] < len(lines) else ""
        if (found := re.search(saying.pattern, told)) and re.match(saying.line, culprit):
            return _complaint(saying.message.format(*found.groups()), saying.fix, *place)
    return _complaint(str(error.problem or error.context), None, line, column)


def _complaint(message: str, fix: str | None, line: int, column: int) -> Diagnostic:
    mark = Mark(line + 1, column + 1, column + 2)
    return Diagnostic("HW004", f"not YAML: {message}", mark=mark, fix=fix)
