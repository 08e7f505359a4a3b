"""YAML events -> nodes, on a stack of our own: depth costs no recursion, aliases no memory."""

from typing import NoReturn

import yaml
from attrs import evolve

from compiler.load.core_schema import core_value
from compiler.load.places import Places
from compiler.load.tags import parse_tag
from schema.diagnostics import Diagnostic, Mark, RejectedError, Related
from schema.document import Entry, Mapping, Node, Scalar, Sequence, Tag

MAXIMUM_DEPTH = 32
MAXIMUM_NODES = 100_000

_CORE_TAGS = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:bool": bool,
    "tag:yaml.org,2002:null": type(None),
    "tag:yaml.org,2002:float": float,
}


class _Open:
    """A collection whose end has not come yet."""

    __slots__ = ("anchor", "entries", "items", "key", "keys", "mark", "size", "tag")

    def __init__(self, event: yaml.CollectionStartEvent, mark: Mark, tag: Tag | None) -> None:
        self.anchor = event.anchor
        self.mark = mark
        self.tag = tag
        self.items: list[Node] = []
        self.entries: list[Entry] = []
        self.key: tuple[str, Mark] | None = None
        self.keys: dict[str, Mark] = {}
        self.size = 1


class Builder:
    """Puts nodes together from events, on a stack of its own: depth costs no recursion.

    Args:
        lines: the text, for the places of what stands behind a tag.
        file: what marks call the file; empty for the manifest itself.
    """

    def __init__(self, lines: tuple[str, ...], file: str = "") -> None:
        self.root: Node | None = None
        self.problems: list[Diagnostic] = []
        self.tags: list[Tag] = []
        self._places = Places(lines, file)
        self._stack: list[tuple[_Open, bool]] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Add what an event says.

        Raises:
            RejectedError: the manifest goes beyond a limit, and reading on would cost too much.
        """
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
                        mark=self._places.mark(event),
                        fix='remove the "---", or put the rest into a file of its own',
                    ),
                )
            )
        if event.version not in (None, (1, 2)):
            self._refuse(event, "a manifest is read as YAML 1.2", "remove the %YAML line")

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        mark = self._places.mark(event)
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
        standard = (None, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
        tag = None if event.tag in standard else self._tag(event)
        if self._expects_key():
            self._refuse_key(event, mark)
        if tag is not None:
            mark = self._places.behind(tag, event)
        self._stack.append((_Open(event, mark, tag), isinstance(event, yaml.MappingStartEvent)))

    def _refuse_key(self, event: yaml.CollectionStartEvent, mark: Mark) -> NoReturn:
        """Stop: what follows is most often a slip's echo, a hundred thousand times over."""
        above = self._stack[-1][0].mark
        fix = "quote the key"
        if (above.line, above.column + 1) == (mark.line, mark.column):
            fix = "quote the value; if it is a template's {{...}}, fill that in first"
        self._refuse(event, "a key must be plain text, not a list or mapping", fix)
        raise RejectedError(self.problems)

    def _close(self) -> None:
        top, is_mapping = self._stack.pop()
        node: Node = (
            Mapping(tuple(top.entries), top.mark, top.tag)
            if is_mapping
            else Sequence(tuple(top.items), top.mark, top.tag)
        )
        self._anchor(top.anchor, node, top.size)
        self._add(node, top.size)

    def _take_scalar(self, event: yaml.ScalarEvent) -> None:
        if event.tag is None or event.tag == "!" or event.tag in _CORE_TAGS:
            node = Scalar(event.value, self._resolve(event), self._places.mark(event))
        else:
            tag = self._tag(event)
            value = event.value if event.style else core_value(event.value)
            mark = self._places.mark(event) if tag is None else self._places.behind(tag, event)
            node = Scalar(event.value, value, mark, tag)
        self._anchor(event.anchor, node, 1)
        self._add(node, 1, is_quoted=bool(event.style))

    def _take_alias(self, event: yaml.AliasEvent) -> None:
        found = self._anchors.get(event.anchor or "")
        if found is None:
            within = any(one.anchor == event.anchor for one, _ in self._stack)
            rule = "cannot be a part of itself" if within else "is not defined above"
            fix = "write the value out" if within else "define it first, or quote the value"
            self._refuse(event, f"the anchor {rule}", fix)  # not which: a password may begin so
            found = (Scalar("", None, self._places.mark(event)), 1)
        self._add(*found)

    def _anchor(self, name: str | None, node: Node, size: int) -> None:
        if name is not None:
            self._anchors[name] = (node, size)

    def _expects_key(self) -> bool:
        return bool(self._stack) and self._stack[-1][1] and self._stack[-1][0].key is None

    def _add(self, node: Node, size: int, *, is_quoted: bool = False) -> None:
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
            top.key = self._key(node, is_quoted=is_quoted)
        else:
            self._add_entry(top, top.key, node)
            top.key = None

    def _key(self, node: Node, *, is_quoted: bool) -> tuple[str, Mark]:
        if not isinstance(node, Scalar):
            return ("", node.mark)
        if node.tag is not None:
            fix = f"write it behind the colon: {node.text}: {node.tag.text} VALUE"
            problem = "a tag stands in front of the value, not of the key"
            self.problems.append(Diagnostic("HW027", problem, mark=node.tag.mark, fix=fix))
        if node.value is None:
            self._refuse_at(node.mark, "a key is missing before the colon", "write the key")
        if node.text == "<<" and not is_quoted:
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
        return core_value(text) if event.implicit[0] else text

    def _resolve_tagged(
        self, event: yaml.ScalarEvent, text: str
    ) -> str | int | float | bool | None:
        wanted = _CORE_TAGS[event.tag or ""]
        if wanted is str:
            return text
        value = core_value(text)
        if not isinstance(value, wanted):
            shown = (event.tag or "").replace("tag:yaml.org,2002:", "!!")
            self._refuse(event, f"the value is not what {shown} promises", "remove the tag")
        return value

    def _tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> Tag | None:
        """The tag in front of a value, unless it is none of ours, which is reported."""
        text = str(event.tag)
        found = parse_tag(text, self._places.tag(event, text))
        if isinstance(found, Diagnostic):
            self.problems.append(
                found if found.code == "HW027" else evolve(found, mark=self._places.mark(event))
            )
            return None
        self.tags.append(found)
        return found

    def _refuse(self, event: yaml.Event, message: str, fix: str) -> None:
        self._refuse_at(self._places.mark(event), message, fix)

    def _refuse_at(self, mark: Mark, message: str, fix: str) -> None:
        self.problems.append(Diagnostic("HW008", message, mark=mark, fix=fix))
