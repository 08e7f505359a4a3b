"""The `imports` of one document: the paths, their places, and what is wrong with them."""

from collections.abc import Iterator

from attrs import evolve, frozen

from schema.diagnostics import Diagnostic, Mark
from schema.document import Document, Mapping, Node, Scalar, Sequence


@frozen(eq=False, repr=False)
class Step:
    """One of `imports`: a path that was written, its place, and the condition behind it."""

    path: str
    mark: Mark
    when: Node | None = None

    def refused(self, message: str) -> Diagnostic:
        """The path leads to nothing that can be imported."""
        fix = "a path is relative to the file that imports it"
        return Diagnostic("HW026", message, ("imports",), fix, mark=self.mark)


def steps(document: Document, problems: list[Diagnostic]) -> Iterator[Step]:
    """The imports of a document; what is none is reported."""
    entry = document.root.get("imports")
    if entry is None or (isinstance(entry.node, Scalar) and entry.node.value is None):
        return
    if not isinstance(entry.node, Sequence):
        text = entry.node.text if isinstance(entry.node, Scalar) else "..."
        message = "imports takes a list of files"
        fix = f"write [{text}]"
        problems.append(Diagnostic("HW013", message, ("imports",), fix, mark=entry.node.mark))
        return
    for item in entry.node.items:
        step = _step(item)
        found = step if isinstance(step, Diagnostic) else _misplaced(step)
        if isinstance(found, Diagnostic):
            problems.append(found)
        elif isinstance(step, Step):
            yield step


def _step(item: Node) -> Step | Diagnostic:
    if isinstance(item, Scalar) and isinstance(item.value, str):
        return Step(item.value, item.mark)
    fix = "write a path, or {path: FILE, when: {...}}"
    if not isinstance(item, Mapping):
        return Diagnostic("HW013", "an import is a path", ("imports",), fix, mark=item.mark)
    for entry in item.entries:
        if entry.key not in ("path", "when"):
            message = f'unknown option "{entry.key}" in an import'
            known = "the options are: path, when"
            return Diagnostic("HW012", message, ("imports",), known, mark=entry.mark)
    path, when = item.get("path"), item.get("when")
    if path is None:
        message = 'the option "path" is missing in an import'
        return Diagnostic("HW011", message, ("imports",), fix, mark=item.mark)
    if not isinstance(path.node, Scalar) or not isinstance(path.node.value, str):
        message = "the path of an import is a text"
        return Diagnostic("HW013", message, ("imports",), fix, mark=path.node.mark)
    return Step(path.node.value, path.node.mark, when.node if when else None)


def _misplaced(step: Step) -> Diagnostic | None:
    if not step.path.strip():
        return step.refused("an import has no path")
    if step.path.startswith(("/", "~")):
        return evolve(
            step.refused(f"the import {step.path} does not begin at the importing file"),
            fix="write the path from this file's folder, so that it is the same on every machine",
        )
    return None
