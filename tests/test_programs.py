"""The Python programs of the host: complete in each tree, isolated, and typed."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import modules
from tests.support import files_of, host_names

SOURCES = sorted(Path(modules.PROGRAMS).glob("*.py"))
SHEBANG = "#!/usr/bin/python3 -EsB"
STRICTLY = ("--strict", "--config-file=", "--cache-dir=/dev/null", "--explicit-package-bases")


def imports(source: str) -> Iterator[str]:
    """The top-level names of everything that a program imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module).partition(".")[0]


@pytest.mark.parametrize("host", host_names())
def test_a_tree_has_the_libraries_of_its_programs(host: str) -> None:
    """What a program of a tree imports is beside it or in Python itself, and nothing else is."""
    files = files_of(host)
    libraries = {Path(path).stem for path in files if path.endswith(".py")}
    programs = (file.text for file in files.values() if _is_python(file.text))
    wanted = {name for program in programs for name in imports(program)}
    assert wanted - sys.stdlib_module_names == libraries


def _is_python(text: str) -> bool:
    return text.startswith(SHEBANG) or '"""' in text.partition("\n\n")[2][:10]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_program_is_isolated(source: Path) -> None:
    """No environment, no user's packages, no byte code; a library has no shebang at all."""
    first = source.read_text().partition("\n")[0]
    assert first == SHEBANG or not first.startswith("#!")


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_program_is_rendered_as_it_stands(source: Path) -> None:
    """Nothing in a program looks like a template's markup."""
    text = source.read_text()
    assert [sign for sign in ("{{", "{%", "<#") if sign in text] == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_program_says_what_it_is_for(source: Path) -> None:
    """Whoever opens it finds its usage, or its purpose, first."""
    assert ast.get_docstring(ast.parse(source.read_text()))


def test_the_programs_are_typed() -> None:
    """The type checker has nothing to say about them, by its strictest rules."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *STRICTLY, "."],
        check=False,
        capture_output=True,
        encoding="utf-8",
        cwd=modules.PROGRAMS,
    )
    assert done.returncode == 0, done.stdout
