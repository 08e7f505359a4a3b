"""Lists, mappings, and values that may be absent or of two kinds."""

from typing import Any, get_args

from compiler.structure.advice import list_fix, mapping_fix
from compiler.structure.scalars import checked
from compiler.structure.value import UnfitError, Value, kind
from schema.bounded import Bounded
from schema.document import Mapping, Scalar, Sequence


def structure_list(value: Value, type_: Any) -> tuple[Any, ...]:
    """Every item that fits; a text is never taken apart into one."""
    if not isinstance(value.node, Sequence):
        message = f"{value.name} takes a list, not {kind(value.node)}"
        raise value.refuse("HW013", message, list_fix(value, get_args(type_)[0]))
    items = []
    for index, item in enumerate(value.node.items):
        try:
            items.append(value.at(index, item).to(get_args(type_)[0]))
        except UnfitError:
            continue
    return tuple(items)


def structure_mapping(value: Value, type_: Any) -> dict[str, Any]:
    """Every entry whose key and value fit."""
    if value.is_null:
        return {}
    if not isinstance(value.node, Mapping):
        raise refused_mapping(value, type_)
    key_type, item_type = get_args(type_)
    items: dict[str, Any] = {}
    for entry in value.node.entries:
        at = value.at(entry.key, entry.node, entry.mark)
        try:
            key = entry.key if key_type is str else checked(at, entry.key, key_type, entry.mark)
            items[key] = at.to(item_type)
        except UnfitError:
            continue
    return items


def structure_optional(value: Value, type_: Any) -> Any:
    """Null, or a value of the other type."""
    if value.is_null:
        return None
    return value.to(next(inner for inner in get_args(type_) if inner is not type(None)))


def structure_either(value: Value, type_: Any) -> Any:
    """A word or something else: `all` or the names of databases, `off` or a percentage."""
    word, several = get_args(type_)
    if isinstance(several, type) and issubclass(several, Bounded):
        return _word_or_number(value, get_args(word), several)
    if not isinstance(value.node, Scalar):
        return value.to(several)
    if value.node.value not in get_args(word):
        wanted = " or ".join(get_args(word))
        fix = list_fix(value, get_args(several)[0])
        message = f"{value.name} takes {wanted}, or a list, not {kind(value.node)}"
        raise value.refuse("HW013", message, fix)
    return value.to(word)


def _word_or_number(value: Value, words: tuple[str, ...], number: type[Bounded]) -> Any:
    found = value.node.value if isinstance(value.node, Scalar) else None
    if isinstance(found, str) and found in words:
        return found
    if isinstance(found, int) and not isinstance(found, bool):
        return value.to(number)
    wanted = f"{' or '.join(words)}, or a whole number from {number.least} to {number.most}"
    fix = f"write {words[0]}" if found is False or found is None else "write the number alone"
    raise value.refuse("HW013", f"{value.name} takes {wanted}, not {kind(value.node)}", fix)


def refused_mapping(value: Value, type_: Any) -> UnfitError:
    """Report a value that should have been options by name; the error to raise."""
    message = f"{value.name} takes a mapping, not {kind(value.node)}"
    return value.refuse("HW013", message, mapping_fix(value, type_))
