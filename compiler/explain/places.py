"""The lines of a tree, each with its number, where it comes from, and the directive it says."""

from collections.abc import Iterator

from attrs import frozen

from schema.tree import Entry, Link, Origin, Tree

_UNITS = (".service", ".timer", ".conf")


@frozen
class Place:
    """A line of a file of the tree, or a link as a whole (its number is 0).

    Attributes:
        path: of the file, from the root of the tree.
        number: of the line, from 1.
        text: the line.
        origin: where it comes from; None of a blank line.
        section: of a unit or drop-in, its section.
        directive: the name of the directive that the line says, goes on with, or comments on.
    """

    path: str
    number: int
    text: str
    origin: Origin | None
    section: str = ""
    directive: str = ""

    @property
    def unit(self) -> str:
        """The name of the unit that the line configures; empty for other files."""
        folder, _, name = self.path.rpartition("/")
        if not folder.endswith(("/systemd/system", ".service.d")):
            return ""
        return folder.rpartition("/")[2].removesuffix(".d") if name.endswith(".conf") else name


def places(tree: Tree) -> Iterator[Place]:
    """Every line of every file, and every link."""
    for path, entry in tree.items():
        yield from places_in(path, entry)


def places_in(path: str, entry: Entry) -> Iterator[Place]:
    """The lines of one file, or the link."""
    if isinstance(entry, Link):
        yield Place(path, 0, f"-> {entry.target}", entry.origin)
        return
    texts = entry.text.removesuffix("\n").split("\n")
    is_unit = "/systemd/system/" in path and path.endswith(_UNITS)
    said = _said(texts) if is_unit else [("", "")] * len(texts)
    lines = zip(texts, entry.lines, said, strict=True)
    for number, (text, origin, (section, directive)) in enumerate(lines, 1):
        yield Place(path, number, text, origin, section, directive)


def _said(texts: list[str]) -> list[tuple[str, str]]:
    """Section and directive of each line; a comment is about the directive below it."""
    found: list[tuple[str, str]] = []
    section = directive = ""
    goes_on = False
    for text in texts:
        if text.startswith("[") and not goes_on:
            section, directive = text.strip("[]"), ""
        elif not goes_on:
            is_directive = bool(section and text) and not text.startswith("#")
            directive = text.partition("=")[0] if is_directive else ""
        goes_on = text.endswith("\\")
        found.append((section, directive))
    for number in range(len(texts) - 2, -1, -1):
        if texts[number].startswith("#") and found[number][0]:
            found[number] = found[number + 1]
    return found
