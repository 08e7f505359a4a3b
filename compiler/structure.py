"""Document -> Manifest: every option typed, every default applied, every problem reported at once.

cattrs dispatches on the type of a field; the hooks here are strict (nothing is coerced, a string is
never a list, `no` is never a boolean) and go on after a problem: a value that does not fit is
reported and its option left at its default, so that later stages can still run.
"""

from collections.abc import Callable, Mapping as MappingType
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import attrs
import cattrs

import modules
from schema import option
from schema.borg import LocalRepository, Repository, SshRepository, parse_repository
from schema.diagnostics import Diagnostic, ManifestPath, Mark
from schema.document import Document, Mapping, Node, Scalar, Sequence
from schema.host import Manifest, Schedule, Setting
from schema.module import Module
from schema.scalars import Bounded, Calendar, Checked, SecretFile, Text, UnitName, text_problem
from schema.targets import TARGETS, Target

T = TypeVar("T")


def structure(document: Document) -> tuple[Manifest | None, list[Diagnostic]]:
    """Give the manifest, or None when a required option is missing or unusable.

    Returns:
        The manifest as far as it could be structured, and what is wrong with it: when there are
        diagnostics, the manifest serves later stages to find more of them, and is never rendered.
    """
    problems: list[Diagnostic] = []
    try:
        return _converter().structure(_Value(document.root, (), problems), Manifest), problems
    except _UnfitError:
        return None, problems


class _UnfitError(Exception):
    """A value was reported and cannot be used."""


@attrs.frozen(eq=False, repr=False)
class _Value:
    """A node on its way to a type, with its path and the list that problems go to."""

    node: Node
    path: ManifestPath
    problems: list[Diagnostic]

    def at(self, step: str | int, node: Node) -> "_Value":
        return _Value(node, (*self.path, step), self.problems)

    def report(
        self, code: str, message: str, fix: str | None = None, mark: Mark | None = None
    ) -> None:
        self.problems.append(Diagnostic(code, message, self.path, fix, mark=mark or self.node.mark))

    def refuse(self, code: str, message: str, fix: str | None = None) -> _UnfitError:
        self.report(code, message, fix)
        return _UnfitError()

    @property
    def name(self) -> str:
        return ".".join(str(step) for step in self.path if isinstance(step, str)) or "the manifest"


@cache
def _converter() -> cattrs.BaseConverter:
    converter = cattrs.BaseConverter(detailed_validation=False)
    converter.register_structure_hook_func(attrs.has, _structure_class)
    converter.register_structure_hook_func(_is_a(tuple), _structure_list)
    converter.register_structure_hook_func(_is_a(MappingType), _structure_mapping)
    converter.register_structure_hook_func(_is_optional, _structure_optional)
    converter.register_structure_hook_func(_is_a(Union), _structure_either)
    converter.register_structure_hook_func(_is_a(Literal), _structure_choice)
    converter.register_structure_hook(Checked, _structure_checked)
    converter.register_structure_hook(Bounded, _structure_number)
    converter.register_structure_hook(bool, _structure_boolean)
    converter.register_structure_hook_func(lambda type_: type_ is Target, _structure_target)
    converter.register_structure_hook_func(lambda type_: type_ == Repository, _structure_repository)
    converter.register_structure_hook_func(lambda type_: type_ is Schedule, _structure_schedule)
    converter.register_structure_hook_func(_is_modules, _structure_modules)
    converter.register_structure_hook_func(lambda type_: type_ == Setting, _structure_setting)
    return converter


def _is_a(origin: Any) -> Callable[[Any], bool]:
    return lambda type_: get_origin(type_) is origin


def _is_optional(type_: Any) -> bool:
    return isinstance(type_, UnionType) and type(None) in get_args(type_)


def _is_modules(type_: Any) -> bool:
    return get_origin(type_) is MappingType and get_args(type_)[1] is Module


def _structured(value: _Value, type_: type[T]) -> T:
    return _converter().structure(value, type_)


def _structure_class(value: _Value, type_: type[T]) -> T:
    if not isinstance(value.node, Mapping):
        raise value.refuse("HW013", f"{value.name} takes a mapping, not {_kind(value.node)}")
    fields = attrs.fields_dict(type_)
    collecting = next((name for name in fields if fields[name].metadata.get(option.COLLECTS)), None)
    options: dict[str, Any] = {}
    complete = True
    for name, field in fields.items():
        entry = value.node.get(name)
        if name == collecting:
            rest = tuple(entry for entry in value.node.entries if entry.key not in fields)
            options[name] = _structured(
                _Value(Mapping(rest, value.node.mark), value.path, value.problems), field.type
            )
        elif entry is not None:
            try:
                options[name] = _structured(value.at(name, entry.node), field.type)
                _report_empty(value.at(name, entry.node), field, options[name])
            except _UnfitError:
                complete = complete and field.default is not attrs.NOTHING
        elif field.default is attrs.NOTHING:
            complete = False
            _report_missing(value, name, field)
    if collecting is None:
        _report_unknown(value, value.node, fields)
    if not complete:
        raise _UnfitError
    return type_(**options)


