"""Every definition of an option: where it stands, how strong it is, and whether it won."""

import attrs

from compiler.explain.answers import Said
from compiler.explain.declared import declared_at
from compiler.explain.secrecy import Veil
from compiler.merge.given import DEFAULT_PRIORITY
from compiler.merge.remove import REMOVED
from compiler.reference.sections import Entry, Modules
from compiler.reference.words import in_yaml, merge_rule
from compiler.show import flow
from modules import Collection
from schema.diagnostics import ManifestPath, Mark
from schema.document import PLAIN, PLAIN_ORDER, Definition, Document, Mapping, Node, Sequence

CONFLICT = "as strong as another value (HW024)"
_STRENGTHS = {DEFAULT_PRIORITY: "default", 1000: "!default", PLAIN: "plain", 50: "!force"}
_ORDERS = {500: "!before", PLAIN_ORDER: "", 1500: "!after"}


def definitions(
    document: Document, path: ManifestPath, modules: Modules, veil: Veil
) -> tuple[Said, ...]:
    """All definitions of what stands at a path, winners first; its own default last."""
    removed = document.definitions.get((*path, REMOVED), ())
    defined = (*defined_at(document, path), *removed)
    found = [_said(document, one, veil, path) for one in defined]
    declared = declared_at(path, modules)
    if isinstance(declared, Entry) and merge_rule(declared) in ("equal", "whole"):
        found = _undecided(found)
    found.sort(key=lambda one: (not one.won, one.priority))
    default = own_default(document, path, modules)
    if default is not None:
        value, class_ = default
        wins = not found or all(not one.won and one.why != CONFLICT for one in found)
        why = "" if wins else "weaker than what is written"
        strength = _STRENGTHS[DEFAULT_PRIORITY]
        place = f"declared in {class_}"
        found.append(Said(value, place, DEFAULT_PRIORITY, strength, won=wins, why=why))
    return tuple(found)


def _written(node: Node) -> str:
    """A value in YAML, the tags of a list's items included."""
    if not isinstance(node, Sequence):
        return flow(node)
    items = (f"{item.tag.text} {flow(item)}" if item.tag else flow(item) for item in node.items)
    return f"[{', '.join(items)}]"


def _undecided(found: list[Said]) -> list[Said]:
    """Of several values of the same strength, none has won."""
    if len({one.value for one in found if one.won}) < 2:
        return found
    return [attrs.evolve(one, won=False, why=CONFLICT) if one.won else one for one in found]


def own_default(document: Document, path: ManifestPath, modules: Modules) -> tuple[str, str] | None:
    """What holds when no file says anything, and the class that declares it.

    An option of a section that is not written has the value that the section's own default gives
    it: `backup.keep.daily` is 30, and 0 as soon as there is a `keep`.
    """
    declared = declared_at(path, modules)
    if not isinstance(declared, Entry) or declared.is_required or declared.is_collected:
        return None
    if len(path) != len(declared.path):
        return None
    above = declared_at(path[:-1], modules)
    default, section = declared.field.default, declared.section
    if isinstance(above, Entry) and not defined_at(document, path[:-1]):
        given = getattr(above.field.default, str(path[-1]), default)
        if given != default:
            default, section = given, above.section
    return in_yaml(default), class_name(section, modules)


def given_above(document: Document, path: ManifestPath, modules: Modules) -> str:
    """The default of the section of an option, in YAML, where nothing is written of either."""
    above = declared_at(path[:-1], modules) if len(path) > 1 else None
    if not isinstance(above, Entry) or len(path) != len(above.path) + 1:
        return ""
    if above.is_required or above.field.default is None or defined_at(document, path[:-1]):
        return ""
    return in_yaml(above.field.default)


def class_name(type_: type, modules: Modules) -> str:
    """Where a class of options is: its name with dots, or the file of one of the user's own."""
    own = type_.__module__.removeprefix("own:")
    if own == type_.__module__:
        return f"{own}.{type_.__name__}"
    name = own.rpartition(".")[2]
    source = modules.source(name) if isinstance(modules, Collection) else None
    return source.file if source else f"{name}.py"


def place_of(document: Document, mark: Mark) -> str:
    """A place as reports write it."""
    return mark.place(document.file)


def defined_at(document: Document, path: ManifestPath) -> tuple[Definition, ...]:
    """The definitions of a path; of what is merged whole, those of the whole, each at its part."""
    for length in range(len(path), 0, -1):
        if found := document.definitions.get(path[:length]):
            rest = path[length:]
            parts = ((one, _at(one.node, rest)) for one in found)
            return tuple(
                attrs.evolve(one, node=node[0], mark=node[1] or one.mark)
                for one, node in parts
                if node is not None
            )
    return ()


def _at(node: Node, path: ManifestPath) -> tuple[Node, Mark | None] | None:
    """What stands at a path below a node, and its place; None when nothing does."""
    mark = None
    for step in path:
        if isinstance(node, Mapping) and (entry := node.get(str(step))) is not None:
            node, mark = entry.node, entry.node.mark
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            mark = node.mark
        elif not isinstance(node, Mapping | Sequence) and step == "at":
            mark = node.mark  # a schedule may be written as its time alone
        else:
            return None
    return node, mark


def _said(document: Document, one: Definition, veil: Veil, path: ManifestPath) -> Said:
    order = "" if one.order == PLAIN_ORDER else _ORDERS.get(one.order, f"!order {one.order}")
    return Said(
        veil.over(path, _written(one.node)),
        place_of(document, one.mark),
        one.priority,
        _STRENGTHS.get(one.priority, f"!override {one.priority}"),
        order,
        one.when,
        one.won,
        one.why,
    )
