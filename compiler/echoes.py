"""One mistake, one diagnostic: later stages say nothing of an option that was refused already."""

from collections.abc import Iterable, Iterator, Sequence

from schema.diagnostics import Diagnostic, ManifestPath


def without_echoes(
    refused: Sequence[Diagnostic], later: Iterable[Diagnostic]
) -> Iterator[Diagnostic]:
    """Leave out what later stages say because a refused option was left at its default.

    A list that lost an item counts as a whole: the places of its other items have moved.
    """
    paths = {_option(path) for one in refused for path in (one.path, one.about) if path}
    for diagnostic in later:
        about = diagnostic.about
        in_part = bool(about) and any(path[: len(about)] == about for path in paths)
        if not in_part and not any(_echoes(paths, path) for path in (diagnostic.path, about)):
            yield diagnostic


def _option(path: ManifestPath) -> ManifestPath:
    first = next((place for place, step in enumerate(path) if isinstance(step, int)), len(path))
    return path[:first]


def _echoes(refused: set[ManifestPath], path: ManifestPath) -> bool:
    return any(path[:length] in refused for length in range(1, len(path) + 1))
