"""Sections and mappings of names: key by key, each by its own rule."""

from collections.abc import Iterator

from attrs import evolve, frozen

from compiler.merge.active import holds
from compiler.merge.conditions import Facts, parse_condition
from compiler.merge.forms import as_commands, by_name, filled, place_of
from compiler.merge.given import Given, Record, best, is_null, tagged, untagged
from compiler.merge.lists import joined
from compiler.merge.remove import Reach, removed
from compiler.merge.shape import UNKNOWN, Finder, Shape, below, fields_of
from compiler.merge.values import strongest, wrapped
from schema.diagnostics import Diagnostic, ManifestPath
from schema.document import PLAIN, Entry, Mapping, Node, Sequence, tags_in


@frozen(eq=False, repr=False)
class Merger:
    """What is the same for every option of a manifest."""

    known: Finder
    reach: Reach
    facts: Facts | None
    denied: Facts | None
    record: Record

    def merged(self, path: ManifestPath, shape: Shape, givens: list[Given]) -> Node | None:
        """The value that definitions make together, or None when none of them counts."""
        if shape.is_modules:
            givens = [by_name(one, self.record) for one in givens]
        if shape.kind in ("list", "setting", "either"):
            return self._maybe_list(path, shape, givens)
        given = [tagged(one, self.record, path, is_list=False) for one in givens]
        if not path:
            self._refuse_removal(given)
        if shape.kind in ("section", "names"):
            return self._maybe_mapping(path, shape, given)
        return self._strongest(path, shape, given)

    def _strongest(self, path: ManifestPath, shape: Shape, givens: list[Given]) -> Node | None:
        winner = strongest(path, givens, self.record, is_secret=shape.is_secret)
        return None if winner is None else untagged(winner.node)

    def _refuse_removal(self, givens: list[Given]) -> None:
        """A file as a whole is not imported, rather than removed."""
        for one in givens:
            if one.active and one.node.tag is not None and one.node.tag.removes:
                message = "!remove takes out an option, or an item of a list, not a whole file"
                fix = "take the file out of the imports"
                mark = one.node.tag.mark
                self.record.problems.append(Diagnostic("HW027", message, (), fix, mark=mark))

    def _maybe_list(self, path: ManifestPath, shape: Shape, givens: list[Given]) -> Node | None:
        """A list, unless the strongest say something else: a word, or what does not fit."""
        if shape.kind == "setting":
            givens = [as_commands(path, one) for one in givens]
        givens = [
            tagged(one, self.record, path, is_list=isinstance(one.node, Sequence)) for one in givens
        ]
        others = [one for one in givens if one.active and not isinstance(one.node, Sequence)]
        wrong = [one for one in others if not (shape.nullable and is_null(one.node))]
        if wrong and shape.kind == "list":
            return untagged(wrong[-1].node)
        if any(one in others for one in best(givens)):
            return self._strongest(path, shape, givens)
        left = self._without(path, others, givens)
        node = joined(path, left, shape.default, self.reach, self.record)
        is_emptied = isinstance(node, Sequence) and not node.items
        orders = (tag for one in left for tag in tags_in(one.node))
        if shape.kind == "setting" and is_emptied and any(tag.removes for tag in orders):
            return None
        return node

    def _maybe_mapping(self, path: ManifestPath, shape: Shape, givens: list[Given]) -> Node | None:
        if sum(one.active for one in givens) > 1:
            givens = [wrapped(one, shape.short) for one in givens]
        is_module = len(path) == 2 and path[0] == "modules"
        if is_module or (shape.kind == "names" and not shape.nullable):
            givens = [filled(one) for one in givens]
        others = [one for one in givens if one.active and not isinstance(one.node, Mapping)]
        wrong = [one for one in others if not (shape.nullable and is_null(one.node))]
        if wrong:
            return untagged(wrong[-1].node)
        if any(one in others for one in best(givens)):
            return self._strongest(path, shape, givens)
        return self._keys(path, shape, self._without(path, others, givens))

    def _without(self, path: ManifestPath, others: list[Given], givens: list[Given]) -> list[Given]:
        """The definitions without weaker ones of another kind, which lose."""
        for one in others:
            self.record.note(path, one, self.record.stronger(best(givens)[-1]))
        return [one for one in givens if one not in others]

    def _keys(self, path: ManifestPath, shape: Shape, givens: list[Given]) -> Node | None:
        """Each key of any definition, in the order in which they come up."""
        givens = self._strong_enough(path, shape, givens)
        keyed: dict[str, list[tuple[Entry, Given]]] = {}
        for one in givens:
            for entry in one.node.entries if isinstance(one.node, Mapping) else ():
                child = one.at(entry.node, place_of(entry))
                keyed.setdefault(entry.key, []).append((entry, child))
        entries = [
            entry for key, found in keyed.items() for entry in self._key(path, shape, key, found)
        ]
        active = [one for one in givens if one.active]
        return Mapping(tuple(entries), active[-1].node.mark) if active else None

    def _strong_enough(self, path: ManifestPath, shape: Shape, givens: list[Given]) -> list[Given]:
        """A mapping of names is dropped by one that is stronger than plain, as a list is."""
        winners = best(givens)
        has_names = shape.kind == "names" or "" in fields_of(shape.type)
        if not (has_names and winners and winners[0].priority < PLAIN):
            for one in givens:
                self.record.note(path, one)
            return givens
        kept = [one for one in givens if one.priority <= winners[0].priority]
        for one in givens:
            why = "" if one in kept else self.record.stronger(winners[0])
            self.record.note(path, one, why)
            self._note_dropped(path, one, why)
        return kept

    def _note_dropped(self, path: ManifestPath, given: Given, by: str) -> None:
        """The keys of a mapping that is dropped as a whole, which nobody looks at again."""
        for entry in given.node.entries if by and isinstance(given.node, Mapping) else ():
            self.record.note((*path, entry.key), given.at(entry.node, place_of(entry)), by)

    def _key(
        self, path: ManifestPath, shape: Shape, key: str, found: list[tuple[Entry, Given]]
    ) -> Iterator[Entry]:
        own = (*path, key)
        child = below(shape, key, self.known)
        if child is UNKNOWN and not shape.is_modules:
            yield from (
                Entry(key, entry.mark, untagged(entry.node)) for entry, one in found if one.active
            )
            return
        givens = [self._conditional(own, one) if shape.is_modules else one for _, one in found]
        left = removed(own, givens, self.reach, self.record)
        node = self.merged(own, child, left)
        if node is not None:
            strength = min(_priority(one) for one in left if one.active)
            marks = [
                entry.mark
                for (entry, _), one in zip(found, givens, strict=True)
                if one.active and one in left and _priority(one) == strength
            ]
            yield Entry(key, marks[-1], node)

    def _conditional(self, path: ManifestPath, given: Given) -> Given:
        """A module's entry without its `when`, and whether that is true."""
        node = given.node
        entry = node.get("when") if isinstance(node, Mapping) else None
        if entry is None or not isinstance(node, Mapping):
            return given
        problems = self.record.problems
        condition = parse_condition(entry.node, self.known, problems)
        is_true = holds(condition, self.facts, self.denied)
        condition_given = given.at(entry.node, place_of(entry))
        why = "" if is_true else f"{condition} is not true"
        self.record.note((*path, "when"), condition_given, why)
        rest = tuple(one for one in node.entries if one is not entry)
        when = ", ".join(one for one in (given.when, str(condition)) if one)
        without = evolve(node, entries=rest)
        return evolve(given, node=without, active=given.active and is_true, when=when)


def _priority(given: Given) -> int:
    """How strong a definition is, its tag included."""
    tag = given.node.tag
    return given.priority if tag is None or tag.priority is None else tag.priority
