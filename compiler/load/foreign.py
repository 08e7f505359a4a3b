"""YAML of another tool -> its values, with what a manifest may not use listed and not refused."""

import yaml

from compiler.load.complaints import syntax_problem
from compiler.load.nodes import Builder
from schema.diagnostics import WHOLE, Diagnostic, Mark, RejectedError
from schema.document import Mapping


def foreign(content: bytes) -> tuple[Mapping, list[Diagnostic]]:
    """Read a mapping, and what has no meaning in a manifest: tags, merge keys, doubled keys.

    Raises:
        RejectedError: it is not UTF-8, not YAML, or no mapping; or reading on would cost too much.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _rejected("HW003", "the file is not UTF-8", Mark(line, 1, 2)) from None
    builder = Builder(tuple(text.split("\n")))
    try:
        _fill(builder, text)
    except yaml.MarkedYAMLError as error:
        raise RejectedError([syntax_problem(error, tuple(text.split("\n")))]) from None
    except (yaml.YAMLError, ValueError):  # ValueError: of chr(), in PyYAML
        raise _rejected("HW003", "the file has a character that YAML does not allow") from None
    if not isinstance(builder.root, Mapping):
        raise _rejected("HW010", "the file has no options: it is not a mapping")
    return builder.root, builder.problems


def _fill(builder: Builder, text: str) -> None:
    parser = yaml.BaseLoader(text)
    try:
        while event := parser.get_event():  # type: ignore[no-untyped-call]
            builder.take(event)
    finally:
        parser.dispose()


def _rejected(code: str, message: str, mark: Mark = WHOLE) -> RejectedError:
    return RejectedError([Diagnostic(code, message, mark=mark)])
