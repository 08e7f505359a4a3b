"""Whether the archive will hold what it should: the paths, the dumps, nothing half-written."""

from collections.abc import Iterator

from schema.borg import LocalRepository
from schema.catalog import Catalog
from schema.diagnostics import Diagnostic, ManifestPath, Related, Severity
from schema.host import Manifest
from schema.layout import lies_in
from schema.patterns import matches
from schema.resources import Archive, Dump, LiveData

KERNEL = ("/dev", "/proc", "/run", "/sys")
_DUMPS = "/backup"
_ANY_NAMES = tuple(f"{first}\ue000\ue001" for first in ("\ue000", ".", "_", "0", "A", "a"))
"""Names that nobody has: what matches all of them matches every name."""


def coverage(manifest: Manifest, catalog: Catalog) -> Iterator[Diagnostic]:
    """Rules over `backup.paths` and `backup.exclude` together with what the modules dump."""
    yield from _paths(manifest)
    yield from _repository(manifest, catalog)
    yield from _excludes(manifest, catalog)
    yield from _live_data(manifest, catalog)
    yield from _kernel_file_systems(manifest)
    yield from _drill(manifest, catalog)


def _paths(manifest: Manifest) -> Iterator[Diagnostic]:
    paths = manifest.backup.paths
    for index, path in enumerate(paths):
        for other, outer in enumerate(paths):
            if (path == outer and other < index) or (path != outer and lies_in(path, outer)):
                rule = "is given twice" if path == outer else f'is archived as part of "{outer}"'
                yield Diagnostic(
                    "HW060",
                    f'"{path}" {rule}',
                    ("backup", "paths", index),
                    "take it out",
                    Severity.WARNING,
                    related=(Related("given here", path=("backup", "paths", other)),),
                )
                break


def _repository(manifest: Manifest, catalog: Catalog) -> Iterator[Diagnostic]:
    repository = manifest.backup.repository
    if not isinstance(repository, LocalRepository):
        return
    read: list[tuple[str, ManifestPath]] = [
        (path, ("backup", "paths", index)) for index, path in enumerate(manifest.backup.paths)
    ]
    read += [(one.path, ("modules", name, *one.option)) for name, one in catalog.of(Archive)]
    read.append((_DUMPS, ()))
    for path, option in read:
        if lies_in(repository.path, path) and not _is_excluded(manifest, repository.path):
            yield Diagnostic(
                "HW057",
                f'the repository "{repository.path}" lies in the backed-up path "{path}": '
                "each backup would archive all earlier ones",
                ("backup", "repository"),
                f'move it, or exclude it: "pp:{repository.path}"',
                related=(Related("backed up because of this", path=option),) if option else (),
            )
    if lies_in(repository.path, _DUMPS):
        return
    for index, path in enumerate(manifest.backup.paths):
        if path != repository.path and lies_in(path, repository.path):
            yield Diagnostic(
                "HW057",
                f'the backed-up path "{path}" lies in the repository "{repository.path}"',
                ("backup", "paths", index),
                "move the repository",
            )


def _is_excluded(manifest: Manifest, path: str) -> bool:
    return any(matches(pattern, path) for pattern in manifest.backup.exclude)


def _excludes(manifest: Manifest, catalog: Catalog) -> Iterator[Diagnostic]:
    for index, pattern in enumerate(manifest.backup.exclude):
        at = ("backup", "exclude", index)
        swallowed = next((path for path in _dumped(catalog) if matches(pattern, path)), None)
        if swallowed is not None:
            yield Diagnostic(
                "HW054",
                f'the exclude "{pattern}" takes out the dump "{swallowed}": '
                "it would be made each night and never archived",
                at,
                "narrow the pattern",
            )
        for place, path in enumerate(manifest.backup.paths):
            if taken := _taken_out(pattern, path):
                yield Diagnostic(
                    "HW059",
                    f'the exclude "{pattern}" takes out {taken} "{path}"',
                    at,
                    "take one of the two out",
                    related=(Related("the path", path=("backup", "paths", place)),),
                )


def _taken_out(pattern: str, path: str) -> str | None:
    """How much of a path a pattern takes out, if there is not some of it left."""
    if matches(pattern, path):
        return "the whole path"
    below = (f"{path.rstrip('/')}/{name}" for name in _ANY_NAMES)
    return "everything below" if all(matches(pattern, one) for one in below) else None


def _dumped(catalog: Catalog) -> Iterator[str]:
    """A path that each dump will have, for patterns by folder and patterns by ending alike."""
    for _, one in catalog.of(Dump):
        for name in one.leaves or (one.file or f"{one.name}.dump",):
            yield f"{_DUMPS}/{one.name}/{name}"


def _live_data(manifest: Manifest, catalog: Catalog) -> Iterator[Diagnostic]:
    excludes: list[str] = [*manifest.backup.exclude]
    excludes += [f"pp:{path}" for _, one in catalog.of(Archive) for path in one.exclude]
    for name, live in catalog.of(LiveData):
        for index, path in enumerate(manifest.backup.paths):
            covered = lies_in(live.path, path) or lies_in(path, live.path)
            if covered and not any(matches(pattern, live.path) for pattern in excludes):
                yield Diagnostic(
                    "HW058",
                    f'"{path}" holds the live files of {name} ({live.path}): {live.reason}, '
                    "so the copy may not restore; the dump does",
                    ("backup", "paths", index),
                    f'exclude them: "pp:{live.path}"',
                    Severity.WARNING,
                )


def _kernel_file_systems(manifest: Manifest) -> Iterator[Diagnostic]:
    for index, path in enumerate(manifest.backup.paths):
        covered = [
            folder
            for folder in KERNEL
            if (lies_in(folder, path) or lies_in(path, folder))
            and not _is_excluded(manifest, folder)
        ]
        if covered:
            within = any(lies_in(path, folder) for folder in covered)
            patterns = ", ".join(f'"pp:{folder}"' for folder in covered)
            what = "is what" if within else f"holds {', '.join(covered)}, which"
            yield Diagnostic(
                "HW061",
                f'"{path}" {what} the kernel and systemd make up at run time; '
                "the sandbox shows borg only a part of it",
                ("backup", "paths", index),
                "take it out" if within else f"exclude them: {patterns}",
                Severity.WARNING,
            )


def _drill(manifest: Manifest, catalog: Catalog) -> Iterator[Diagnostic]:
    if manifest.backup.drill is not None and not any(one.drilled for _, one in catalog.of(Dump)):
        yield Diagnostic(
            "HW066",
            "the drill has nothing to try out: no module of this host makes a dump for it",
            ("backup", "drill"),
            "take it out, or enable the module of what runs here",
            Severity.WARNING,
        )
