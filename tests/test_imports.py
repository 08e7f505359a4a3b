"""What a run does not import: most of a run's time is imports, so each must earn its place.

Times belong into the benchmark; here is only what is loaded, in a process of its own.
"""

import subprocess
import sys
from pathlib import Path

from tests.support import GOLDEN, ROOT

LIBRARIES = {"attr", "attrs", "argparse", "cattrs", "jinja2", "yaml"}
HEAVY = {"jinja2", "json", "multiprocessing", "shlex", "shutil", "subprocess", "tempfile"}
PACKAGING = {"compiler.progress", "gzip", "lzma", "pickle", "selectors", "tarfile", "tomllib"}
RARE = {"difflib", "traceback", "importlib.metadata", "compiler.report", "compiler.verify"}


def imported(code: str) -> set[str]:
    """The names of everything that a line of Python imports, beyond what Python itself does."""
    script = f"import sys; before = {{*sys.modules}}; {code}; print(*({{*sys.modules}} - before))"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def compiled(host: str, folder: Path) -> set[str]:
    """What a compile of a golden host imports."""
    words = ["compile", str(GOLDEN / host / "host.yaml"), "-o", str(folder / "out")]
    return imported(f"from compiler import cli; cli.run({words!r})")


def test_the_command_line_alone_imports_no_library() -> None:
    """`--version` and a mistyped verb answer at once."""
    assert imported("import compiler.cli") & LIBRARIES == set()


def test_a_compile_imports_what_it_needs(tmp_path: Path) -> None:
    """The list below is not vacuous: this is what a compile does import."""
    assert LIBRARIES - {"jinja2"} <= compiled("minimal", tmp_path)


def test_a_compile_imports_no_heavy_module(tmp_path: Path) -> None:
    """Nothing that a good manifest of one host has no use for."""
    assert compiled("minimal", tmp_path) & HEAVY == set()


def test_a_compile_without_packages_imports_nothing_of_theirs(tmp_path: Path) -> None:
    """Nor what only a fleet needs."""
    found = compiled("minimal", tmp_path)
    assert {name for name in found if name.startswith("compiler.deb")} == set()
    assert found & PACKAGING == set()


def test_a_compile_without_a_problem_imports_no_reporter(tmp_path: Path) -> None:
    """Reports, the texts of the codes and spelling help are for those who need them."""
    found = compiled("minimal", tmp_path)
    assert {name for name in found if name.startswith("compiler.report")} == set()
    assert found & {"schema.codes", *RARE} == set()


def test_a_compile_imports_the_verb_and_no_other(tmp_path: Path) -> None:
    """Each verb is imported when it is asked for."""
    verbs = {name for name in compiled("minimal", tmp_path) if name.startswith("compiler.verbs.")}
    assert verbs == {"compiler.verbs.compile"}


def test_a_compile_imports_only_the_modules_that_the_manifest_names(tmp_path: Path) -> None:
    """A hundred modules cost nothing to a host that has two of them."""
    demo = {name for name in compiled("demo", tmp_path) if name.startswith("modules.")}
    assert demo == {"modules.gitea", "modules.postgresql"}


def test_a_host_without_modules_imports_none(tmp_path: Path) -> None:
    """The folder of modules is not even listed."""
    minimal = {name for name in compiled("minimal", tmp_path) if name.startswith("modules.")}
    assert minimal == set()
