"""From an option to the lines that it has a part in."""

from collections.abc import Iterator
from typing import Literal

from compiler.explain.declared import DIRECTIVE, is_section
from compiler.explain.places import Place, places
from compiler.reference.sections import Modules
from schema.diagnostics import ManifestPath
from schema.tree import Tree

Share = Literal["says", "has a part in"]


def touched(tree: Tree, option: ManifestPath, modules: Modules) -> Iterator[tuple[Place, Share]]:
    """Every line that says an option, or would be another without it.

    A section has the lines of all of its options.
    """
    reach = Reach(option, modules)
    for place in places(tree):
        share = reach.share(place)
        if share is not None:
            yield place, share


class Reach:
    """What an option has to do with lines; each origin is looked at once."""

    def __init__(self, option: ManifestPath, modules: Modules) -> None:
        is_switch = option[:1] == ("modules",) and option[2:] in (("enable",), ("when",))
        self._option = option[:2] if is_switch else option
        self._modules = modules
        self._known: dict[ManifestPath, bool] = {}

    def share(self, place: Place) -> Share | None:
        """Whether a line says the option, or only hangs on it, too."""
        origin = place.origin
        if origin is None:
            return None
        if self._is_meant(origin.path):
            return "says"
        if any(self._is_meant(path) for path in origin.also) or self._is_overridden(place):
            return "has a part in"
        return None

    def _is_meant(self, path: ManifestPath) -> bool:
        if path not in self._known:
            option = self._option
            is_below = path[: len(option)] == option
            is_above = not is_below and option[: len(path)] == path
            self._known[path] = is_below or (is_above and not is_section(path, self._modules))
        return self._known[path]

    def _is_overridden(self, place: Place) -> bool:
        """`units` has to do with every line of the directive that it names."""
        option = self._option
        if option[:1] != ("units",) or len(option) < DIRECTIVE or not place.directive:
            return False
        is_unit = place.path.endswith(f"/{option[1]}")
        return is_unit and (place.section, place.directive) == option[2:DIRECTIVE]