def _report_empty(value: _Value, field: "attrs.Attribute[Any]", structured: Any) -> None:
    if field.metadata.get(option.NOT_EMPTY) and not structured and not value.problems:
        value.report("HW017", f"{value.name} is empty", f"for example: {field.metadata['example']}")


def _report_missing(value: _Value, name: str, field: "attrs.Attribute[Any]") -> None:
    example = field.metadata.get(option.EXAMPLE)
    where = f" in {value.name}" if value.path else ""
    value.report(
        "HW011",
        f'the option "{name}" is missing{where}: {field.metadata[option.HELP]}',
        f"for example: {name}: {example}" if example else None,
    )


def _report_unknown(value: _Value, node: Mapping, fields: MappingType[str, Any]) -> None:
    for entry in node.entries:
        if entry.key in fields:
            continue
        where = value.name if value.path else "the manifest"
        value.at(entry.key, entry.node).report(
            "HW012",
            f'unknown option "{entry.key}" in {where}',
            _nearest(entry.key, fields),
            mark=entry.mark,
        )


def _nearest(name: str, known: Any) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    if near:
        return f'did you mean "{near[0]}"?'
    return f"known here: {', '.join(sorted(known))}" if known else "nothing is known here"


def _structure_list(value: _Value, type_: Any) -> tuple[Any, ...]:
    item_type = get_args(type_)[0]
    if not isinstance(value.node, Sequence):
        text = value.node.text if isinstance(value.node, Scalar) and value.node.text else "..."
        raise value.refuse(
            "HW013", f"{value.name} takes a list, not {_kind(value.node)}", f"write [{text}]"
        )
    items = []
    for index, item in enumerate(value.node.items):
        try:
            items.append(_structured(value.at(index, item), item_type))
        except _UnfitError:
            continue
    return tuple(items)


def _structure_mapping(value: _Value, type_: Any) -> dict[str, Any]:
    key_type, item_type = get_args(type_)
    if isinstance(value.node, Scalar) and value.node.value is None:
        return {}
    if not isinstance(value.node, Mapping):
        raise value.refuse("HW013", f"{value.name} takes a mapping, not {_kind(value.node)}")
    items: dict[str, Any] = {}
    for entry in value.node.entries:
        at = value.at(entry.key, entry.node)
        try:
            key = _checked(at, entry.key, key_type, entry.mark)
            items[key] = _structured(at, item_type)
        except _UnfitError:
            continue
    return items


def _structure_optional(value: _Value, type_: Any) -> Any:
    if isinstance(value.node, Scalar) and value.node.value is None:
        return None
    inner = next(inner for inner in get_args(type_) if inner is not type(None))
    return _structured(value, inner)


def _structure_either(value: _Value, type_: Any) -> Any:
    """A word or a list, such as `all` or names of databases."""
    word, several = get_args(type_)
    return _structured(value, word if isinstance(value.node, Scalar) else several)


def _structure_choice(value: _Value, type_: Any) -> str:
    choices = get_args(type_)
    text = _text(value, "one of: " + ", ".join(choices))
    if text not in choices:
        from difflib import get_close_matches

        near = get_close_matches(text, choices, n=1)
        raise value.refuse(
            "HW015",
            f"{value.name} takes one of: {', '.join(choices)}",
            f'did you mean "{near[0]}"?' if near else None,
        )
    return text


def _structure_checked(value: _Value, type_: type[Checked]) -> Checked:
    if issubclass(type_, SecretFile):
        return _structure_secret_file(value, type_)
    return _checked(value, _text(value, type_.wanted), type_, value.node.mark)


def _structure_secret_file(value: _Value, type_: type[SecretFile]) -> Checked:
    node = value.node
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.value.startswith("/"):
        return _checked(value, node.value, type_, node.mark)
    raise value.refuse(
        "HW019",
        f"{value.name} is not a path: a secret must not stand in a manifest, "
        "whose tree everybody can read",
        f"put it into a file on the host and name that: {value.path[-1]}: {type_.example}",
    )


def _checked(value: _Value, text: str, type_: type[Checked], mark: Mark) -> Checked:
    try:
        return type_(text)
    except ValueError as error:
        value.report(
            "HW014", f'{value.name}: "{text}" {error}', f'for example: "{type_.example}"', mark
        )
        raise _UnfitError from None


def _text(value: _Value, wanted: str) -> str:
    node = value.node
    if isinstance(node, Scalar) and isinstance(node.value, str):
        if (problem := text_problem(node.value)) is not None:
            raise value.refuse("HW014", f"{value.name} {problem}")
        return node.value
    fix = f'quote it: "{node.text}"' if isinstance(node, Scalar) and node.text else None
    raise value.refuse("HW013", f"{value.name} takes {wanted}, not {_kind(node)}", fix)


