"""Draft -> the text of a manifest."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from compiler.init.draft import Draft, Items, Leaf, Node, Plain, Section, Unused, Value
from compiler.report.human import printable
from compiler.show import flow
from schema.diagnostics import WHOLE
from schema.document import Scalar

_ORDER = (
    "host target backup modules external repository encryption passphrase ssh_key known_hosts "
    "trust_on_first_use paths exclude"
).split()
_WIDTH = 96
_SHORT = 72
_MOST_LISTED = 1000


def text(draft: Draft) -> str:
    """Write a draft as YAML with its comments; the top, the keys, then what is not in it."""
    lines = list(comment([draft.title, *draft.notes], ""))
    for name, node in _ordered(draft.root):
        if isinstance(node, Section) or name == "host":
            lines.append("")
        lines += _entry(name, node, "")
    if draft.unused:
        lines += ["", *_left_out(draft)]
    return "\n".join(lines) + "\n"


def comment(paragraphs: Sequence[str], indent: str) -> Iterator[str]:
    """Paragraphs as comment lines; a line that begins with blanks stays as it is."""
    for paragraph in paragraphs:
        shown = printable(paragraph)
        if not shown.strip():
            yield f"{indent}#"
        elif shown.startswith(" "):
            yield f"{indent}# {shown}"
        else:
            yield from (f"{indent}# {line}" for line in _wrapped(shown, _WIDTH - len(indent)))


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(text, width, break_long_words=False, break_on_hyphens=False)


def scalar(value: Plain) -> str:
    """A value as every reader of YAML reads it back, in a block or between brackets."""
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    return flow(Scalar(shown, value, WHOLE))


def unused_line(one: Unused) -> str:
    """One thing that was not carried over: its line, its key, the reason."""
    where = f"line {one.source.line}, " if one.source.line else ""
    return f"{where}{printable(one.source.key)}: {printable(one.reason)}"


def _entry(name: str, node: Node, indent: str) -> Iterator[str]:
    if isinstance(node, Leaf):
        yield from comment(node.comment, indent)
        yield from _leaf(scalar(name), node.value, indent)
    elif isinstance(node, Items):
        yield from comment(node.comment, indent)
        yield from _list(scalar(name), node, indent)
    else:
        yield from _section(scalar(name), node, indent)


def _ordered(section: Section) -> list[tuple[str, Node]]:
    """What must be looked at first, first; the rest as it was put there."""
    place = {name: number for number, name in enumerate(_ORDER)}
    return sorted(section.entries.items(), key=lambda one: place.get(one[0], len(place)))


def _leaf(name: str, value: Value, indent: str) -> Iterator[str]:
    line = f"{indent}{name}: {_value(value)}"
    if isinstance(value, tuple) and len(line) > _WIDTH:
        yield f"{indent}{name}:"
        yield from (f"{indent}  - {scalar(word)}" for word in value)
    else:
        yield line


def _section(name: str, node: Section, indent: str) -> Iterator[str]:
    yield from comment(node.comment, indent)
    yield f"{indent}{name}:"
    inner = f"{indent}  "
    for key, one in _ordered(node):
        yield from _entry(key, one, inner)
    yield from comment(node.after, inner)


def _list(name: str, node: Items, indent: str) -> Iterator[str]:
    flow = f"{indent}{name}: [{', '.join(_value(one.value) for one in node.entries)}]"
    if len(flow) <= _SHORT and not any(one.comment for one in node.entries):
        yield flow
        return
    yield f"{indent}{name}:"
    for one in node.entries:
        yield from comment(one.comment, f"{indent}  ")
        yield f"{indent}  - {_value(one.value)}"


def _value(value: Value) -> str:
    return f"[{', '.join(map(scalar, value))}]" if isinstance(value, tuple) else scalar(value)


def _left_out(draft: Draft) -> Iterator[str]:
    """The end of the file: everything that was read and has no place above."""
    yield from comment([f"Not carried over from {draft.origin or 'the machine'}:"], "")
    for one in draft.unused[:_MOST_LISTED]:
        first, *more = _wrapped(unused_line(one), _WIDTH - 4)
        yield f"#   {first}"
        yield from (f"#     {line}" for line in more)
    if more_lines := len(draft.unused[_MOST_LISTED:]):
        yield f"#   and {more_lines} more, which hostwright init has reported"
