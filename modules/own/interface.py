"""A file of the user's own -> its module class, checked as a test checks ours."""

import os
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from types import FunctionType, ModuleType
from typing import Any

from attrs import fields_dict

from modules.own.options import option_problems
from modules.own.source import Source, package_of, set_apart
from schema.diagnostics import Diagnostic
from schema.module import Module
from schema.renaming import Removed, Renamed
from schema.resources import Request

_FIX = "derive one class from schema.module.Module, or DumpModule, and decorate it with @frozen"


def load(source: Source) -> tuple[type[Module] | None, tuple[Diagnostic, ...]]:
    """The module of a file, or what is wrong with it."""
    doing = "it is loaded"
    if not os.path.isfile(source.real):
        return None, (source.refused("it is no regular file, or leads to none", "replace it"),)
    try:
        with set_apart():
            room = _room(source)
            doing = "its options are looked at"
            module, problems = _module(source, room)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever the user's code does
        return None, (source.failed(error, doing),)
    return (None if problems else module), tuple(problems)


def _room(source: Source) -> ModuleType:
    """The file, run once for the process, in a package of its folder's own.

    So it can import its neighbours (`from ._shared import x`), and two folders never clash.
    """
    package = package_of(source.folder)
    name = f"{package}.{source.name}"
    if name in sys.modules:
        return sys.modules[name]
    if package not in sys.modules:
        parent = ModuleType(package)
        parent.__path__ = [source.folder.real]
        sys.modules[package] = parent
    spec = spec_from_file_location(name, source.real)
    if spec is None or spec.loader is None:
        raise ImportError(f"Python cannot load {source.file}")
    room = module_from_spec(spec)
    sys.modules[name] = room
    try:
        spec.loader.exec_module(room)
    except BaseException:
        del sys.modules[name]
        raise
    return room


def _module(source: Source, room: ModuleType) -> tuple[type[Module] | None, list[Diagnostic]]:
    classes = [one for one in vars(room).values() if isinstance(one, type)]
    own = dict.fromkeys(one for one in classes if one.__module__ == room.__name__)
    found = [one for one in own if issubclass(one, Module)]
    if not found:
        return None, [_without_class(source, list(own))]
    if len(found) > 1:
        names = " and ".join(one.__name__ for one in found)
        fix = "put each module into a file of its own, and a base of both into one that begins _"
        message = f"a file is one module, and there are {len(found)} classes of modules: {names}"
        return None, [source.refused(message, fix, _line(source, found[1]))]
    module = found[0]
    return module, list(_problems(source, module))


def _without_class(source: Source, classes: list[type]) -> Diagnostic:
    options = [one for one in classes if not issubclass(one, str | int | Exception)]
    if len(options) == 1:
        name = options[0].__name__
        message = f"the class {name} is no module: it is not derived from Module"
        return source.refused(message, _FIX, _line(source, options[0]))
    return source.refused("there is no class of a module in this file", _FIX)


def _problems(source: Source, module: type[Module]) -> Iterator[Diagnostic]:
    line = _line(source, module)
    if "__attrs_attrs__" not in vars(module):
        message = f"the class {module.__name__} is no frozen class of attrs, so it has no options"
        yield source.refused(message, "write @frozen, of attrs, above it", line)
        return
    if module.declare is Module.declare:
        yield _without_declare(source, module)
    if not _are_requests(module.answers):
        message = "answers is no tuple of classes derived from Request"
        yield source.refused(message, "for example: answers = (Database,)", line)
    if not _are(module.renames, (Renamed, Removed)):
        message = "renames is no tuple of Renamed and Removed"
        yield source.refused(message, "both are in schema.renaming", line)
    for name in ("enable", "when"):
        if not getattr(fields_dict(module)[name], "inherited", False):
            message = f'every module has the option "{name}" already, with a meaning of its own'
            yield source.refused(
                message, "call the option something else", _line(source, module, name)
            )
    for owner, option, message, fix in option_problems(module):
        yield source.refused(message, fix, _line(source, owner, option))


def _without_declare(source: Source, module: type[Module]) -> Diagnostic:
    """A method by another name is never asked, and nobody would hear of it before the restore."""
    from difflib import get_close_matches

    methods = {name: one for name, one in vars(module).items() if isinstance(one, FunctionType)}
    near = get_close_matches("declare", methods, 1, 0.7)
    line = source.line_of(methods[near[0]]) if near else _line(source, module)
    return source.refused(
        f"the class {module.__name__} has no declare(), so nothing of it would be backed up",
        'call it "declare"'
        if near
        else "define it; where a module only checks or asks, let declare() return ()",
        line,
    )


def _are(values: Any, kinds: tuple[type, ...]) -> bool:
    return isinstance(values, tuple) and all(isinstance(one, kinds) for one in values)


def _are_requests(answers: Any) -> bool:
    return _are(answers, (type,)) and all(issubclass(one, Request) for one in answers)


def _line(source: Source, class_: type, option: str | None = None) -> int:
    """The line of a class, or of one of its options, in the module's own file; or the first."""
    import ast

    with open(source.real, "rb") as file:
        tree = ast.parse(file.read())
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == class_.__name__:
            for line in node.body:
                target = line.target if isinstance(line, ast.AnnAssign) else None
                if isinstance(line, ast.Assign):
                    target = line.targets[0] if isinstance(line.targets[0], ast.Name) else None
                if isinstance(target, ast.Name) and target.id == option:
                    return line.lineno
            return node.lineno
    return 1
