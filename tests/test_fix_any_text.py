"""`hostwright fix` on manifests that are written in every way: rewritten rightly, or left alone."""

import re

from hypothesis import given, settings

import modules
from compiler.load import load
from compiler.rename import rename
from tests.renaming import fixed, now, plain
from tests.written_manifests import written_manifests

TABLE = (
    now("alpha.old", "alpha.new"),
    now("alpha.far", "beta.near"),
    now("alpha.deep", "gamma.more.deep"),
    now("beta.up", "up"),
    now("gamma.old", "omega.old"),
    now("top", "beta.top"),
)


def meaning(text: bytes) -> object:
    """What a text says under the names of today."""
    document, _ = rename(load("host.yaml", text), modules.find, TABLE)
    return plain(document.root)


def comments(text: bytes) -> list[bytes]:
    """The comments of a generated manifest, each of which is another one."""
    return sorted(re.findall(rb"c\d+\.", text))


@settings(max_examples=100, deadline=None)
@given(written_manifests())
def test_fixed_text_means_the_same(text: str) -> None:
    """However a manifest is written, it is rewritten rightly or left alone."""
    content = text.encode()
    found = fixed(text, *TABLE)

    if found.diagnostics:
        assert found.content == content
        return
    assert meaning(found.content) == meaning(content) == plain(load("", found.content).root)
    assert comments(found.content) == comments(content)
    assert fixed(found.content.decode(), *TABLE).content == found.content


@settings(max_examples=100, deadline=None)
@given(written_manifests(plainly=True))
def test_plain_text_is_always_fixed(text: str) -> None:
    """With sections written line by line nothing is refused, and lines that stay are the same."""
    found = fixed(text, *TABLE)

    assert found.diagnostics == ()
    assert comments(found.content) == comments(text.encode())
    assert meaning(found.content) == plain(load("", found.content).root)
