"""docs/modules.md, followed from top to bottom: each file is written, each command run.

To accept other output of the commands: pytest --snapshot-update, then read `git diff docs`.
"""

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler import cli
from tests.support import ROOT

PAGE = ROOT / "docs" / "modules.md"
BLOCK = re.compile(r"<!-- (?P<kind>\w+): (?P<name>.+?) -->\n```\w*\n(?P<text>.*?)```\n", re.DOTALL)


def run(command: str) -> str:
    """What a terminal shows of a command line, which is a process of its own there."""
    for name in [name for name in sys.modules if name.startswith("own:")]:
        del sys.modules[name]
    verb, *words = shlex.split(command)
    outcome = cli.run([verb, *words] if verb == "compile" else words)
    return outcome.text + outcome.errors


def shown(text: str) -> str:
    """A console block with what its commands print."""
    commands = [line for line in text.splitlines() if line.startswith("$ ")]
    return "".join(f"{command}\n{run(command[2:])}" for command in commands)


def followed(page: str, place: Path) -> Iterator[tuple[re.Match[str], str]]:
    """Each block in its order, and what it should say."""
    for block in BLOCK.finditer(page):
        kind, name, text = block.group("kind", "name", "text")
        if kind == "write":
            (place / name).write_text(text)
        elif kind == "lines":
            assert text in (place / name).read_text()
        yield block, shown(text) if kind == "run" else text


def test_guide_works_from_top_to_bottom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Whoever types it gets what the page shows."""
    monkeypatch.chdir(tmp_path)
    page = PAGE.read_text()
    found = [(block.group("text"), wanted) for block, wanted in followed(page, tmp_path)]
    if request.config.option.update_snapshots:
        for text, wanted in found:
            page = page.replace(f"\n{text}```", f"\n{wanted}```", 1)
        PAGE.write_text(page)
        return

    assert [text for text, _ in found] == [wanted for _, wanted in found]


def test_every_code_block_of_the_guide_is_marked() -> None:
    """A block that no test reads would rot unseen."""
    page = PAGE.read_text()

    assert page.count("```") == 2 * len(BLOCK.findall(page))


def test_module_of_the_readme_is_the_first_one_of_the_guide() -> None:
    """Both begin with the same option of the same software."""
    line = 'default=AbsolutePath.known("/run/redis/redis-server.sock"), help="the server\'s unix'

    assert line in PAGE.read_text()
    assert line in (ROOT / "README.md").read_text()
