"""Text of a manifest -> where in it each key and value begins and ends, for whoever edits it.

`load` says what a manifest means, this says how it is written: quotes, brackets, anchors.
"""

from typing import Any, Literal

import yaml
from attrs import frozen

from compiler.load.tags import joined, spaced


@frozen(eq=False, repr=False)
class Span:
    """A stretch of the text that is one key or value.

    Attributes:
        start: where it begins, its tag and anchor included, in characters from the top.
        end: where it ends: behind its last character.
        kind: what it is.
        text: what a scalar says.
        style: a scalar's quote or block sign; empty for a plain one.
        flow: whether it is written in brackets.
        adorned: whether a tag or an anchor stands in front.
        shared: whether it is an alias, or has an anchor.
        entries: a mapping's keys and values.
        items: the items of a list.
    """

    start: int
    end: int
    kind: Literal["scalar", "list", "mapping", "alias"]
    text: str = ""
    style: str = ""
    flow: bool = False
    adorned: bool = False
    shared: bool = False
    entries: "tuple[tuple[Span, Span], ...]" = ()
    items: "tuple[Span, ...]" = ()


def spans(text: str) -> Span:
    """Where everything in a manifest stands.

    Args:
        text: one that `load` reads without a complaint; it bounds the depth of the recursion here.
    """
    parser: Any = yaml.BaseLoader(joined(text, spaced(text)))
    try:
        parser.get_event()  # of the stream
        parser.get_event()  # of the document
        return _next(parser, text)
    finally:
        parser.dispose()


def _next(parser: Any, text: str) -> Span:
    event = parser.get_event()
    start, end = event.start_mark.index, event.end_mark.index
    shared = event.anchor is not None
    if isinstance(event, yaml.AliasEvent):
        return Span(start, end, "alias", shared=True)
    adorned = shared or event.tag is not None
    if isinstance(event, yaml.ScalarEvent):
        style = event.style or ""
        if style in ("|", ">"):  # PyYAML ends it behind the blank lines that follow
            end = start + len(text[start:end].rstrip())
        return Span(start, end, "scalar", event.value, style, adorned=adorned, shared=shared)
    flow = bool(event.flow_style)
    entries: list[tuple[Span, Span]] = []
    items: list[Span] = []
    is_mapping = isinstance(event, yaml.MappingStartEvent)
    while not isinstance(parser.peek_event(), yaml.CollectionEndEvent):
        if is_mapping:
            entries.append((_next(parser, text), _next(parser, text)))
        else:
            items.append(_next(parser, text))
    closing = parser.get_event().end_mark.index
    last = entries[-1][1] if entries else items[-1] if items else None
    end = closing if flow or last is None else max(last.end, entries[-1][0].end if entries else 0)
    kind: Literal["mapping", "list"] = "mapping" if is_mapping else "list"
    return Span(start, end, kind, "", "", flow, adorned, shared, tuple(entries), tuple(items))
