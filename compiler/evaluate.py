"""Manifest -> Catalog: modules are asked for requests, then declare; they meet only here."""

from attrs import evolve

from schema.catalog import Catalog, Declaration
from schema.diagnostics import Diagnostic
from schema.host import Manifest
from schema.module import Host, Module
from schema.resources import Request


def evaluate(manifest: Manifest) -> tuple[Catalog, list[Diagnostic]]:
    """Let every enabled module declare its resources.

    Returns:
        The catalog, and what the modules' own checks and unanswered requests have to say.
    """
    alone = Host(manifest.host, manifest.target, frozenset(manifest.modules))
    requests = tuple(
        request for module in manifest.modules.values() for request in module.requests(alone)
    )
    host = evolve(alone, requests=requests)
    problems = [_unanswered(request) for request in requests if not _is_answered(request, manifest)]
    declarations: list[Declaration] = []
    for name, module in manifest.modules.items():
        problems += [_placed(diagnostic, name) for diagnostic in module.check(host)]
        declarations += [Declaration(name, resource) for resource in module.declare(host)]
    return Catalog(tuple(declarations)), problems


def _is_answered(request: Request, manifest: Manifest) -> bool:
    return any(isinstance(request, module.answers) for module in manifest.modules.values())


def _placed(diagnostic: Diagnostic, module: str) -> Diagnostic:
    return evolve(diagnostic, path=("modules", module, *diagnostic.path))


def _unanswered(request: Request) -> Diagnostic:
    answering = _answering_module(type(request))
    return Diagnostic(
        "HW030",
        f"{'.'.join(map(str, request.path))} asks for something that no enabled module provides",
        request.path,
        fix=f'enable the module "{answering}": without it nothing would dump this database',
    )


def _answering_module(kind: type[Request]) -> str:
    import modules

    found: list[str] = []
    for name in modules.names():
        module: type[Module] | None = modules.find(name)
        if module is not None and kind in module.answers:
            found.append(name)
    return '" or "'.join(found)
