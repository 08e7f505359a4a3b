"""Every example in the README is real: compiled, compared, run."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from compiler import cli
from schema.tree import File, Link, Tree
from tests.support import GOLDEN, ROOT, compile_text

PATH = ROOT / "README.md"
README = PATH.read_text()
BLOCK = re.compile(r"<!-- (?P<kind>\w+): (?P<name>.+?) -->\n```\w*\n(?P<text>.*?)```\n", re.DOTALL)


def blocks(kind: str) -> dict[str, str]:
    """The marked examples of one kind, by name."""
    found = (match for match in BLOCK.finditer(README) if match["kind"] == kind)
    return {match["name"]: match["text"] for match in found}


def assert_shown(kind: str, name: str, text: str, request: pytest.FixtureRequest) -> None:
    """A block shows just this text; --snapshot-update puts it there."""
    if request.config.option.update_snapshots:
        start = f"<!-- {kind}: {name} -->\n```"
        before, _, after = PATH.read_text().partition(start)
        language, _, rest = after.partition("\n")
        PATH.write_text(
            f"{before}{start}{language}\n{text}```\n{rest.partition('```' + chr(10))[2]}"
        )
        return
    assert blocks(kind)[name] == text


def golden_tree(host: str) -> Tree:
    """The tree that a golden manifest compiles to."""
    tree = compile_text((GOLDEN / host / "host.yaml").read_bytes()).tree

    assert tree is not None
    return tree


def test_every_code_block_of_the_readme_is_marked_as_an_example() -> None:
    """A fenced block that no test reads would rot unseen."""
    assert README.count("```") == 2 * len(BLOCK.findall(README))


@pytest.mark.parametrize("name", blocks("manifest"))
def test_a_manifest_of_the_readme_compiles_without_a_word(name: str) -> None:
    """What a reader copies from the README must work, warnings included."""
    compiled = compile_text(blocks("manifest")[name])

    assert compiled.diagnostics == ()
    assert compiled.tree is not None


def test_the_demo_manifest_is_the_one_of_the_readme() -> None:
    """`make demo` compiles what the README shows."""
    assert blocks("manifest")["demo"] == (GOLDEN / "demo" / "host.yaml").read_text()


@pytest.mark.parametrize("host", blocks("tree"))
def test_a_tree_of_the_readme_is_what_the_compiler_writes(
    host: str, request: pytest.FixtureRequest
) -> None:
    """The listing in the README has every entry, in order, and no other."""
    listing = [
        f"{path} -> {entry.target}\n" if isinstance(entry, Link) else f"{path}\n"
        for path, entry in golden_tree(host).items()
    ]

    assert_shown("tree", host, "".join(listing), request)


@pytest.mark.parametrize("name", blocks("file"))
def test_a_file_of_the_readme_is_what_the_compiler_writes(
    name: str, request: pytest.FixtureRequest
) -> None:
    """A unit in the README is shown to the letter."""
    host, path = name.split()
    entry = golden_tree(host)[path]

    assert isinstance(entry, File)
    assert_shown("file", name, entry.text, request)


@pytest.mark.parametrize("case", blocks("rejected"))
def test_a_report_of_the_readme_is_what_the_compiler_says(
    case: str, request: pytest.FixtureRequest
) -> None:
    """A report in the README is shown to the letter."""
    report = (GOLDEN / "rejected" / case / "report").read_text()

    assert_shown("rejected", case, report, request)


@pytest.mark.parametrize("file", blocks("source"))
def test_a_profile_of_the_readme_is_the_one_that_is_tested(
    file: str, request: pytest.FixtureRequest
) -> None:
    """What a reader copies is compiled in golden/."""
    assert_shown("source", file, (ROOT / file).read_text(), request)


@pytest.mark.parametrize("words", blocks("said"))
def test_what_a_command_says_in_the_readme_is_what_it_says(
    words: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands of the README are run, in the repository."""
    monkeypatch.chdir(ROOT)

    assert_shown("said", words, cli.run(words.split()).text, request)


@pytest.mark.parametrize("name", blocks("module"))
def test_the_module_of_the_readme_works_as_it_stands(name: str, tmp_path: Path) -> None:
    """Whoever follows "Adding a module" gets a unit."""
    for package in ("compiler", "modules", "schema"):
        shutil.copytree(ROOT / package, tmp_path / package)
    (tmp_path / "modules" / f"{name}.py").write_text(blocks("module")[name])
    manifest = (GOLDEN / "minimal" / "host.yaml").read_text() + f"\nmodules: [{name}]\n"
    (tmp_path / "host.yaml").write_text(manifest)
    subprocess.run(
        [sys.executable, "-m", "compiler", "compile", "host.yaml", "-o", "out"],
        cwd=tmp_path,
        check=True,
    )

    unit = tmp_path / f"out/usr/lib/systemd/system/backup-{name}.service"
    assert f"User={name}" in unit.read_text()


def test_the_readme_counts_its_rules_right() -> None:
    """The number of rules in the README is the number in the catalogue."""
    from schema.codes import RULES

    assert f"[{len(RULES)} rules](docs/codes.md)" in README
