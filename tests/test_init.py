"""`hostwright init`: a machine is looked at, and the manifest that comes of it compiles."""

import os
from pathlib import Path

import pytest

from compiler.cli import run
from compiler.init.root import Root
from compiler.init.settled import settled
from compiler.init.survey import survey
from compiler.verbs.init import parser
from tests.machines import Machine, read
from tests.support import ROOT


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A Debian 12 called web1 on which nothing runs."""
    return Machine(tmp_path / "root")


def test_an_empty_root_gives_a_manifest_that_compiles(tmp_path: Path) -> None:
    """Where there is nothing to see, every line is a placeholder, and it compiles."""
    assert "CHANGE" in settled(survey(Root(str(tmp_path))))
    assert read(settled(survey(Root(str(tmp_path)))))["backup"]["paths"] == ["/etc"]


def test_the_name_and_the_release_are_the_machines(machine: Machine) -> None:
    """The host is called as /etc/hostname says, and the target is its Debian."""
    manifest = read(machine.manifest())
    assert [manifest["host"], manifest["target"]] == ["web1", "debian-12"]


def test_a_name_in_capitals_is_written_small(machine: Machine) -> None:
    """A host's name is not case sensitive, and the manifest takes it in lower case."""
    machine.write("etc/hostname", "# ours\nWeb1.Example.ORG\n")
    assert read(machine.manifest())["host"] == "web1.example.org"


def test_another_system_is_named_in_a_comment(machine: Machine) -> None:
    """A release without a target falls back to debian-12, and a comment says so."""
    machine.write("etc/os-release", 'ID=ubuntu\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04"\n')
    assert "Ubuntu 24.04" in machine.manifest()
    assert read(machine.manifest())["target"] == "debian-12"


def test_folders_without_a_file_are_not_archived(machine: Machine) -> None:
    """Only what holds a file somewhere is a path to back up."""
    machine.write("home/anna/notes")
    (machine.folder / "srv/empty/inner").mkdir(parents=True)
    assert read(machine.manifest())["backup"]["paths"] == ["/etc", "/home"]


def test_a_linked_folder_is_named_by_its_real_path(machine: Machine) -> None:
    """Of a link, borg archives the link alone, so that the manifest names where it leads."""
    machine.write("data/home/anna/notes")
    (machine.folder / "home").symlink_to("/data/home")
    assert read(machine.manifest())["backup"]["paths"] == ["/etc", "/data/home"]


def test_an_absolute_link_stays_in_the_root(machine: Machine) -> None:
    """A link of an image to /etc/hostname is not this machine's /etc/hostname."""
    (machine.folder / "etc/hostname").unlink()
    (machine.folder / "etc/hostname").symlink_to("/etc/name")
    machine.write("etc/name", "inside\n")
    assert read(machine.manifest())["host"] == "inside"


def test_a_link_above_the_root_stays_in_the_root(machine: Machine) -> None:
    """As for the kernel, the folder above the root is the root."""
    (machine.folder / "etc/hostname").unlink()
    (machine.folder / "etc/hostname").symlink_to("../../../../../etc/name")
    machine.write("etc/name", "inside\n")
    assert read(machine.manifest())["host"] == "inside"


def test_links_in_a_circle_are_noted(machine: Machine) -> None:
    """What leads nowhere is listed as what could not be looked into."""
    (machine.folder / "srv").symlink_to("/srv")
    assert "/srv (too many levels of symbolic links)" in machine.manifest()


def test_a_pipe_is_never_opened(machine: Machine) -> None:
    """A pipe in the place of a file would hang whoever opens it."""
    (machine.folder / "etc/hostname").unlink()
    os.mkfifo(machine.folder / "etc/hostname")
    assert read(machine.manifest())["host"] == "host1"


