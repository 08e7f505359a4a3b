"""docs/merging.md: its examples are merge cases, and its table has every deviation from NixOS.

To bring the examples up to date: pytest tests/test_merging_page.py --snapshot-update.
"""

import re

import pytest

from tests.merging import case, names
from tests.support import GOLDEN, ROOT

PAGE = ROOT / "docs" / "merging.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCK = re.compile(r"<!-- (\w+): (.+?) -->\n```\w*\n(.*?)```\n", re.DOTALL)
BLOCKS = {(kind, name): text for kind, name, text in BLOCK.findall(TEXT)}


def files_of(name: str) -> str:
    """The files of a case one below the other, the host last, and what they say together."""
    found = case(name)
    profiles = sorted(file for file in found["files"] if file != "host.yaml")
    parts = [f"# {file}\n{found['files'][file]}" for file in (*profiles, "host.yaml")]
    source = (GOLDEN / "merge" / f"{name}.yaml").read_text(encoding="utf-8")
    merged = re.search(r"(?m)^merged:\n((?:  .*\n)+)", source)
    assert merged is not None
    together = "".join(f"{line[2:]}\n" for line in merged[1].splitlines())
    return "\n".join([*parts, f"# together\n{together}"])


def wanted(kind: str, name: str) -> str:
    """What a block must show."""
    if kind == "case":
        return files_of(name)
    return (GOLDEN / "rejected" / name / "report").read_text(encoding="utf-8")


@pytest.mark.parametrize(("kind", "name"), BLOCKS)
def test_example_is_a_case(kind: str, name: str, request: pytest.FixtureRequest) -> None:
    """What a reader copies is tested: its files, and what comes of them."""
    if request.config.getoption("--snapshot-update"):
        head = rf"(<!-- {kind}: {re.escape(name)} -->\n```\w*\n).*?```\n"
        text = PAGE.read_text(encoding="utf-8")
        shown = wanted(kind, name)
        text = re.sub(head, lambda found: f"{found[1]}{shown}```\n", text, flags=re.DOTALL)
        PAGE.write_text(text, encoding="utf-8")
        return

    assert BLOCKS[kind, name] == wanted(kind, name)


def test_every_example_is_marked() -> None:
    """A fenced block that no test reads would rot unseen."""
    assert TEXT.count("```") == 2 * len(BLOCKS)


def test_table_has_every_deviation_from_nixos() -> None:
    """And no case that does not deviate."""
    _, _, table = TEXT.partition("## For those who know NixOS")
    told = [
        name
        for cell in re.findall(r"\| (`[^|]*`) \|\n", table)
        for name in cell.strip("`").split("`, `")
    ]

    assert sorted(told) == [name for name in names() if "deviation" in case(name)]
