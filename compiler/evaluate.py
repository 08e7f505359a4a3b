"""Manifest -> Catalog: modules are asked for requests, then declare; they meet only here."""

from typing import Any

from attrs import evolve

from modules import OURS, Collection
from schema.catalog import Catalog, Declaration
from schema.diagnostics import Diagnostic
from schema.host import Manifest
from schema.module import Host, Module
from schema.resources import Database, Request


def evaluate(manifest: Manifest, collection: Collection = OURS) -> tuple[Catalog, list[Diagnostic]]:
    """Let every enabled module declare its resources.

    Returns:
        The catalog, and what the modules' own checks and unanswered requests have to say; of a
        module of the user's own also what it did wrong.
    """
    problems: list[Diagnostic] = []

    def ask(name: str, method: str, host: Host) -> list[Any]:
        items, found = _asked(collection, name, manifest.modules[name], method, host)
        problems.extend(found)
        return items

    alone = Host(manifest.host, manifest.target, frozenset(manifest.modules))
    requests = tuple(one for name in manifest.modules for one in ask(name, "requests", alone))
    host = evolve(alone, requests=requests)
    if not collection.is_crippled:
        unanswered = (request for request in requests if not _is_answered(request, manifest))
        problems += [_unanswered(request, collection) for request in unanswered]
    declarations: list[Declaration] = []
    for name in manifest.modules:
        problems += [_placed(diagnostic, name) for diagnostic in ask(name, "check", host)]
        declarations += [Declaration(name, item) for item in ask(name, "declare", host)]
    return Catalog(tuple(declarations)), problems


def _asked(
    collection: Collection, name: str, module: Module, method: str, host: Host
) -> tuple[list[Any], list[Diagnostic]]:
    """What a module yields; a module of the user's own is watched while it does."""
    source = collection.source(name)
    if source is None:
        return list(getattr(module, method)(host)), []
    from modules.own.asking import asked

    return asked(source, module, method, host)


def _is_answered(request: Request, manifest: Manifest) -> bool:
    return any(isinstance(request, module.answers) for module in manifest.modules.values())


def _placed(diagnostic: Diagnostic, module: str) -> Diagnostic:
    return evolve(diagnostic, path=("modules", module, *diagnostic.path))


def _unanswered(request: Request, collection: Collection) -> Diagnostic:
    answering = _answering_module(type(request), collection)
    why = ": without it nothing would dump this database" if isinstance(request, Database) else ""
    fix = f'enable the module "{answering}"{why}'
    return Diagnostic(
        "HW030",
        f"{'.'.join(map(str, request.path))} asks for something that no enabled module provides",
        request.path,
        fix=fix if answering else None,
    )


def _answering_module(kind: type[Request], collection: Collection) -> str:
    found: list[str] = []
    for name in collection.names():
        module = collection.find(name)
        if module is not None and issubclass(kind, module.answers):
            found.append(name)
    return '" or "'.join(found)
