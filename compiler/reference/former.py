"""Former names of options that still work, by the tables of renames."""

from attrs import frozen

from compiler.reference.sections import Entry, Modules, Path, Section, manifest, module
from schema.renames import RENAMES
from schema.renaming import ANY, SCHEMA_VERSION, Rename, Renamed, version


@frozen(eq=False, repr=False)
class Former:
    """A name that an option had; both are paths in which `*` stands for any key."""

    old: Path
    new: Path
    until: str


def former_names(modules: Modules) -> list[Former]:
    """Those of the manifest's own options and of each module's that the compiler still takes."""
    scopes: list[tuple[Path, Rename]] = [((), one) for one in RENAMES]
    for name in modules.names():
        if (found := modules.find(name)) is not None:
            scopes += [(("modules", name), one) for one in found.renames]
    return [
        Former((*above, *one.path), (*above, *one.target), one.until)
        for above, one in scopes
        if isinstance(one, Renamed) and version(SCHEMA_VERSION) < version(one.until)
    ]


def place_of(former: Former, modules: Modules) -> tuple[type, str] | None:
    """The class of options in which a former name stood, and the first step that is gone there."""
    section, steps = manifest(), list(former.old)
    if steps[0] == "modules" and (found := modules.find(steps[1])) is not None:
        section, steps = module(steps[1], found), steps[2:]
    for step in steps:
        entry = _named(section, step)
        if entry is None:
            return section.type, step
        if entry.below is None:
            return None
        section = entry.below
    return None


def is_new_name(path: Path, formers: list[Former]) -> bool:
    """Whether the option of a path may be given under a former name instead."""
    plain = tuple(ANY if step.isupper() else step for step in path)
    return any(one.new[: len(plain)] == plain for one in formers)


def _named(section: Section, step: str) -> Entry | None:
    found = (one for one in section.entries if (ANY if one.is_collected else one.name) == step)
    return next(found, None)
