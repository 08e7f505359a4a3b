"""What a module of the user's own answers, checked item by item."""

from collections.abc import Iterator, MutableMapping
from typing import Any

from attrs import fields, has

from modules.own.source import Source, set_apart
from modules.own.yields import item_problem
from schema.diagnostics import Diagnostic
from schema.module import Host, Module

Kept = tuple[str, MutableMapping[Any, Any], dict[Any, Any]]
"""A mapping that an option holds: the option, the mapping itself, and what was in it."""


def asked(
    source: Source, module: Module, method: str, host: Host
) -> tuple[list[Any], list[Diagnostic]]:
    """What `requests`, `check` or `declare` yields, and what is wrong with that.

    Of a `declare` that goes wrong nothing is taken: half of it would only cause more complaints.
    """
    items: list[Any] = []
    problems: list[Diagnostic] = []
    before = list(_mappings(module))
    try:
        with set_apart():
            answer = getattr(module, method)(host)
            for item, found in _checked(answer, method):
                if found is None:
                    items.append(item)
                else:
                    line = _line(answer, source, module, method)
                    problems.append(source.refused(f"{method}() {found[0]}", found[1], line))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever the user's code does
        problems.append(source.failed(error, f"{method}() is asked"))
    for name in _restored(before):
        message = f'{method}() changes the option "{name}", also for the next host'
        problems.append(source.refused(message, "copy the mapping first"))
    return ([] if problems and method == "declare" else items), problems


def _checked(answer: Any, method: str) -> Iterator[tuple[Any, tuple[str, str | None] | None]]:
    """Each item, and what is wrong with it."""
    if not hasattr(answer, "__iter__") or isinstance(answer, str):
        told = f"gives {type(answer).__name__}, and not one thing after the other"
        yield answer, (told, "yield each of them; with nothing to yield, leave the method out")
        return
    for item in answer:
        found = item_problem(item, method)
        yield item, None if found is None else (f"yields {found[0]}", found[1])


def _line(answer: Any, source: Source, module: Module, method: str) -> int:
    """The line of the `yield` that a generator stands at, or else of its function."""
    frame = getattr(answer, "gi_frame", None)
    code = getattr(getattr(type(module), method), "__code__", None)
    if frame is not None and frame.f_code.co_filename == source.real:
        return int(frame.f_lineno)
    return code.co_firstlineno if code is not None and code.co_filename == source.real else 1


def _mappings(options: Any) -> Iterator[Kept]:
    """Every mapping below some options: all that a frozen class cannot freeze."""
    for field in fields(type(options)):
        value = getattr(options, field.name)
        if isinstance(value, MutableMapping):
            yield field.name, value, dict(value)
        elif has(type(value)):
            yield from _mappings(value)


def _restored(before: list[Kept]) -> Iterator[str]:
    """The options whose mapping was changed, and is as it was again."""
    for name, mapping, content in before:
        if mapping != content:
            mapping.clear()
            mapping.update(content)
            yield name
