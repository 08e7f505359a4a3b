"""Text of a manifest -> Document: plain data of YAML 1.2's core schema, each value with its place.

Built from the parser's events, never through PyYAML's loaders: those read YAML 1.1 (`12:30` is 750,
`no` is false, the last of two equal keys wins) and recurse as deep as a file tells them to.
"""

import re
from itertools import accumulate

import yaml

from compiler.load.nodes import Builder
from compiler.load.tags import joined, spaced, taken
from schema.diagnostics import WHOLE, Diagnostic, Mark, RejectedError
from schema.document import Document, Mapping, Node, Scalar, Sequence

MAXIMUM_BYTES = 1 << 20
_OTHER_BREAKS = r"\r(?!\n)|[\x85\u2028\u2029]"


def load(file: str, content: bytes, *, imported: bool = False) -> Document:
    """Read a manifest.

    Args:
        file: the manifest's name as the user gave it, for reports only.
        content: its bytes.
        imported: whether its marks say the file, because another manifest imports it.

    Raises:
        RejectedError: it is not UTF-8, not YAML, or uses what a manifest may not; with every
            problem that can be found in one go.
    """
    lines = tuple(content.decode("utf-8", "replace").split("\n"))
    text = _decode(content)
    if not text.strip():
        raise _empty(imported=imported)
    builder = _read(text, lines, file if imported else "")
    if builder.problems:
        raise RejectedError(builder.problems)
    return Document(file, lines, _top(builder.root, imported=imported), has_tags=bool(builder.tags))


def _read(text: str, lines: tuple[str, ...], file: str) -> Builder:
    """Read a text in which `!override N` is a tag with a number."""
    blanks = spaced(text)
    if not blanks:
        return _built(text, lines, file)
    whole = joined(text, blanks)
    builder = _built(whole, tuple(whole.split("\n")), file)
    starts = accumulate((len(line) + 1 for line in whole.split("\n")), initial=0)
    begins = list(starts)
    tagged = [begins[tag.mark.line - 1] + tag.mark.column - 1 for tag in builder.tags]
    kept = taken(whole, blanks, tagged)
    if len(kept) == len(blanks):
        return builder
    partly = joined(text, kept)
    return _built(partly, tuple(partly.split("\n")), file)


def _built(text: str, lines: tuple[str, ...], file: str) -> Builder:
    """What libyaml refuses, the parser in Python reads again, which says best what is wrong."""
    if yaml.__with_libyaml__:
        try:
            return _filled(Builder(lines, file), yaml.CBaseLoader(text))
        except yaml.YAMLError:
            pass
    builder = Builder(lines, file)
    try:
        return _filled(builder, yaml.BaseLoader(text))
    except yaml.MarkedYAMLError as error:
        from compiler.load.complaints import syntax_problem

        builder.problems.append(syntax_problem(error, lines))
    except yaml.YAMLError as error:
        builder.problems.append(_character_problem(error, text))
    except ValueError:  # of chr(), in PyYAML
        message = "not YAML: an escape in double quotes is beyond U+10FFFF, where Unicode ends"
        builder.problems.append(Diagnostic("HW004", message, mark=_beyond_unicode(lines)))
    return builder


def _beyond_unicode(lines: tuple[str, ...]) -> Mark:
    escape = re.compile(r"\\U(?!000|0010)[0-9A-Fa-f]{8}")
    for number, line in enumerate(lines, 1):
        if found := escape.search(line):
            return Mark(number, found.start() + 1, found.end() + 1)
    return WHOLE


def _filled(builder: Builder, parser: yaml.BaseLoader | yaml.CBaseLoader) -> Builder:
    try:
        while event := parser.get_event():
            builder.take(event)
    finally:
        parser.dispose()
    return builder


def _decode(content: bytes) -> str:
    if len(content) > MAXIMUM_BYTES:
        raise _rejected(
            "HW002",
            f"the manifest has {len(content)} bytes; the limit is {MAXIMUM_BYTES} (1 MiB)",
            fix="a manifest is a page of text: is this the right file?",
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _rejected("HW003", "the manifest is UTF-16, not UTF-8", fix="save it as UTF-8")
    if content.startswith(b"\xef\xbb\xbf"):
        raise _rejected(
            "HW003",
            "the manifest begins with a byte order mark",
            fix="save it as UTF-8 without a byte order mark",
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        raise _rejected(
            "HW003",
            f"the manifest is not UTF-8: the byte 0x{content[error.start]:02x} is no character",
            mark=Mark(line, column, column + 1),
            fix="save it as UTF-8",
        ) from None
    if "\0" in text:
        raise _rejected(
            "HW003",
            "the manifest has a NUL character",
            mark=_place(text, text.index("\0")),
            fix="take it out",
        )
    if found := re.search(_OTHER_BREAKS, text):
        raise _rejected(
            "HW003",
            f"the manifest has the line break U+{ord(found.group()):04X}, "
            "which not every editor and YAML reader takes for one",
            mark=_place(text, found.start()),
            fix="end lines with a newline; in a text, write it as an escape in double quotes",
        )
    return text


def _empty(*, imported: bool) -> RejectedError:
    if imported:
        fix = "take it out of the imports, or write what it brings"
        return _rejected("HW009", "the imported file is empty", fix=fix)
    fix = "it needs at least host, target and backup"
    return _rejected("HW009", "the manifest is empty", fix=fix)


def _top(root: Node | None, *, imported: bool) -> Mapping:
    if isinstance(root, Mapping):
        return root
    if root is None or (isinstance(root, Scalar) and root.value is None):
        raise _empty(imported=imported)
    kind = "a list" if isinstance(root, Sequence) else "a single value"
    whose = "imported file" if imported else "manifest"
    keys = "what it brings" if imported else '"host: ...", "target: ..." and "backup: ..."'
    example = ', such as "backup: ...",' if imported else ""
    raise _rejected(
        "HW010",
        f"the {whose} is {kind}, not a mapping",
        mark=root.mark,
        fix=f"write {keys}{example} at the left margin",
    )


def _place(text: str, offset: int) -> Mark:
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    return Mark(line, column, column + 1)


def _character_problem(error: yaml.YAMLError, text: str) -> Diagnostic:
    position = getattr(error, "position", None)
    mark = _place(text, min(position, len(text))) if isinstance(position, int) else Mark(1, 1, 2)
    character = getattr(error, "character", None)
    shown = f" U+{character:04X}" if isinstance(character, int) else ""
    return Diagnostic(
        "HW003",
        f"the manifest has the character{shown}, which YAML does not allow",
        mark=mark,
        fix="take it out, or write it as an escape in double quotes",
    )


def _rejected(
    code: str, message: str, *, mark: Mark | None = None, fix: str | None = None
) -> RejectedError:
    return RejectedError([Diagnostic(code, message, mark=mark or WHOLE, fix=fix)])
