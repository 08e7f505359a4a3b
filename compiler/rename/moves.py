"""What of a document has another name now, where it goes, and what to say about it."""

from collections.abc import Iterable, Iterator

from attrs import evolve, field, frozen

from compiler.rename.nodes import entries, entry_at, matches, put, renamed, tag_left, without
from schema.diagnostics import Diagnostic, Mark, Related, Severity
from schema.document import Document, Entry, Mapping
from schema.renaming import ANY, SCHEMA_VERSION, OptionPath, Removed, Rename, Renamed
from schema.renaming import version as numbers

Scope = tuple[OptionPath, Rename]
"""A rename, and the section that its names are relative to."""


@frozen(eq=False, repr=False)
class Move:
    """A value that goes from its old name to its new one; `mark` is that of the key."""

    rename: Renamed
    old: OptionPath
    new: OptionPath
    mark: Mark


@frozen(eq=False, repr=False)
class Plan:
    """A document with the names of today, what was moved for that, and what to say about it."""

    document: Document
    moves: tuple[Move, ...]
    diagnostics: tuple[Diagnostic, ...]


def plan(
    document: Document,
    scopes: Iterable[Scope],
    version: str | None = None,
    host: str | None = None,
) -> Plan:
    """Move whatever has another name.

    Args:
        document: one file, not yet merged with others.
        scopes: all renames that may concern it, in the order in which they came to be.
        version: the version of the manifest; without one, the compiler's own.
        host: the manifest that imports the document, if it is another one.
    """
    now = version or SCHEMA_VERSION
    work = _Work(document.root, now)
    known = [one for one in scopes if numbers(one[1].since) <= numbers(now)]
    for _ in known:  # as often as a name may have changed
        found = [one for one in known if work.apply(*one)]
        if not found:
            break
    files = tuple(dict.fromkeys((host or document.file, document.file)))
    said = [_warning(one, now, files) for one in work.moves]
    if not work.moves and not work.problems:
        return Plan(document, (), ())
    changed = evolve(document, root=work.root)
    return Plan(changed, tuple(work.moves), (*said, *work.problems))


@frozen(eq=False, repr=False)
class _Work:
    """A document on its way. `made` are sections that no line of it says: only moves made them."""

    first: Mapping
    version: str
    moves: list[Move] = field(factory=list)
    problems: list[Diagnostic] = field(factory=list)
    made: set[OptionPath] = field(factory=set)
    roots: list[Mapping] = field(factory=list)

    @property
    def root(self) -> Mapping:
        return self.roots[-1] if self.roots else self.first

    def apply(self, scope: OptionPath, rename: Rename) -> bool:
        """Move, or take out, all that a rename is about; whether there was anything."""
        found = list(matches(self.root, (*scope, *rename.path)))
        for path in found:
            entry = entry_at(self.root, path)
            if entry is None:  # its section went with the one before
                continue
            if isinstance(rename, Removed):
                self.problems.append(_removed(rename, path, entry))
                self.roots.append(without(self.root, path))
            else:
                self._move(rename, path, (*scope, *_filled(rename, path[len(scope) :])), entry)
        return bool(found)

    def _move(self, rename: Renamed, old: OptionPath, new: OptionPath, entry: Entry) -> None:
        other = entry_at(self.root, new)
        if other is not None and old in self.made:
            for one in entries(entry.node, old):
                self._move(rename, (*old, one.key), (*new, one.key), one)
            if entry_at(self.root, old) is not None:
                self.roots.append(without(self.root, old))
        elif other is not None:
            self.problems.append(_both(self._written(old), new, entry, other))
            self.roots.append(without(self.root, old))
        elif old[:-1] == new[:-1]:
            self.roots.append(renamed(self.root, old, new[-1]))
            self._record(rename, old, new, entry)
        else:
            self._carry(rename, old, new, entry)

    def _carry(self, rename: Renamed, old: OptionPath, new: OptionPath, entry: Entry) -> None:
        """Move a value to another section."""
        tag = entry.node.tag or tag_left(self.root, old, new)
        lacking = [new[:n] for n in range(1, len(new)) if entry_at(self.root, new[:n]) is None]
        filled = put(self.root, new, evolve(entry, node=evolve(entry.node, tag=tag)))
        if isinstance(filled, Mapping):
            self.made.update(lacking)
            self._record(rename, old, new, entry)
            self.roots.append(without(filled, old))
        else:
            self.problems.append(_blocked(self._written(old), new, filled, self.root, entry))
            self.roots.append(without(self.root, old))

    def _record(self, rename: Renamed, old: OptionPath, new: OptionPath, entry: Entry) -> None:
        """Remember a move; what came here by an earlier one goes from its first place."""
        for place, one in enumerate(self.moves):
            if one.new[: len(old)] == old:
                self.moves[place] = evolve(one, new=(*new, *one.new[len(old) :]))
        if old not in self.made and all(one.new != new for one in self.moves):
            self.moves.append(Move(rename, old, new, entry.mark))

    def _written(self, path: OptionPath) -> OptionPath:
        """What the manifest calls a value that may have been moved before."""
        return next((one.old for one in self.moves if one.new == path), path)


def _filled(rename: Renamed, path: OptionPath) -> Iterator[str]:
    """The new name with the keys that stood for each `*` of the old one."""
    keys = iter([key for key, step in zip(path, rename.path, strict=True) if step == ANY])
    yield from (next(keys) if step == ANY else step for step in rename.target)


def _warning(move: Move, version: str, files: tuple[str, ...]) -> Diagnostic:
    from shlex import join

    old, new, rename = ".".join(move.old), ".".join(move.new), move.rename
    works = numbers(version) < numbers(rename.until)
    message = f'"{old}" is called "{new}" since {rename.since}'
    rest = f"{rename.until} refuses the old name" if works else "the old name is gone"
    return Diagnostic(
        "HW036" if works else "HW012",
        f"{message}; {rest}",
        move.old,
        f"run: hostwright fix {join(files)}",
        Severity.WARNING if works else Severity.ERROR,
        "key",
        move.mark,
        about=move.new,
    )


def _both(old: OptionPath, new: OptionPath, entry: Entry, other: Entry) -> Diagnostic:
    name = ".".join(new)
    return Diagnostic(
        "HW037",
        f'"{".".join(old)}" is the old name of "{name}", and both are given',
        old,
        f"keep one of them, as {name}",
        mark=entry.mark,
        related=(Related("the other one is given here", other.mark),),
        about=new,
    )


def _blocked(
    old: OptionPath, new: OptionPath, above: OptionPath, root: Mapping, entry: Entry
) -> Diagnostic:
    name, section = ".".join(new), ".".join(above)
    found = entry_at(root, above)
    place = (Related(f"{section} is given here", found.mark),) if found else ()
    return Diagnostic(
        "HW037",
        f'"{".".join(old)}" is called "{name}" now, but {section} is no mapping here',
        old,
        f"write both below {section}",
        mark=entry.mark,
        related=place,
        about=new,
    )


def _removed(removed: Removed, path: OptionPath, entry: Entry) -> Diagnostic:
    message = f'"{".".join(path)}" is gone since {removed.since}: {removed.reason}'
    return Diagnostic("HW038", message, path, removed.fix, mark=entry.mark)
