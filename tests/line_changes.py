"""Which lines of two trees differ, whatever else a change of layout or width moves.

A command that is too long for one line has a line for each word. When it becomes short enough, or
too long, all of its lines change although one word did: then it is compared as one.
"""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from compiler.explain.places import Place, places_in
from schema.tree import Entry, File, Tree

Changed = tuple[Place, ...]
"""Lines of which at least one says what was changed."""

_ROOTS = ("etc/", "usr/lib/")


def changed_lines(old: Tree, new: Tree) -> Iterator[Changed]:
    """Every line that is in one of the trees only; blank lines say nothing."""
    before, after = _by_name(old), _by_name(new)
    for name in sorted(before.keys() | after.keys()):
        one, other = before.get(name), after.get(name)
        if one is None or other is None or _content(one[1]) != _content(other[1]):
            yield from _changed(_commands(one), _commands(other))


def _by_name(tree: Tree) -> dict[str, tuple[str, Entry]]:
    """Entries by their place below the root, which `layout` moves."""
    return {
        next((path.removeprefix(root) for root in _ROOTS if path.startswith(root)), path): (
            path,
            entry,
        )
        for path, entry in tree.items()
    }


def _content(entry: Entry) -> str:
    return entry.text if isinstance(entry, File) else entry.target


def _commands(named: tuple[str, Entry] | None) -> list[Changed]:
    """The lines of a file, those of one command together."""
    found: list[Changed] = []
    goes_on = False
    for place in places_in(*named) if named else ():
        if goes_on:
            found[-1] = (*found[-1], place)
        elif place.text not in ("", "#"):
            found.append((place,))
        goes_on = bool(place.directive) and place.text.endswith("\\") and place.text[0] != "#"
    return found


def _changed(old: Sequence[Changed], new: Sequence[Changed]) -> Iterator[Changed]:
    for ours, theirs in _differences(list(map(_words, old)), list(map(_words, new))):
        pairs, rest = _pairs(old[ours], new[theirs])
        for one, other in pairs:
            yield from _within(one, other)
        for command in rest:
            yield from ((place,) for place in command)


def _within(one: Changed, other: Changed) -> Iterator[Changed]:
    """What differs in a command, or a line, that both trees have."""
    if len(one) == 1 or len(other) == 1:
        yield (*one, *other)
        return
    for ours, theirs in _differences(
        [_word(line) for line in one], [_word(line) for line in other]
    ):
        left, right = one[ours], other[theirs]
        if len(left) == len(right):
            yield from zip(left, right, strict=True)
        else:
            yield from ((place,) for place in (*left, *right))


def _pairs(
    left: Sequence[Changed], right: Sequence[Changed]
) -> tuple[list[tuple[Changed, Changed]], list[Changed]]:
    """What was changed rather than added or taken out, and the rest."""
    pairs = []
    others = list(right)
    rest = []
    for one in left:
        alike = next((other for other in others if _program(other) == _program(one)), None)
        if alike is None:
            rest.append(one)
        else:
            others.remove(alike)
            pairs.append((one, alike))
    if [_directive(one) for one in rest] == [_directive(one) for one in others]:
        return [*pairs, *zip(rest, others, strict=True)], []
    return pairs, [*rest, *others]


def _directive(command: Changed) -> str:
    """The directive of a line, or the name of a setting; what stands alone is like no other."""
    return command[0].directive or _words(command).partition(" = ")[0]


def _program(command: Changed) -> tuple[str, ...]:
    """What tells a line from others: the directive, and of a command the program and its verb."""
    first, *words = _words(command).split()
    name, _, value = first.partition("=")
    if not name.startswith("Exec"):
        return (_directive(command),)
    return (name, value.rpartition("/")[2], *(word for word in words[:1] if word[0] != "-"))


def _differences(old: list[str], new: list[str]) -> Iterator[tuple[slice, slice]]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield slice(a, b), slice(c, d)


def _words(command: Changed) -> str:
    return " ".join(map(_word, command))


def _word(line: Place) -> str:
    return line.text.removesuffix(" \\").strip()
