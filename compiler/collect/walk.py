"""The way through all imports, on a stack of its own: a long chain of files costs no recursion."""

import os
from collections.abc import Iterator

from attrs import field, frozen

from compiler.beside import beside
from compiler.collect.folder import folder
from compiler.collect.steps import Step, steps
from compiler.collect.tags import misplaced_tags
from compiler.profiles import Profiles
from schema.diagnostics import Diagnostic, RejectedError, Related
from schema.document import Document, Edge, Sources

MAXIMUM_FILES = 1000
"""How many files a manifest may be made of, whichever way they import one another."""

Asked = tuple[Step, str, str]
"""An import, the name of a file that it brings, and the path to it as messages say it."""


def walk(document: Document, profiles: Profiles) -> tuple[Sources, list[Diagnostic]]:
    """Read what a manifest imports, as `collect` does."""
    way = _Way(profiles)
    way.enter(document, profiles.real(document.file), Step("", document.root.mark))
    while way.stack:
        asked = next(way.stack[-1].asked, None)
        if asked is None:
            way.leave()
        else:
            way.follow(*asked)
    return Sources(tuple(way.documents), tuple(way.edges)), way.problems


@frozen(eq=False, repr=False)
class _Open:
    """A file some imports of which are still to be read, and the import that asked for it."""

    document: Document
    identity: str
    step: Step
    asked: Iterator[Asked]
    brought: list[tuple[int, Step]] = field(factory=list)


@frozen(eq=False, repr=False)
class _Way:
    """Where the walk is, and what it found.

    Attributes:
        stack: the files from the manifest down to the one that is being read.
        depths: their places in the stack, by the real path of each.
        places: of each file that was read, its place among the documents; None if it is none.
    """

    profiles: Profiles
    documents: list[Document] = field(factory=list)
    edges: list[Edge] = field(factory=list)
    problems: list[Diagnostic] = field(factory=list)
    stack: list[_Open] = field(factory=list)
    depths: dict[str, int] = field(factory=dict)
    places: dict[str, int | None] = field(factory=dict)

    def enter(self, document: Document, identity: str, step: Step) -> None:
        """Begin with a file."""
        if document.has_tags:
            self.problems.extend(misplaced_tags(document))
        self.depths[identity] = len(self.stack)
        self.stack.append(_Open(document, identity, step, self._asked(document)))

    def leave(self) -> None:
        """Put a file behind all that it imports."""
        done = self.stack.pop()
        del self.depths[done.identity]
        place = self.places[done.identity] = len(self.documents)
        self.documents.append(done.document)
        self.edges.extend(Edge(place, other, step.when, step.mark) for other, step in done.brought)
        if self.stack:
            self.stack[-1].brought.append((place, done.step))

    def follow(self, step: Step, name: str, path: str) -> None:
        """Go on to a file that the one on top asks for, unless it was met already."""
        try:
            identity = self.profiles.real(name)
            if identity in self.depths:
                self.problems.append(self._circle(name, identity, step))
            elif identity not in self.places:
                self._read(step, name, identity)
            elif (place := self.places[identity]) is not None:
                self.stack[-1].brought.append((place, step))
        except (OSError, ValueError) as error:  # ValueError: of a NUL in its name
            self.problems.append(_unreadable(step, path, error))

    def _read(self, step: Step, name: str, identity: str) -> None:
        if len(self.depths) + len(self.places) == MAXIMUM_FILES:
            self.problems.append(
                step.refused(f"the manifest is made of more than {MAXIMUM_FILES} files")
            )
            self.places[identity] = None
        if len(self.depths) + len(self.places) > MAXIMUM_FILES:
            return
        try:
            self.enter(self.profiles.load(name), identity, step)
        except RejectedError as rejected:
            self.problems.extend(rejected.diagnostics)
            self.places[identity] = None

    def _asked(self, document: Document) -> Iterator[Asked]:
        """The files that a document imports, each when the ones before it are read."""
        for step in steps(document, self.problems):
            try:
                name = beside(document.file, step.path, self.profiles.real)
                if not os.path.isdir(name):
                    yield step, name, step.path
                    continue
                files, problems = folder(name)
            except (OSError, ValueError) as error:
                self.problems.append(_unreadable(step, step.path, error))
                continue
            said = (f"cannot import {step.path}: {problem}" for problem in problems)
            self.problems.extend(map(step.refused, said))
            for file in files:
                path = os.path.join(step.path, file)
                yield step, os.path.normpath(os.path.join(name, file)), path

    def _circle(self, name: str, identity: str, step: Step) -> Diagnostic:
        ring = self.stack[self.depths[identity] :]
        return Diagnostic(
            "HW025",
            "imports go round in a circle: "
            + " -> ".join([*(one.document.file for one in ring), name]),
            ("imports",),
            "take one of these imports out; what both files need belongs into a third",
            mark=step.mark,
            related=tuple(
                Related(f"{one.document.file} is imported here", one.step.mark) for one in ring[1:]
            ),
        )


def _unreadable(step: Step, path: str, error: OSError | ValueError) -> Diagnostic:
    reason = getattr(error, "strerror", None) or str(error)
    return step.refused(f"cannot import {path}: {reason}")
