"""The Debian releases that everything is shown on, and manifests compiled for either of them."""

import re

from schema.tree import Tree
from tests.support import compile_text

TARGETS = {"bookworm": "debian-12", "trixie": "debian-13"}


def tree_for(release: str, manifest: str) -> Tree:
    """Compile a manifest for a release (`bookworm`, `trixie`), whatever target stands in it.

    Raises:
        AssertionError: it has no line `target:`, or is refused; the text is the diagnostics.
    """
    target = f"target: {TARGETS[release]}"
    text, count = re.subn("^target:.*$", target, manifest, flags=re.MULTILINE)
    assert count == 1, manifest
    compiled = compile_text(text)
    assert compiled.tree is not None, compiled.diagnostics
    return compiled.tree
