"""What a module of the user's own answers, checked item by item."""

from collections.abc import Iterator, MutableMapping
from typing import Any

from attrs import fields, has

from modules.own.kinds import value_name
from modules.own.source import Source, set_apart
from modules.own.stray import stray_step
from modules.own.yields import item_problem
from schema.diagnostics import Diagnostic, Severity
from schema.module import Host, Module

Kept = tuple[str, MutableMapping[Any, Any], dict[Any, Any]]
"""A mapping that an option holds: the option, the mapping itself, and what was in it."""
Checked = tuple[Any, tuple[str, str | None] | None]
"""What a method gave, and what is wrong with it: the message and the fix."""


def asked(
    source: Source, module: Module, method: str, host: Host
) -> tuple[list[Any], list[Diagnostic]]:
    """What `requests`, `check` or `declare` yields, and what is wrong with that.

    Of a `declare` that goes wrong nothing is taken: half of it would only cause more complaints.
    """
    items: list[Any] = []
    problems: list[Diagnostic] = []
    ends: list[Any] = []
    before = list(_mappings(module))
    function = getattr(type(module), method)
    try:
        with set_apart():
            answer = getattr(module, method)(host)
            for item, found in _checked(answer, method, module, ends):
                if found is None:
                    items.append(item)
                else:
                    line = _line(answer, source, function)
                    problems.append(source.refused(f"{method}() {found[0]}", found[1], line))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever the user's code does
        problems.append(source.failed(error, f"{method}() is asked", source.line_of(function)))
    for name in _restored(before):
        message = f'{method}() changes the option "{name}", also for the next host'
        problems.append(source.refused(message, "copy the mapping first"))
    if method == "declare" and not (problems or items or _is_nothing(ends[0])):
        problems.append(_nothing(source))
    return ([] if problems and method == "declare" else items), problems


def _nothing(source: Source) -> Diagnostic:
    return Diagnostic(
        "HW032",
        f'the module "{source.name}" declares nothing with these options: nothing of it is backed '
        "up",
        ("modules", source.name),
        "where that is meant, let its declare() return ()",
        Severity.WARNING,
    )


def _checked(answer: Any, method: str, module: Module, ends: list[Any]) -> Iterator[Checked]:
    """Each item, and what is wrong with it; into `ends` comes what a generator returns."""
    if not hasattr(answer, "__iter__") or isinstance(answer, str):
        told = f"gives {type(answer).__name__}, and not one thing after the other"
        yield answer, (told, "yield each of them; where there is nothing, return ()")
        return
    for item in _driven(answer, ends):
        found = item_problem(item, method) or _stray(item, module)
        yield item, None if found is None else (f"yields {found[0]}", found[1])
    if ends[0] is not None and not _is_nothing(ends[0]):
        told = f"returns {value_name(ends[0])}, and yields: what a generator returns is lost"
        yield ends[0], (told, "yield it")


def _driven(answer: Any, ends: list[Any]) -> Iterator[Any]:
    """Each item; then `ends` has what the generator returned, or the empty tuple that it is."""
    end = yield from answer
    ends.append(answer if _is_nothing(answer) else end)


def _is_nothing(value: Any) -> bool:
    """Whether it says that there is nothing: an empty tuple is written, a list may be computed."""
    return isinstance(value, tuple) and not value


def _stray(item: Any, module: Module) -> tuple[str, str | None] | None:
    """A diagnostic would stand at the whole module when its option does not exist."""
    step = stray_step(module, item.path) if isinstance(item, Diagnostic) else None
    if step is None:
        return None
    return f"a Diagnostic at an option that does not exist: the module has no option {step}", None


def _line(answer: Any, source: Source, function: Any) -> int:
    """The line of the `yield` that a generator stands at, or else of its function."""
    frame = getattr(answer, "gi_frame", None)
    if frame is not None and frame.f_code.co_filename == source.real:
        return int(frame.f_lineno)
    return source.line_of(function)


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
