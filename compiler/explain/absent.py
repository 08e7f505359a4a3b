"""Why something is not there: a module that is off, a directive that was taken out."""

from compiler.explain.declared import DIRECTIVE
from compiler.explain.definitions import place_of
from compiler.explain.subject import Subject
from schema.diagnostics import ManifestPath
from schema.document import Scalar


def absent_module(subject: Subject, path: ManifestPath) -> str:
    """Why the module of an option is not on the host; empty if it is, or it is about none."""
    if path[:1] != ("modules",) or len(path) == 1:
        return ""
    if subject.enabled is None or path[1] in subject.enabled:
        return ""
    name, definitions = path[1], subject.document.definitions
    given = definitions.get(path[:2], ())
    if any(one.won for one in given):
        switches = definitions.get((*path[:2], "enable"), ())
        place = next((place_of(subject.document, one.mark) for one in switches if one.won), "")
        return f"the module {name} is switched off{f' ({place})' if place else ''}"
    untrue = ", ".join(dict.fromkeys(one.why for one in given if one.why))
    return f"the module {name} is not on this host{f': {untrue}' if untrue else ''}"


def removed_directive(subject: Subject, path: ManifestPath) -> str:
    """Where a null takes a directive out of a unit; empty where none does."""
    if path[:1] != ("units",) or len(path) != DIRECTIVE:
        return ""
    for one in subject.document.definitions.get(path, ()):
        if one.won and isinstance(one.node, Scalar) and one.node.value is None:
            return place_of(subject.document, one.mark)
    return ""
