"""Whether each of `backup.paths` names what is meant, by the letter, as borg takes them."""

from collections.abc import Iterator

from schema.diagnostics import Diagnostic, Severity
from schema.host import Manifest
from schema.layout import lies_in


def paths(manifest: Manifest) -> Iterator[Diagnostic]:
    """Symbolic links, of which borg archives the link alone, and what a shell would expand."""
    for index, path in enumerate(manifest.backup.paths):
        at = ("backup", "paths", index)
        for link, target in manifest.target.links.items():
            if lies_in(path, link):
                yield Diagnostic(
                    "HW063",
                    f'"{link}" is a symbolic link to {target}, and borg archives the link, not '
                    "what it leads to",
                    at,
                    f"name the real path: {target}{path.removeprefix(link)}",
                )
        if sign := _expanded_by_shells(path):
            yield Diagnostic(
                "HW064",
                f'"{path}" has a {sign} in it, which borg does not expand: it would look for a '
                "folder of just that name",
                at,
                "name the folder above, and leave the rest out with exclude",
                Severity.WARNING,
            )


def _expanded_by_shells(path: str) -> str | None:
    if path.startswith("/~"):
        return "~"
    return next((sign for sign in "*?" if sign in path), None)
