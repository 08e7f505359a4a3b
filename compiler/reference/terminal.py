"""The options for a terminal of 80 columns."""

from collections.abc import Iterator
from textwrap import fill, shorten

from compiler.reference.search import every_section
from compiler.reference.sections import Entry, Modules, Section, module_sections, module_text
from compiler.reference.words import MERGE_RULES, default, kind_of, merge_rule

_WIDTH = 80
_LABEL = 10


def listed(modules: Modules) -> str:
    """Every option on a line of its own: path, type and default."""
    return "\n".join(_lines(section.entries) for section in every_section(modules))


def described(found: Section | Entry, modules: Modules) -> str:
    """All that is known of an option, or of a module."""
    parts = [".".join(found.path) + "\n"]
    if isinstance(found, Section):
        opened = found.type
        parts.append(_paragraphs(module_text(opened)))
        parts.append(_lines(found.entries))
        return "\n".join(parts)
    parts.append(_paragraphs(found.help))
    parts.append("".join(_facts(found)))
    if below := found.below:
        parts.append(_lines(below.entries))
    if found.path == ("modules",):
        parts.append("".join(map(_module_line, module_sections(modules))))
    return "\n".join(parts)


def _facts(entry: Entry) -> Iterator[str]:
    facts = {
        "type": kind_of(entry),
        "default": default(entry),
        "example": entry.example,
        "merging": MERGE_RULES[merge_rule(entry)],
        "since": entry.since,
    }
    blank = " " * (_LABEL + 2)
    for label, text in facts.items():
        if text:
            start = f"  {label:<{_LABEL}}"
            wrapped = fill(
                text,
                _WIDTH,
                initial_indent=start,
                subsequent_indent=blank,
                break_long_words=False,
                break_on_hyphens=False,
            )
            yield f"{wrapped}\n"


def _lines(entries: tuple[Entry, ...]) -> str:
    width = max(len(".".join(entry.path)) for entry in entries)
    return "".join(_line(entry, width) for entry in entries)


def _line(entry: Entry, width: int) -> str:
    path = ".".join(entry.path)
    value = default(entry)
    told = f" ({value})" if value else ""
    room = _WIDTH - width - 2
    text = f"{shorten(kind_of(entry), max(room - len(told), 16), placeholder=' ...')}{told}"
    return f"{path:<{width}}  {text if len(text) <= room else text[: room - 4] + ' ...'}\n"


def _module_line(section: Section) -> str:
    first = module_text(section.type).partition("\n")[0]
    return f"{fill('.'.join(section.path) + '  ' + first, _WIDTH, subsequent_indent='    ')}\n"


def _paragraphs(text: str) -> str:
    return "\n\n".join(fill(one, _WIDTH) for one in text.split("\n\n")) + "\n"
