"""Text of a manifest -> Document: plain data of YAML 1.2's core schema, each value with its place.

Built from the parser's events, never through PyYAML's loaders: those read YAML 1.1 (`12:30` is 750,
`no` is false, the last of two equal keys wins) and recurse as deep as a file tells them to.
"""

import re
from collections.abc import Iterator

import yaml

from schema.diagnostics import Diagnostic, Mark, RejectedError, Related
from schema.document import Document, Entry, Mapping, Node, Scalar, Sequence

MAXIMUM_BYTES = 1 << 20
MAXIMUM_DEPTH = 32
MAXIMUM_NODES = 100_000

_CORE_TAGS = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:bool": bool,
    "tag:yaml.org,2002:null": type(None),
    "tag:yaml.org,2002:float": float,
}
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS = {"true": True, "True": True, "TRUE": True}
_BOOLEANS |= {"false": False, "False": False, "FALSE": False}
_NUMBER = re.compile(
    r"(?P<int>[-+]?[0-9]+)|0o(?P<octal>[0-7]+)|0x(?P<hex>[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))"
)


def load(file: str, content: bytes) -> Document:
    """Read a manifest.

    Args:
        file: the manifest's name as the user gave it, for reports only.
        content: its bytes.

    Raises:
        RejectedError: it is not UTF-8, not YAML, or uses what a manifest may not; with every
            problem that can be found in one go.
    """
    lines = tuple(content.decode("utf-8", "replace").split("\n"))
    text = _decode(content)
    builder = _Builder()
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        builder.problems.append(_syntax_problem(error, lines))
    except yaml.YAMLError as error:
        builder.problems.append(_character_problem(error, text))
    if builder.problems:
        raise RejectedError(builder.problems)
    return Document(file, lines, _top(builder.root))


def _events(text: str) -> Iterator[yaml.Event]:
    parser = yaml.CParser(text) if hasattr(yaml, "CParser") else yaml.Loader(text)
    try:
        while parser.check_event():
            yield parser.get_event()
    finally:
        parser.dispose()


def _decode(content: bytes) -> str:
    if len(content) > MAXIMUM_BYTES:
        raise _rejected(
            "HW002",
            f"the manifest has {len(content)} bytes; the limit is {MAXIMUM_BYTES} (1 MiB)",
            fix="a manifest is a page of text: is this the right file?",
        )
    if content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
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
            f"the manifest is not UTF-8: byte 0x{content[error.start]:02x} begins nothing",
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
    if not text.strip():
        raise _rejected(
            "HW009",
            "the manifest is empty",
            fix="it needs at least host, target and backup",
        )
    return text


def _top(root: Node | None) -> Mapping:
    if isinstance(root, Mapping):
        return root
    if root is None or (isinstance(root, Scalar) and root.value is None):
        raise _rejected(
            "HW009", "the manifest is empty", fix="it needs at least host, target and backup"
        )
    kind = "a list" if isinstance(root, Sequence) else "a single value"
    raise _rejected(
        "HW010",
        f"the manifest is {kind}, not a mapping",
        mark=root.mark,
        fix='write "host: ...", "target: ..." and "backup: ..." at the left margin',
    )


class _Open:
    """A collection whose end has not come yet."""

    __slots__ = ("anchor", "entries", "items", "key", "keys", "mark", "size")

    def __init__(self, event: yaml.CollectionStartEvent, mark: Mark) -> None:
        self.anchor = event.anchor
        self.mark = mark
        self.items: list[Node] = []
        self.entries: list[Entry] = []
        self.key: tuple[str, Mark] | None = None
        self.keys: dict[str, Mark] = {}
        self.size = 1


