"""What borg archives, leaves out and keeps: the command lines of backup.service."""

from collections.abc import Iterator

from compiler.lower.causes import lone
from compiler.lower.lines import Paths
from compiler.lower.words import Word, listed
from schema.catalog import Catalog
from schema.host import Manifest
from schema.layout import lies_in
from schema.resources import Archive, Dump

DUMPS = "/backup"
LOCK_WAIT = "--lock-wait=21600"
"""Six hours to wait while a check, or an administrator, holds the repository's lock."""

_SCRATCH = ("/var/cache/backup-drill", "/var/cache/backup-restore")
"""Where dumps are restored from: copies of what is in the archives already."""

_PARTIAL = f"sh:{DUMPS}/*/.partial"
_HOME = ("backup", "home")
_KEEP = ("backup", "keep")
_PATHS = ("backup", "paths")


def archived(manifest: Manifest, catalog: Catalog) -> tuple[str, ...]:
    """What borg reads: the manifest's paths, the modules', then /backup; nothing twice."""
    return tuple(path for path, _ in archived_words(manifest, catalog))


def archived_words(manifest: Manifest, catalog: Catalog) -> tuple[Word, ...]:
    """What borg reads, each path with the options that ask for it or that could swallow it."""
    wanted: dict[str, Paths] = {}
    for path, paths in _wanted(manifest, catalog):
        wanted[path] = wanted.get(path, ()) + paths
    return tuple(
        (path, paths)
        for path, paths in wanted.items()
        if not any(lies_in(path, other) for other in wanted if other != path)
    )


def archiving(catalog: Catalog) -> Paths:
    """The options that say what borg reads."""
    return (_PATHS, *(("modules", module, *one.option) for module, one in catalog.of(Archive)))


def _wanted(manifest: Manifest, catalog: Catalog) -> Iterator[Word]:
    yield from listed(manifest.backup.paths, _PATHS)
    for module, one in catalog.of(Archive):
        yield one.path, (("modules", module, *one.option), _PATHS)
    yield DUMPS, (("backup",), _PATHS)


def excluded(manifest: Manifest, catalog: Catalog) -> tuple[Word, ...]:
    """The patterns of what borg leaves out: the manifest's, the modules', and borg's own state.

    What borg rewrites while it runs would be a file that changed while it was read, each night.
    """
    patterns: dict[str, Paths] = {}
    for pattern, paths in _patterns(manifest, catalog):
        patterns[pattern] = patterns.get(pattern, ()) + paths
    return tuple(patterns.items())


def _patterns(manifest: Manifest, catalog: Catalog) -> Iterator[Word]:
    yield from listed(manifest.backup.exclude, ("backup", "exclude"))
    for module, one in catalog.of(Archive):
        for path in one.exclude:
            yield f"pp:{path}", (("modules", module, *one.option),)
    if dumps := catalog.of(Dump):
        yield _PARTIAL, lone(manifest, dumps)
    read = archived_words(manifest, catalog)
    for name in (".cache", ".config/borg/security"):
        place = f"{manifest.backup.home}/{name}"
        for _, paths in _around(place, read):
            yield f"pp:{place}", (_HOME, *paths)
    for place in _SCRATCH:
        for _, paths in _around(place, read):
            yield f"pp:{place}", paths


def _around(place: str, read: tuple[Word, ...]) -> list[Word]:
    """The one path that a place lies in, if there is one."""
    return [word for word in read if lies_in(place, word[0])]


def create(manifest: Manifest, catalog: Catalog) -> tuple[str | Word, ...]:
    """The arguments of borg create; the archive is named by the second, so that no two collide."""
    options = manifest.backup
    return (
        "create",
        "--verbose",
        "--stats",
        LOCK_WAIT,
        (f"--compression={options.compression}", (("backup", "compression"),)),
        (f"--chunker-params={options.chunker_params}", (("backup", "chunker_params"),)),
        *((f"--exclude={pattern}", paths) for pattern, paths in excluded(manifest, catalog)),
        (f"::{manifest.host}-{{now:%Y-%m-%dT%H:%M:%S}}", (("host",),)),
        *archived_words(manifest, catalog),
    )


def archives_of(manifest: Manifest) -> str:
    """The glob of this host's archives, to the date: `web-*` would be those of web-db as well."""
    digits = "[0-9]"
    date = "-".join((digits * 4, digits * 2, digits * 2))
    return f"{manifest.host}-{date}T*"


def prune(manifest: Manifest) -> tuple[str | Word, ...]:
    """Remove this host's archives that no rule keeps."""
    keep = manifest.backup.keep
    periods = ("hourly", "daily", "weekly", "monthly", "yearly")
    counts = ((name, int(getattr(keep, name))) for name in periods)
    rules = [(f"--keep-{name}={count}", ((*_KEEP, name), _KEEP)) for name, count in counts if count]
    if keep.within:
        rules.insert(0, (f"--keep-within={keep.within}", ((*_KEEP, "within"), _KEEP)))
    return (
        "prune",
        "--verbose",
        "--list",
        LOCK_WAIT,
        (f"--glob-archives={archives_of(manifest)}", (("host",),)),
        *rules,
    )
