"""The completion scripts, in the shells that they are for."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

import modules
from compiler.cli import run
from compiler.reference.commands import commands
from compiler.reference.completion import SHELLS, completion
from compiler.verbs import VERBS, Verb
from tests.completing import Shell
from tests.snapshots import GoldenFile
from tests.support import ROOT, need

LINES = [
    ("hostwright opt", "hostwright options"),
    ("hostwright --vers", "hostwright --version"),
    ("hostwright options backup.keep.mon", "hostwright options backup.keep.monthly"),
    ("hostwright codes HW040 hw", "hostwright codes HW040 hw"),
    ("hostwright codes HW040 HW", "hostwright codes HW040 HW0"),
    ("hostwright completion fi", "hostwright completion fish"),
    ("hostwright schema --pro", "hostwright schema --profile"),
    ("hostwright compile we", "hostwright compile web1.yaml"),
    ("hostwright compile web1.yaml --format sar", "hostwright compile web1.yaml --format sarif"),
    ("hostwright compile --strict we", "hostwright compile --strict web1.yaml"),
    ("hostwright compile web1.yaml -o tr", "hostwright compile web1.yaml -o tree"),
    ("hostwright verify tr", "hostwright verify tree"),
    ("hostwright new mod", "hostwright new module"),
    ("hostwright explain web1.yaml backup.dr", "hostwright explain web1.yaml backup.drill"),
    ("compile we", "compile web1.yaml"),
    ("compile two\\ w", "compile two words.yaml"),
    ("compile web1.yaml --outp", "compile web1.yaml --output"),
    ("compile -o tree --che", "compile -o tree --check"),
]


class Script(GoldenFile):
    """The snapshot `name` is the file completions/NAME."""

    @classmethod
    def get_location(cls, *, test_location: PyTestLocation, index: SnapshotIndex) -> str:  # noqa: ARG003
        """Where a script lies."""
        return str(ROOT / "completions" / str(index))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two manifests, other files, and a tree."""
    folder = tmp_path_factory.mktemp("hosts")
    for name in ("web1.yaml", "web1.txt", "two words.yaml"):
        (folder / name).touch()
    (folder / "tree").mkdir()
    return folder


@pytest.fixture(scope="module", params=["bash", "zsh"])
def shell(request: pytest.FixtureRequest, folder: Path) -> Iterator[Shell]:
    """A shell at a terminal."""
    need(request.param)
    script = folder / f"script.{request.param}"
    script.write_text(run(["completion", request.param]).text)
    with Shell(request.param, script, folder) as running:
        yield running


@pytest.mark.parametrize("name", SHELLS)
def test_script_is_up_to_date(name: str, snapshot: SnapshotAssertion) -> None:
    """The scripts in the repository are those that the verb prints."""
    text = completion(name, VERBS.values(), modules)

    assert text == snapshot.use_extension(Script)(name=SHELLS[name])


@pytest.mark.parametrize(("typed", "completed"), LINES)
def test_shell_completes(typed: str, completed: str, shell: Shell) -> None:
    """Verbs, options and their values, codes, names of options, manifests and folders."""
    assert shell.completed(typed).removesuffix("/") == completed


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("hostwright opt", {"options"}),
        ("hostwright options backup.keep.m", {"backup.keep.monthly"}),
        ("hostwright codes HW06", {"HW060", "HW061", "HW062"}),
        ("hostwright compile we", {"web1.yaml"}),
        ("hostwright compile web1.yaml --format s", {"sarif"}),
        ("hostwright completion b", {"bash"}),
        ("hostwright schema --p", {"--profile"}),
        ("compile -o tr", {"tree/"}),
        ("compile --st", {"--strict"}),
    ],
)
def test_fish_offers(typed: str, offered: set[str], folder: Path) -> None:
    """Fish says itself what it would offer."""
    need("fish")
    script = completion("fish", VERBS.values(), modules)
    command = f"{script}\ncomplete -C {typed!r}"
    result = subprocess.run(
        ["fish", "--no-config", "-c", command],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
    )

    assert offered <= {line.split("\t")[0] for line in result.stdout.splitlines()}


def test_bash_script_has_no_common_mistake(tmp_path: Path) -> None:
    """Shellcheck reads it as it reads our programs."""
    need("shellcheck")
    script = tmp_path / "hostwright.bash"
    script.write_text(completion("bash", VERBS.values(), modules))
    result = subprocess.run(
        ["shellcheck", "--shell=bash", str(script)], capture_output=True, text=True, check=False
    )

    assert result.stdout == ""


@pytest.mark.parametrize("shell_name", SHELLS)
def test_script_knows_every_verb(shell_name: str) -> None:
    """A new verb appears by itself."""
    script = completion(shell_name, VERBS.values(), modules)

    assert [verb for verb in VERBS if verb not in script] == []


@pytest.mark.parametrize("verb", VERBS.values(), ids=list(VERBS))
def test_every_word_of_a_verb_is_explained(verb: Verb) -> None:
    """An option without help would be a riddle in the shell and in the manual."""
    (command,) = commands([verb])

    assert [one for one in (*command.options, *command.words) if not one.help] == []


def test_unknown_shell_is_refused() -> None:
    """There are three."""
    assert run(["completion", "tcsh"]).status == 2