def test_what_is_closed_is_noted(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that only root may enter is named, and the manifest compiles all the same."""
    closed = str(machine.write("etc/gitea/app.ini", "x"))
    real = os.open

    def refusing(path: str, *others: int, **more: int) -> int:
        if path == closed:
            raise PermissionError(13, "Permission denied")
        return real(path, *others, **more)

    monkeypatch.setattr(os, "open", refusing)
    text = machine.manifest()
    assert "/etc/gitea/app.ini (permission denied)" in text
    assert read(text)["modules"] == {"gitea": None}


def test_the_same_root_gives_the_same_manifest(machine: Machine) -> None:
    """No clock, no order of the file system, no environment."""
    for name in ("b", "a", "c"):
        machine.database(f"var/lib/{name}/x.db")
    assert machine.manifest() == machine.manifest()


def test_what_borg_and_ssh_left_is_a_hint(machine: Machine) -> None:
    """A repository that root's borg has used, and root's key, stand above the placeholder."""
    machine.write("root/.config/borg/security/ab/location", "ssh://u@vault/./x")
    machine.write("root/.ssh/id_ed25519")
    machine.write("root/.ssh/id_ed25519.pub")
    text = machine.manifest()
    assert "used ssh://u@vault/./x before" in text
    assert "/root/.ssh/id_ed25519 (" in text


def test_the_verb_writes_to_standard_output(machine: Machine) -> None:
    """Without -o nothing is written to any file."""
    outcome = run(["init", "--root", str(machine.folder)])
    assert (outcome.status, outcome.text) == (0, machine.manifest())


def test_the_verb_writes_a_file(machine: Machine, tmp_path: Path) -> None:
    """With -o the manifest is the file, and nothing is left beside it."""
    run(["init", "--root", str(machine.folder), "-o", str(tmp_path / "web1.yaml")])
    assert (tmp_path / "web1.yaml").read_text() == machine.manifest()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["root", "web1.yaml"]


def test_the_verb_replaces_nothing_unasked(machine: Machine, tmp_path: Path) -> None:
    """A file that is there stays as it is."""
    (tmp_path / "web1.yaml").write_text("mine")
    outcome = run(["init", "--root", str(machine.folder), "-o", str(tmp_path / "web1.yaml")])
    assert (outcome.status, (tmp_path / "web1.yaml").read_text()) == (1, "mine")


def test_the_verb_replaces_a_file_when_told(machine: Machine, tmp_path: Path) -> None:
    """--force is the way over a file that is there."""
    (tmp_path / "web1.yaml").write_text("mine")
    words = ["init", "--root", str(machine.folder), "-o", str(tmp_path / "web1.yaml"), "--force"]
    assert run(words).status == 0
    assert (tmp_path / "web1.yaml").read_text() == machine.manifest()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--root", "/nonexistent"], 2),
        (["--from", "restic", "x"], 2),
        (["--from", "borgmatic", "/nonexistent/config.yaml"], 1),
        (["--from", "seed", "/"], 1),
        (["-o", "/nonexistent/folder/web1.yaml"], 1),
        (["--from", "seed", "a\0b"], 1),
        (["-o", "a\0b"], 1),
    ],
)
def test_wrong_words_give_one_line(words: list[str], status: int, tmp_path: Path) -> None:
    """No words give a traceback: one line says what is wrong."""
    outcome = run(["init", "--root", str(tmp_path), *words])
    assert (outcome.status, outcome.errors.count("\n")) == (status, 1)


def test_the_guide_types_commands_that_exist() -> None:
    """Each `hostwright init` of docs/moving.md has words that the verb takes."""
    guide = (ROOT / "docs/moving.md").read_text()
    lines = [line for line in guide.split("\n") if line.startswith("    hostwright init")]
    known = [parser().parse_args(line.split()[2:]).output for line in lines]
    assert known == ["HOST.yaml", "HOST.yaml", "HOST.yaml"]


@pytest.mark.parametrize("host", ["", "a b", "../x", "UPPER_case"])
def test_a_name_that_is_none_is_marked(machine: Machine, host: str) -> None:
    """A host that has no good name gets one that stands out."""
    machine.write("etc/hostname", f"{host}\n")
    assert read(machine.manifest())["host"] == "host1"


def test_the_order_of_keys_is_the_readers(machine: Machine) -> None:
    """What must be changed comes first, and every comment stands above its line."""
    machine.write("etc/postgresql/15/main/postgresql.conf", "port = 5432\n")
    keys = [line for line in machine.manifest().split("\n") if line.endswith(":") or ": " in line]
    names = [line.split(":")[0].strip() for line in keys if not line.lstrip().startswith("#")]
    wanted = ["host", "target", "backup", "repository", "passphrase", "paths", "modules"]
    assert names == [*wanted, "postgresql"]
