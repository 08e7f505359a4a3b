"""What a manifest says as one number: in the stamp of its tree, and by `show --digest`."""

from pathlib import Path

import pytest

from compiler import cli
from compiler.digest import digest
from compiler.show import show
from compiler.standing import read_stamp
from tests.support import GOLDEN, compile_text, compiled, host_names, tree_of

MANIFEST = """\
host: web1
target: debian-12
backup: {repository: /mnt/vault, passphrase: /etc/credstore/borg, paths: [/etc]}
"""


def of(text: str) -> str:
    """The digest of a manifest."""
    document = compile_text(text).document
    assert document is not None
    return digest(document)


@pytest.mark.parametrize(
    "text",
    [
        f"# The web server.\n{MANIFEST}",
        MANIFEST.replace("web1", '"web1"'),
        "\n".join(reversed(MANIFEST.splitlines())),
        MANIFEST.replace("[/etc]", "[\n  /etc,\n  ]"),
    ],
)
def test_how_a_manifest_is_written_makes_no_difference(text: str) -> None:
    """Comments, quotes, the order of keys and line breaks."""
    assert of(text) == of(MANIFEST)


@pytest.mark.parametrize(
    "text",
    [
        MANIFEST.replace("web1", "web2"),
        MANIFEST.replace("[/etc]", "[/etc, /srv]"),
        MANIFEST + "tags: []\n",
        MANIFEST + 'tags: ["1"]\n',
        MANIFEST + "tags: [1]\n",
    ],
)
def test_what_a_manifest_says_makes_one(text: str) -> None:
    """A value, an item, a key, and whether it is a number or a text."""
    others = {of(MANIFEST), *(of(MANIFEST + more) for more in ("tags: [a]\n", "layout: usr\n"))}
    assert of(text) not in others


@pytest.mark.parametrize("host", host_names())
def test_what_show_prints_has_the_same(host: str) -> None:
    """It says the same, in one file."""
    document = compiled(host).document
    assert document is not None
    assert of(show(document)) == digest(document)


def test_the_stamp_of_a_tree_names_its_manifest(tmp_path: Path) -> None:
    """And `show --digest` prints the same, imports and all."""
    manifest = str(GOLDEN / "fleet" / "hosts" / "web2.yaml")
    cli.run(["compile", manifest, "-o", str(tmp_path / "out")])
    stamp = read_stamp(str(tmp_path / "out"))
    assert cli.run(["show", "--digest", manifest]).text == f"sha256:{stamp.manifest}\n"


def test_a_stamp_names_its_tree(tmp_path: Path) -> None:
    """By the same digest as ever."""
    cli.run(["compile", str(GOLDEN / "demo" / "host.yaml"), "-o", str(tmp_path / "out")])
    assert read_stamp(str(tmp_path / "out")).tree == tree_of("demo").digest
