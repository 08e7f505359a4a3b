"""Which files count: those that the host reaches over imports whose conditions are true."""

from collections.abc import Callable

from attrs import field, frozen

from compiler.merge.conditions import Condition, Facts, parse_condition
from schema.diagnostics import Diagnostic
from schema.document import Edge, Sources


@frozen(eq=False, repr=False)
class Ways:
    """The conditions on the way to each source."""

    sources: Sources
    own: tuple[Condition | None, ...]
    edges: tuple[Condition | None, ...]
    _from: tuple[list[tuple[Edge, Condition | None]], ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        imports: tuple[list[tuple[Edge, Condition | None]], ...]
        imports = tuple([] for _ in self.sources.documents)
        for edge, condition in zip(self.sources.edges, self.edges, strict=True):
            imports[edge.by].append((edge, condition))
        object.__setattr__(self, "_from", imports)

    @property
    def is_plain(self) -> bool:
        """Whether no file hangs on a condition."""
        return not any(self.own) and not any(self.edges)

    def reached(self, facts: Facts | None, denied: Facts | None) -> tuple[bool, ...]:
        """Of each source, whether it counts; without facts, no condition is true."""
        count = len(self.sources.documents)
        found = [False] * count
        found[-1] = True
        for place in range(count - 1, -1, -1):
            found[place] = found[place] and holds(self.own[place], facts, denied)
            if found[place]:
                for edge, condition in self._from[place]:
                    found[edge.of] = found[edge.of] or holds(condition, facts, denied)
        return tuple(found)

    @property
    def told(self) -> tuple[str, ...]:
        """Of each source, the conditions on the ways to it, in a few words."""
        count = len(self.sources.documents)
        ways: list[list[str]] = [[] for _ in range(count)]
        ways[-1] = [""]
        found = [""] * count
        for place in range(count - 1, -1, -1):
            own = self.own[place]
            over = "" if "" in ways[place] else " or ".join(dict.fromkeys(ways[place]))
            found[place] = ", ".join(one for one in (over, str(own) if own else "") if one)
            for edge, condition in self._from[place]:
                said = (found[place], str(condition) if condition else "")
                ways[edge.of].append(", ".join(one for one in said if one))
        return tuple(found)


def ways_of(sources: Sources, known: Callable[[str], object], problems: list[Diagnostic]) -> Ways:
    """Read the conditions on imports, and those at the top of imported files."""
    edges = tuple(
        None if edge.when is None else parse_condition(edge.when, known, problems)
        for edge in sources.edges
    )
    own: list[Condition | None] = []
    for document in sources.documents:
        entry = document.root.get("when")
        if entry is None:
            own.append(None)
        elif document is sources.documents[-1]:
            message = "the manifest of a host cannot hang on a condition"
            fix = "write it behind an import, a module, or at the top of an imported file"
            problems.append(Diagnostic("HW029", message, ("when",), fix, mark=entry.mark))
            own.append(None)
        else:
            own.append(parse_condition(entry.node, known, problems))
    return Ways(sources, tuple(own), edges)


def holds(condition: Condition | None, facts: Facts | None, denied: Facts | None) -> bool:
    """Whether a condition is true; none always is, and without facts no condition is."""
    return condition is None or (facts is not None and condition.holds(facts, denied))
