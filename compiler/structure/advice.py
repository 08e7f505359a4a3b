"""What to write instead of a value of the wrong kind: the value's own words, in the right form."""

import re
from typing import Any, get_args, get_origin

import attrs

from compiler.structure.value import UnfitError, Value, for_example, quoted
from schema import option
from schema.document import Scalar
from schema.host_keys import HostKey
from schema.scalars import AbsolutePath, Checked, Text

MEANT = {"yes": "true", "on": "true", "no": "false", "off": "false"}
"""What the words that YAML 1.1 took for booleans stood for."""

_SHELL = frozenset("|<>;&$`")
_SIGNED = r"[/*]\S*|(fm|sh|re|pp|pf):\S+"
_WORD = r"[\w-]+"
_ROOT = r"(bin|boot|dev|etc|home|lib|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)(/.*)?"


def list_fix(value: Value, item_type: Any) -> str | None:
    """How the list that was meant is written."""
    node = value.node
    if not isinstance(node, Scalar) or not node.text:
        return for_example(value.example) or "write its items in brackets: [...]"
    text = node.text
    if re.match(r"-[^\s-]", text):
        if node.mark.line != value.key.line:
            first = re.split(r"\s+-", text[1:])[0]
            return f'write a blank behind the hyphen of each item: "- {first}"'
        text = text[1:]
    if item_type is HostKey and HostKey.problem(text) is not None:
        lines = "write the lines themselves, as ssh-keyscan prints them, not the name of their file"
        return f"{lines}: {value.example}" if value.example else lines
    return f"write [{', '.join(quoted(item) for item in _items(text, item_type))}]"


def _items(text: str, item_type: Any) -> list[str]:
    """The items of a list that was written as one text."""
    if item_type is Text:
        return _words(text)
    if re.search(r",\s|,$", text):
        return [item for item in re.split(r",\s*", text) if item] or [text]
    items = re.split(r"[,\s]+", text)
    alike = any(all(re.fullmatch(kind, item) for item in items) for kind in (_SIGNED, _WORD))
    return items if alike and all(_fits(item, item_type) for item in items) else [text]


def _fits(text: str, type_: Any) -> bool:
    is_checked = isinstance(type_, type) and issubclass(type_, Checked)
    return is_checked and type_.problem(text) is None


def _words(command: str) -> list[str]:
    """The argv list of a command line; what only a shell understands is left to one.

    It is bash with pipefail: to sh, a dump that failed into a pipe is a success.
    """
    from shlex import split

    try:
        words = split(command)
    except ValueError:
        words = command.split()
    if _SHELL.isdisjoint(command) or words[1:2] == ["-c"]:
        return words
    return ["/bin/bash", "-eo", "pipefail", "-c", command]


def mapping_fix(value: Value, type_: Any) -> str:
    """How the options that were meant are written."""
    if value.is_null:
        return "indent its options below it"
    if value.path[:1] == ("modules",) and len(value.path) == 2:
        return _module_fix(value, type_)
    example = value.example or _smallest(type_)
    if example is None:
        return 'write "NAME: VALUE" lines below it'
    return _with_its_name(value, type_, example) or f"for example: {example}"


def _module_fix(value: Value, type_: Any) -> str:
    name, node = value.path[-1], value.node
    word = node.text.lower() if isinstance(node, Scalar) else ""
    meant = MEANT.get(word, word)
    defaults = f'"{name}:" with nothing behind it'
    if meant == "false":
        return f'to switch it off, write "{name}: {{enable: false}}"'
    if meant == "true":
        return f"to switch it on, write {defaults}"
    if (collecting := collector(type_)) is not None:
        return naming_fix(value, collecting)
    options = ", ".join(attrs.fields_dict(type_))
    return f"for all defaults write {defaults}; its options are: {options}"


def collector(type_: Any) -> "attrs.Attribute[Any] | None":
    """The option that takes every key of its section which is no option itself, if it has one."""
    fields = attrs.fields(type_)
    return next((field for field in fields if field.metadata.get(option.COLLECTS)), None)


def naming_fix(value: Value, collecting: "attrs.Attribute[Any]") -> str:
    """How something that was given without a name gets one."""
    noun = item_of(collecting).__name__.lower()
    example = collecting.metadata[option.EXAMPLE]
    return f"a {noun} needs a name, for example: {value.path[-1]}: {example}"


def item_of(collecting: "attrs.Attribute[Any]") -> type[Any]:
    """The type of what a collecting option has under each name."""
    item: type[Any] = get_args(collecting.type)[1]
    return item


def _smallest(type_: Any) -> str | None:
    """The required options of a section, with their examples."""
    if get_origin(type_) is not None or not attrs.has(type_):
        return None
    required = (field for field in attrs.fields(type_) if field.default is attrs.NOTHING)
    examples = [f"{field.name}: {field.metadata[option.EXAMPLE]}" for field in required]
    return f"{{{', '.join(examples)}}}" if examples else None


def _with_its_name(value: Value, type_: Any, example: str) -> str | None:
    """The value under the name of the option that the example begins with, if that takes it."""
    found, node = re.match(r"\{(\w+):", example), value.node
    if found is None or not isinstance(node, Scalar) or not attrs.has(type_):
        return None
    name = found[1]
    field = attrs.fields_dict(type_)[name]
    if any(one.default is attrs.NOTHING for one in attrs.fields(type_) if one is not field):
        return None
    try:
        Value(node, (name,), [], value.converter).to(field.type or object)
    except UnfitError:
        return None
    return f"write {{{name}: {quoted(node.text) if isinstance(node.value, str) else node.text}}}"


def text_fix(value: Value, text: str, type_: type[Checked]) -> str | None:
    """What to write instead of a text that breaks the rule of its type."""
    if type_ is Text:
        return "take it out"
    if issubclass(type_, AbsolutePath) and (fix := _path_fix(text, type_)) is not None:
        return fix
    return for_example(value.example or quoted(type_.example))


def _path_fix(text: str, type_: type[AbsolutePath]) -> str | None:
    if text.startswith("~"):
        return "~ is not expanded: write the absolute path"
    whole = text
    if re.fullmatch(_ROOT, text):
        whole = f"/{text}"
    elif text.startswith("-/"):
        whole = text[1:]
    elif text.startswith("/"):
        from posixpath import normpath

        whole = normpath(text)
    if whole != text and type_.problem(whole) is None:
        return f'did you mean "{whole}"?'
    return None
