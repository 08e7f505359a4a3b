"""The compiled tree: a frozen mapping from path to entry, with one digest."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Literal

from attrs import frozen

from schema.diagnostics import ManifestPath


@frozen(eq=False, repr=False)
class Origin:
    """Where a line of the tree comes from, and why it is there.

    Attributes:
        source: the module that asked for it ("backup" for the manifest's own section, "units" for
            an override).
        path: the option in the manifest that it comes from, or the section, if from none of it.
        reason: one sentence.
        also: every other option without which the line would not be there, or not as it is. A
            section stands for its being there, never for the options in it.
    """

    source: str
    path: ManifestPath
    reason: str
    also: tuple[ManifestPath, ...] = ()


@frozen(eq=False, repr=False)
class File:
    """A regular file. `mode` is its permission bits; `lines` says where each line comes from."""

    text: str
    mode: int
    origin: Origin
    lines: tuple[Origin | None, ...] = ()

    @property
    def kind(self) -> Literal["file"]:
        """The word of the listing."""
        return "file"


@frozen(eq=False, repr=False)
class Link:
    """A symbolic link to a target relative to its own folder."""

    target: str
    origin: Origin

    @property
    def kind(self) -> Literal["link"]:
        """The word of the listing."""
        return "link"


Entry = File | Link


class Tree:
    """An immutable, sorted mapping from relative path to entry."""

    __slots__ = ("_entries",)

    def __init__(self, entries: Iterable[tuple[str, Entry]]) -> None:
        self._entries: dict[str, Entry] = dict(sorted(entries))

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, path: str) -> Entry:
        return self._entries[path]

    def items(self) -> Iterable[tuple[str, Entry]]:
        """Paths and entries, in the order of the paths."""
        return self._entries.items()

    def listing(self) -> str:
        """One line per entry: mode, digest of the text, path, and a link's target.

        This is what `hostwright verify` compares a folder with, so it is exact: two trees with
        the same listing are the same tree.
        """
        return "".join(f"{_listed(path, entry)}\n" for path, entry in self.items())

    @property
    def digest(self) -> str:
        """SHA-256 over the listing, as hexadecimal."""
        return sha256(self.listing().encode()).hexdigest()


def _listed(path: str, entry: Entry) -> str:
    if isinstance(entry, Link):
        return f"link {entry.target} {path}"
    return f"{entry.mode:04o} {sha256(entry.text.encode()).hexdigest()} {path}"
