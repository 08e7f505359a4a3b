"""Which imports count, for `explain`: in the order in which the files are merged."""

from compiler.merge.active import Ways, holds
from compiler.merge.conditions import Facts
from schema.imported import Imported


def imported(ways: Ways, facts: Facts | None) -> tuple[Imported, ...]:
    """Every import of every file.

    Args:
        ways: the files, and the conditions on them.
        facts: what is true of the host; None where nothing hangs on a condition.
    """
    reached = ways.reached(facts, None)
    places = range(len(ways.edges))
    found = (_imported(ways, place, reached, facts) for place in places)
    return tuple(sorted(found, key=lambda one: one.of))


def _imported(ways: Ways, place: int, reached: tuple[bool, ...], facts: Facts | None) -> Imported:
    documents, edge = ways.sources.documents, ways.sources.edges[place]
    conditions = [one for one in (ways.edges[place], ways.own[edge.of]) if one is not None]
    untrue = [str(one) for one in conditions if not holds(one, facts, None)]
    why = f"{', '.join(untrue)} is not true" if untrue else ""
    if not reached[edge.by]:
        why = f"{documents[edge.by].file} does not count"
    when = ", ".join(map(str, conditions))
    return Imported(documents[edge.of].file, edge.mark, edge.by, edge.of, when, why)
