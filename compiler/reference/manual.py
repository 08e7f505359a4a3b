"""Pages for man(1): the two commands, and the manifest."""

import os
from collections.abc import Iterable, Mapping

from attrs import frozen

from compiler.reference.commands import Argument, Command, Verb, commands
from compiler.reference.fragments import fragment
from compiler.reference.roff import bold, code, example, italic, paragraphs, prose
from compiler.reference.search import every_section
from compiler.reference.sections import Entry, Modules, Section, manifest, module_text
from compiler.reference.words import MERGE_RULES, default, kind_of, merge_rule
from compiler.render.templates import render_template
from schema.renaming import SCHEMA_VERSION

_TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "templates")
_EXIT = "exit status:"


@frozen
class Item:
    """Something and what there is to say about it, as roff."""

    term: str
    text: str


@frozen
class Part:
    """A verb or a section of the manifest, as roff."""

    name: str
    usage: str
    text: str
    items: tuple[Item, ...]


def manual(verbs: Iterable[Verb], modules: Modules) -> Mapping[str, str]:
    """The source of each page, by the name of its file. It has no date: nobody looks at a clock."""
    found = commands(verbs)
    values: dict[str, object] = {
        "version": SCHEMA_VERSION,
        "compile": next(_verb(one) for one in found if one.name == "compile"),
        "verbs": [_verb(one) for one in found],
        "lines": [Item(bold(one.name), prose(one.help)) for one in found],
        "smallest": example(fragment(manifest())),
        "sections": [_section(one) for one in every_section(modules)],
        "rules": [Item(bold(name), prose(text)) for name, text in MERGE_RULES.items()],
    }
    names = ("compile.1", "hostwright.1", "hostwright-manifest.5")
    return {name: render_template(os.path.join(_TEMPLATES, f"{name}.j2"), values) for name in names}


def _verb(command: Command) -> Part:
    about = [part for part in command.epilog.split("\n\n") if not part.startswith(_EXIT)]
    text = "\n\n".join((command.description, *about))
    arguments = (*command.words, *command.options)
    name, *rest = command.usage.split(" ")
    verb, *rest = rest if name == "hostwright" else ["", *rest]
    usage = f"{bold(f'{name} {verb}'.strip())}\n{_short(' '.join(rest))}"
    items = tuple(Item(_term(one), prose(f"{one.help}.")) for one in arguments)
    return Part(command.name, usage, _begun(text), items)


def _begun(text: str) -> str:
    """Paragraphs behind a heading, which begins the first one."""
    return paragraphs(text).removeprefix(".PP\n")


def _short(usage: str) -> str:
    """The words of a usage line, but for `-h`; each option on a line of the source."""
    return "".join(
        f"{code(word)}\n" for word in usage.replace("[-h] ", "").replace(" [", "\n[").split("\n")
    )


def _term(argument: Argument) -> str:
    values = " ".join(map(italic, argument.metavars))
    if not argument.flags:
        return values
    return ", ".join(map(bold, argument.flags)) + (f" {values}" if values else "")


def _section(section: Section) -> Part:
    path = ".".join(section.path).replace(".N", "[]")
    is_module = len(section.path) == 2 and section.path[0] == "modules"
    text = module_text(section.type) if is_module else section.text
    if not section.path:
        text = "The keys at the left margin."
    items = tuple(Item(bold(entry.name), _entry(entry)) for entry in section.entries)
    return Part(path or "The manifest", "", _begun(text) + example(fragment(section)), items)


def _entry(entry: Entry) -> str:
    told = [f"Takes {kind_of(entry)}"]
    if entry.is_required:
        told = [f"Required; takes {kind_of(entry)}"]
    elif given := default(entry):
        told.append(f"by default {given}")
    if entry.example:
        told.append(f"for example {entry.example}")
    facts = f"{'; '.join(told)}. Merging: {merge_rule(entry)}. Since {entry.since}."
    return f"{prose(f'{entry.help}.')}.br\n{prose(facts)}"