def _structure_number(value: _Value, type_: type[Bounded]) -> Bounded:
    node = value.node
    if (
        not isinstance(node, Scalar)
        or isinstance(node.value, bool)
        or not isinstance(node.value, int)
    ):
        quoted = isinstance(node, Scalar) and isinstance(node.value, str) and node.value.isdigit()
        raise value.refuse(
            "HW013",
            f"{value.name} takes a whole number, not {_kind(node)}",
            "take the quotes off" if quoted else None,
        )
    try:
        return type_(node.value)
    except ValueError as error:
        raise value.refuse("HW014", f"{value.name}: {node.text} {error}") from None


def _structure_boolean(value: _Value, _: Any) -> bool:
    node = value.node
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    word = node.text.lower() if isinstance(node, Scalar) else ""
    meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(word)
    fix = f"write {meant}: in YAML 1.2 a plain {word} is a text" if meant else None
    raise value.refuse("HW013", f"{value.name} takes true or false, not {_kind(node)}", fix)


def _structure_target(value: _Value, _: Any) -> Target:
    name = _structure_choice(value, Literal[tuple(TARGETS)])
    return TARGETS[name]


def _structure_repository(value: _Value, _: Any) -> LocalRepository | SshRepository:
    text = _text(value, "a repository")
    try:
        return parse_repository(text)
    except ValueError as error:
        if "://" in text and "@" in text and ":" in text.split("://")[1].split("@")[0]:
            raise value.refuse(
                "HW019",
                f"{value.name} holds a password, which everybody could read in the tree",
                "log in with a key: set backup.ssh_key",
            ) from None
        raise value.refuse("HW014", f'{value.name}: "{text}" {error}') from None


def _structure_schedule(value: _Value, type_: type[Schedule]) -> Schedule:
    if isinstance(value.node, Scalar):
        return Schedule(at=_structured(value, Calendar))
    return _structure_class(value, type_)


def _structure_modules(value: _Value, _: Any) -> dict[str, Module]:
    found: dict[str, Module] = {}
    places: dict[str, Mark] = {}
    for name, mark, node in _listed_modules(value):
        at = value.at(name, node)
        if name in places:
            at.report("HW018", f'the module "{name}" is given twice', "keep one of them", mark)
            continue
        places[name] = mark
        if (type_ := modules.find(name)) is None:
            at.report("HW016", f'unknown module "{name}"', _nearest(name, modules.names()), mark)
            continue
        if isinstance(node, Scalar) and node.value is None:
            node = Mapping((), node.mark)
        try:
            found[name] = _structured(value.at(name, node), type_)
        except _UnfitError:
            continue
    return {name: found[name] for name in sorted(found) if found[name].enable}


def _listed_modules(value: _Value) -> list[tuple[str, Mark, Node]]:
    node = value.node
    if isinstance(node, Scalar) and node.value is None:
        return []
    if isinstance(node, Mapping):
        return [(entry.key, entry.mark, entry.node) for entry in node.entries]
    if isinstance(node, Scalar):
        raise value.refuse("HW013", f"modules takes a mapping or a list, not {_kind(node)}")
    listed: list[tuple[str, Mark, Node]] = []
    for index, item in enumerate(node.items):
        if isinstance(item, Scalar) and isinstance(item.value, str):
            listed.append((item.value, item.mark, Scalar("", None, item.mark)))
        elif isinstance(item, Mapping) and len(item.entries) == 1:
            entry = item.entries[0]
            listed.append((entry.key, entry.mark, entry.node))
        else:
            value.at(index, item).report(
                "HW013", f"a list of modules takes names and one-key mappings, not {_kind(item)}"
            )
    return listed


def _structure_setting(value: _Value, _: Any) -> Setting:
    """A directive of `units`: the text as it was written, so that 0750 and no stay what they are."""
    node = value.node
    if isinstance(node, Scalar):
        return None if node.value is None and not node.text.strip("~") else (_setting_text(value),)
    if isinstance(node, Mapping):
        raise value.refuse(
            "HW013",
            f"{value.name} takes a value or a list, not a mapping",
            'write NAME=value items: ["NAME=value"]',
        )
    items: list[str | tuple[str, ...]] = []
    for index, item in enumerate(node.items):
        at = value.at(index, item)
        if isinstance(item, Sequence):
            words = [at.at(place, word) for place, word in enumerate(item.items)]
            items.append(tuple(_setting_text(word) for word in words))
        else:
            items.append(_setting_text(at))
    return tuple(items)


def _setting_text(value: _Value) -> str:
    if not isinstance(value.node, Scalar):
        raise value.refuse("HW013", f"{value.name} takes texts, not {_kind(value.node)}")
    return _checked(value, value.node.text, Text, value.node.mark)


def _kind(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    if node.value is None:
        return "nothing"
    names = {bool: "a boolean", int: "a number", float: "a number", str: "the text"}
    shown = node.text if len(node.text) <= 60 else node.text[:57] + "..."
    return f'{names[type(node.value)]} "{shown}"'
