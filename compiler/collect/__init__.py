"""A manifest and everything that it imports -> their documents, in the order of the imports.

A file comes behind what it imports, and so the host's own manifest comes last; a file that is
imported twice comes once (as `collectModules` has it in nixpkgs, lib/modules.nix).
"""

from compiler.profiles import Profiles
from schema.diagnostics import Diagnostic
from schema.document import Document, Sources


def collect(document: Document, profiles: Profiles) -> tuple[Sources, list[Diagnostic]]:
    """Read what a manifest imports, and what that imports.

    Args:
        document: the host's own manifest.
        profiles: the files that were read already.

    Returns:
        The documents, and what cannot be read, or imports itself; that is left out.
    """
    if document.root.get("imports") is not None:
        from compiler.collect.walk import walk

        return walk(document, profiles)
    alone = Sources((document,), ())
    if not document.has_tags:
        return alone, []
    from compiler.collect.tags import misplaced_tags

    return alone, list(misplaced_tags(document))
