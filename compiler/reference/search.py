"""An option by the name that somebody typed."""

from collections.abc import Iterator, Sequence

from compiler.reference.sections import (
    Entry,
    Modules,
    Path,
    Section,
    manifest,
    module,
    module_sections,
    sections_below,
)


def search(name: str, modules: Modules) -> Section | Entry | None:
    """What stands at a path of a manifest; `modules.` may be left out.

    Every word may stand where the manifest has names of its own: `dump.wiki.user` is the user of
    any job. The number of a list's item may be left out.
    """
    first, *rest = name.removeprefix("modules.").split(".")
    if (name != "modules" and name.startswith("modules.")) or _is_module_alone(first, modules):
        found = modules.find(first)
        return _walk(module(first, found), rest) if found else None
    return _walk(manifest(), name.split("."))


def every_section(modules: Modules) -> Iterator[Section]:
    """All sections in the order of the manual; each class of options once, modules last."""
    seen: dict[type, Section] = {}
    yield from sections_below(manifest(), seen)
    for section in module_sections(modules):
        yield from sections_below(section, seen)


def suggestions(name: str, modules: Modules) -> list[str]:
    """The paths that may have been meant by a name: at most three."""
    from difflib import get_close_matches

    paths = [".".join(entry.path) for one in every_section(modules) for entry in one.entries]
    paths += [".".join(section.path) for section in module_sections(modules)]
    ends = [path for path in paths if path.endswith(f".{name}")]
    if ends:
        return ends[:3]
    if near := get_close_matches(name, paths, n=1, cutoff=0.75):
        return near
    last = {path.rpartition(".")[2]: path for path in reversed(paths)}
    near = get_close_matches(name.rpartition(".")[2], last, n=3, cutoff=0.75)
    return [last[one] for one in near]


def _is_module_alone(name: str, modules: Modules) -> bool:
    return name not in {entry.name for entry in manifest().entries} and bool(modules.find(name))


def _walk(section: Section, parts: Sequence[str]) -> Section | Entry | None:
    if not parts:
        return section
    first, *rest = parts
    entry = _named(section, first)
    if entry is None or not rest:
        return entry
    below = entry.below
    if below is None:
        is_open = entry.name == "units" or all(one == "N" or one.isdecimal() for one in rest)
        return entry if is_open else None
    left = _without_steps(below.path[len(entry.path) :], rest)
    return _walk(below, left) if left else entry


def _named(section: Section, name: str) -> Entry | None:
    named = {entry.name: entry for entry in section.entries if not entry.is_collected}
    collecting = (entry for entry in section.entries if entry.is_collected)
    return named.get(name) or next(collecting, None)


def _without_steps(steps: Path, parts: Sequence[str]) -> Sequence[str]:
    """What is left of a path behind the keys and numbers that an option has below itself."""
    for step in steps:
        if parts and (step != "N" or parts[0] == "N" or parts[0].isdecimal()):
            parts = parts[1:]
    return parts
