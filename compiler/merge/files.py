"""All files of a manifest, merged with the conditions that are true of some facts."""

from typing import Any

from attrs import evolve, frozen

from compiler.merge.active import Ways, ways_of
from compiler.merge.conditions import Facts
from compiler.merge.facts import facts_of, settled
from compiler.merge.given import Given, Record
from compiler.merge.inline_secrets import inline_secrets
from compiler.merge.remove import Reach, reach_of
from compiler.merge.sections import Merger
from compiler.merge.shape import Finder, Shape, shape_of
from schema.diagnostics import Diagnostic
from schema.document import Document, Mapping, Sources

OF_FILES = ("imports", "when")
"""Keys that are about a file rather than about the host."""
_OF_FACTS = ("host", "target", "tags", "modules")
"""The options that conditions ask for."""


def merged_files(
    sources: Sources, known: Finder, root: type[Any], conditions: int, *, explained: bool
) -> tuple[Document, list[Diagnostic]]:
    """Merge what the files of a manifest say.

    Args:
        sources: the files, in the order of the imports.
        known: finds the module of a name, or None.
        root: the class whose fields are the options.
        conditions: how many entries of `modules` hang on one.
        explained: whether the document is to know all definitions, the losing ones too.
    """
    problems: list[Diagnostic] = []
    ways = ways_of(sources, known, problems)
    task = _Task(sources, ways, reach_of(sources), known, shape_of(root), explained)
    if ways.is_plain and not conditions:
        document, found = task.merged(None)
        return document, [*problems, *found]
    count = conditions + sum(1 for one in (*ways.own, *ways.edges) if one)
    facts, undecided = settled(ways, count, task.facts)
    document, found = task.merged(facts)
    return document, [*problems, *found, *([undecided] if undecided else ())]


@frozen(eq=False, repr=False)
class _Task:
    """What is merged, and by which rules."""

    sources: Sources
    ways: Ways
    reach: Reach
    known: Finder
    root: Shape
    explained: bool

    def merged(self, facts: Facts | None) -> tuple[Document, list[Diagnostic]]:
        """Merge with the conditions that are true of these facts."""
        own = self.sources.documents[-1]
        record = Record(own.file, definitions={} if self.explained else None)
        roots = [without_keys_of_files(one.root) for one in self.sources.documents]
        top = self._merged(roots, facts, None, record)
        document = Document(own.file, own.lines, top, definitions=record.definitions or {})
        if self.explained:
            document = self._with_sources(document, facts)
        problems = [*record.problems, *inline_secrets(roots, top, self.root, self.known)]
        return document, list(dict.fromkeys(problems))

    def _with_sources(self, document: Document, facts: Facts | None) -> Document:
        """The merged document with what `explain` says of its files."""
        from compiler.merge.imported import imported

        imports = imported(self.ways, facts)
        return evolve(document, sources=self.sources.documents, imports=imports)

    def facts(self, facts: Facts | None, denied: Facts | None) -> Facts:
        """What is true of the host if conditions ask these facts."""
        roots = [_only(one.root, _OF_FACTS) for one in self.sources.documents]
        record = Record(self.sources.documents[-1].file)
        return facts_of(self._merged(roots, facts, denied, record))

    def _merged(
        self, roots: list[Mapping], facts: Facts | None, denied: Facts | None, record: Record
    ) -> Mapping:
        reached, told = self.ways.reached(facts, denied), self.ways.told
        givens = [
            Given(root, root.mark, place, active=reached[place], when=told[place])
            for place, root in enumerate(roots)
        ]
        merger = Merger(self.known, self.reach, facts, denied, record)
        merged = merger.merged((), self.root, givens)
        return merged if isinstance(merged, Mapping) else Mapping((), roots[-1].mark)


def without_keys_of_files(root: Mapping) -> Mapping:
    """What a file says of the host."""
    if not any(root.get(key) for key in OF_FILES):
        return root
    return evolve(root, entries=tuple(one for one in root.entries if one.key not in OF_FILES))


def _only(root: Mapping, keys: tuple[str, ...]) -> Mapping:
    return evolve(root, entries=tuple(one for one in root.entries if one.key in keys))