class _Builder:
    """Puts nodes together from events, on a stack of its own: depth costs no recursion."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.problems: list[Diagnostic] = []
        self._stack: list[tuple[_Open, bool]] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._take_scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()
        elif isinstance(event, yaml.AliasEvent):
            self._take_alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._start_document(event)

    def _start_document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            raise RejectedError(
                (
                    *self.problems,
                    Diagnostic(
                        "HW008",
                        "a second document begins here; a manifest is one document",
                        mark=_mark(event),
                        fix='remove the "---", or put the rest into a file of its own',
                    ),
                )
            )
        if event.version not in (None, (1, 2)):
            self._refuse(event, "a manifest is read as YAML 1.2", "remove the %YAML line")

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        mark = _mark(event)
        if len(self._stack) >= MAXIMUM_DEPTH:
            raise RejectedError(
                (
                    *self.problems,
                    Diagnostic(
                        "HW006",
                        f"nested more than {MAXIMUM_DEPTH} levels deep",
                        mark=mark,
                        fix="a manifest needs six levels at most: is this the right file?",
                    ),
                )
            )
        standard = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
        if event.tag is not None and event.tag not in standard:
            self._refuse(event, f"the tag {_shown(event.tag)} means nothing here", "remove the tag")
        is_key = self._expects_key()
        if is_key:
            self._refuse(event, "a key must be plain text, not a list or mapping", "quote the key")
        self._stack.append((_Open(event, mark), isinstance(event, yaml.MappingStartEvent)))

    def _close(self) -> None:
        top, is_mapping = self._stack.pop()
        node: Node = (
            Mapping(tuple(top.entries), top.mark)
            if is_mapping
            else Sequence(tuple(top.items), top.mark)
        )
        self._anchor(top.anchor, node, top.size)
        self._add(node, top.size)

    def _take_scalar(self, event: yaml.ScalarEvent) -> None:
        node = Scalar(event.value, self._resolve(event), _mark(event))
        self._anchor(event.anchor, node, 1)
        self._add(node, 1)

    def _take_alias(self, event: yaml.AliasEvent) -> None:
        found = self._anchors.get(event.anchor)
        if found is None:
            self._refuse(
                event, f"the anchor &{event.anchor} is not defined above", "define it first"
            )
            found = (Scalar("", None, _mark(event)), 1)
        self._add(*found)

    def _anchor(self, name: str | None, node: Node, size: int) -> None:
        if name is not None:
            self._anchors[name] = (node, size)

    def _expects_key(self) -> bool:
        return bool(self._stack) and self._stack[-1][1] and self._stack[-1][0].key is None

    def _add(self, node: Node, size: int) -> None:
        if not self._stack:
            self.root = node
            return
        top, is_mapping = self._stack[-1]
        top.size += size
        if top.size > MAXIMUM_NODES:
            raise RejectedError(
                (
                    *self.problems,
                    Diagnostic(
                        "HW007",
                        f"the aliases expand to more than {MAXIMUM_NODES} values",
                        mark=node.mark,
                        fix="write the values out; a manifest has a few hundred",
                    ),
                )
            )
        if not is_mapping:
            top.items.append(node)
        elif top.key is None:
            top.key = self._key(node)
        else:
            self._add_entry(top, top.key, node)
            top.key = None

    def _key(self, node: Node) -> tuple[str, Mark]:
        if not isinstance(node, Scalar):
            return ("", node.mark)
        if node.value is None:
            self._refuse_at(node.mark, "a key is missing before the colon", "write the key")
        if node.text == "<<":
            self._refuse_at(
                node.mark, "merge keys (<<) are not part of YAML 1.2", "write the keys out"
            )
        return (node.text, node.mark)

    def _add_entry(self, top: _Open, key: tuple[str, Mark], node: Node) -> None:
        name, mark = key
        first = top.keys.setdefault(name, mark)
        if first is mark:
            top.entries.append(Entry(name, mark, node))
            return
        self.problems.append(
            Diagnostic(
                "HW005",
                f'the key "{name}" is given twice',
                mark=mark,
                fix="keep one of them; other YAML readers silently drop the first",
                related=(Related("first given here", first),),
            )
        )

    def _resolve(self, event: yaml.ScalarEvent) -> str | int | float | bool | None:
        text: str = event.value
        if event.tag == "!":
            return text
        if event.tag is not None:
            return self._resolve_tagged(event, text)
        return _plain_value(text) if event.implicit[0] else text

    def _resolve_tagged(
        self, event: yaml.ScalarEvent, text: str
    ) -> str | int | float | bool | None:
        wanted = _CORE_TAGS.get(event.tag)
        if wanted is None:
            self._refuse(event, f"the tag {_shown(event.tag)} means nothing here", "remove the tag")
            return text
        if wanted is str:
            return text
        value = _plain_value(text)
        if not isinstance(value, wanted):
            self._refuse(
                event, f'"{text}" is not what {_shown(event.tag)} promises', "remove the tag"
            )
        return value

    def _refuse(self, event: yaml.Event, message: str, fix: str) -> None:
        self._refuse_at(_mark(event), message, fix)

    def _refuse_at(self, mark: Mark, message: str, fix: str) -> None:
        self.problems.append(Diagnostic("HW008", message, mark=mark, fix=fix))


def _plain_value(text: str) -> str | int | float | bool | None:
    """The YAML 1.2 core schema (YAML 1.2.2 section 10.3.2)."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if (found := _NUMBER.fullmatch(text)) is None or len(text) > 300:
        return text
    if found["int"]:
        return int(found["int"])
    if found["octal"]:
        return int(found["octal"], 8)
    if found["hex"]:
        return int(found["hex"], 16)
    return float(
        text.replace(".inf", "inf")
        .replace(".Inf", "inf")
        .replace(".INF", "inf")
        .replace(".nan", "nan")
        .replace(".NaN", "nan")
        .replace(".NAN", "nan")
    )


def _mark(event: yaml.Event) -> Mark:
    start, end = event.start_mark, event.end_mark
    same_line = start.line == end.line and end.column > start.column
    return Mark(
        start.line + 1, start.column + 1, (end.column if same_line else start.column + 1) + 1
    )


def _shown(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")


def _place(text: str, offset: int) -> Mark:
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    return Mark(line, column, column + 1)


def _syntax_problem(error: yaml.MarkedYAMLError, lines: tuple[str, ...]) -> Diagnostic:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    message = f"not YAML: {error.problem or error.context}"
    tabbed = line <= len(lines) and re.match(r" *\t", lines[line - 1])
    fix = "indent with blanks; YAML forbids tabs" if tabbed else None
    return Diagnostic("HW004", message, mark=Mark(line, column, column + 1), fix=fix)


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
    return RejectedError([Diagnostic(code, message, mark=mark or Mark(1, 1, 1), fix=fix)])
