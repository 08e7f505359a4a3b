"""`hostwright new module NAME`: what it writes works as it stands, and nothing is overwritten."""

import re
from pathlib import Path

import pytest

from compiler import cli
from modules.own import NAME_RULE

UNIT = "golden/wiki/tree/usr/lib/systemd/system/backup-wiki.service"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(place: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    files = (path for path in place.rglob("*") if path.is_file())
    return {str(path.relative_to(place)): path.read_bytes() for path in files}


def test_golden_host_of_a_new_module_has_its_dump(place: Path) -> None:
    """The module and its host are written, and compiled at once."""
    assert cli.run(["new", "module", "wiki"]).status == 0
    assert "User=wiki\n" in (place / "modules" / UNIT).read_text()
    assert (place / "modules" / UNIT.replace("backup-", "restore-")).is_file()


def test_new_module_goes_into_the_folder_that_is_named(place: Path) -> None:
    """`--modules DIR`, which is made when it is not there."""
    assert cli.run(["new", "module", "wiki", "--modules", "shop/own"]).status == 0
    assert (place / "shop/own/wiki.py").is_file()
    assert (place / "shop/own" / UNIT).is_file()


def test_what_it_says_to_run_works(place: Path) -> None:
    """The printed command compiles the golden host, and changes nothing yet."""
    told = cli.run(["new", "module", "wiki"]).text
    before = contents(place)
    (command,) = re.findall(r"^    (compile .*)$", told, re.MULTILINE)
    outcome = cli.run([*command.split(), "--strict"])

    assert (outcome.status, outcome.errors) == (0, "")
    assert contents(place) == before


def test_lines_that_it_says_to_add_work(place: Path) -> None:
    """A host with them has the dump."""
    told = cli.run(["new", "module", "wiki"]).text
    lines = re.findall(r"^    (module.*)$", told, re.MULTILINE)
    (place / "host.yaml").write_text(
        "host: web1\ntarget: debian-12\nbackup: {repository: /mnt/vault/web1, paths: [/etc], "
        "passphrase: /etc/credstore/borg-passphrase}\n" + "\n".join(lines)
    )

    assert cli.run(["compile", "host.yaml", "-o", "out", "--strict"]).status == 0
    assert (place / "out/usr/lib/systemd/system/backup-wiki.service").is_file()


@pytest.mark.parametrize("name", ["none", "host", "iterator", "my_wiki_2"])
def test_any_good_name_makes_a_module_that_works(name: str, place: Path) -> None:
    """Also a word of Python, a name of an import and one of several words."""
    assert cli.run(["new", "module", name]).status == 0
    assert (place / "modules" / f"{name}.py").is_file()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("my-wiki", NAME_RULE),
        ("Wiki", NAME_RULE),
        ("_wiki", NAME_RULE),
        ("../wiki", NAME_RULE),
        ("", NAME_RULE),
        ("dump", "Hostwright has a module of this name"),
        ("w" * 32, "it is longer than 31 characters, and no user could be called so"),
    ],
)
def test_bad_name_is_a_wrong_command_line(name: str, reason: str, place: Path) -> None:
    """Exit status 2, the rule, and nothing written."""
    outcome = cli.run(["new", "module", name])

    assert outcome.status == 2
    assert outcome.errors == f'hostwright: "{name}" is no name for a module: {reason}\n'
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("existing", ["modules/wiki.py", "modules/golden/wiki/host.yaml"])
def test_nothing_is_overwritten(existing: str, place: Path) -> None:
    """Whatever of it is there, the rest is not written either."""
    (place / existing).parent.mkdir(parents=True)
    (place / existing).write_text("mine\n")
    outcome = cli.run(["new", "module", "wiki"])

    assert outcome.status == 1
    assert "exists already; nothing was written" in outcome.errors
    assert contents(place) == {existing: b"mine\n"}


def test_name_that_is_taken_by_a_unit_leaves_nothing_behind(place: Path) -> None:
    """backup-check.service is the backup's own."""
    outcome = cli.run(["new", "module", "check"])

    assert outcome.status == 1
    assert "the unit backup-check.service is wanted twice" in outcome.errors
    assert contents(place) == {}


def test_folder_that_cannot_be_written_is_said(place: Path) -> None:
    """A file is where the folder should be."""
    (place / "modules").touch()
    outcome = cli.run(["new", "module", "wiki"])

    assert (outcome.status, outcome.errors) == (
        1,
        "hostwright: cannot write modules/wiki.py: File exists\n",
    )


def test_something_else_than_a_module_is_a_wrong_command_line(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is nothing else to make."""
    assert cli.run(["new", "host", "web1"]).status == 2
    assert "choose from" in capsys.readouterr().err
    assert contents(place) == {}
