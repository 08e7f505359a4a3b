"""What borg archives, leaves out and keeps: the command lines of backup.service."""

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


def archived(manifest: Manifest, catalog: Catalog) -> tuple[str, ...]:
    """What borg reads: the manifest's paths, the modules', then /backup; nothing twice."""
    wanted = (*manifest.backup.paths, *(one.path for _, one in catalog.of(Archive)), DUMPS)
    chosen = dict.fromkeys(wanted)
    return tuple(
        path
        for path in chosen
        if not any(lies_in(path, other) for other in chosen if other != path)
    )


def excluded(manifest: Manifest, catalog: Catalog) -> tuple[str, ...]:
    """The patterns of what borg leaves out: the manifest's, the modules', and borg's own state.

    What borg rewrites while it runs would be a file that changed while it was read, each night.
    """
    modules = (f"pp:{path}" for _, one in catalog.of(Archive) for path in one.exclude)
    home = manifest.backup.home
    read = archived(manifest, catalog)
    own = (
        f"pp:{home}/{name}"
        for name in (".cache", ".config/borg/security")
        if any(lies_in(f"{home}/{name}", path) for path in read)
    )
    partial = (_PARTIAL,) if catalog.of(Dump) else ()
    scratch = (f"pp:{place}" for place in _SCRATCH if any(lies_in(place, path) for path in read))
    return tuple(dict.fromkeys((*manifest.backup.exclude, *modules, *partial, *own, *scratch)))


def create(manifest: Manifest, catalog: Catalog) -> tuple[str, ...]:
    """The arguments of borg create; the archive is named by the second, so that no two collide."""
    excludes = (f"--exclude={pattern}" for pattern in excluded(manifest, catalog))
    archive = f"::{manifest.host}-{{now:%Y-%m-%dT%H:%M:%S}}"
    return (
        "create",
        "--verbose",
        "--stats",
        LOCK_WAIT,
        f"--compression={manifest.backup.compression}",
        f"--chunker-params={manifest.backup.chunker_params}",
        *excludes,
        archive,
        *archived(manifest, catalog),
    )


def archives_of(manifest: Manifest) -> str:
    """The glob of this host's archives, to the date: `web-*` would be those of web-db as well."""
    digits = "[0-9]"
    date = "-".join((digits * 4, digits * 2, digits * 2))
    return f"{manifest.host}-{date}T*"


def prune(manifest: Manifest) -> tuple[str, ...]:
    """Remove this host's archives that no rule keeps."""
    keep = manifest.backup.keep
    periods = ("hourly", "daily", "weekly", "monthly", "yearly")
    within = (f"--keep-within={keep.within}",) if keep.within else ()
    counts = ((name, int(getattr(keep, name))) for name in periods)
    rules = (*within, *(f"--keep-{name}={count}" for name, count in counts if count))
    return (
        "prune",
        "--verbose",
        "--list",
        LOCK_WAIT,
        f"--glob-archives={archives_of(manifest)}",
        *rules,
    )
