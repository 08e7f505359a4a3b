"""`hostwright verify`: an untouched tree is good, and every kind of change is found and named."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from compiler.cli import run
from compiler.verbs import Outcome
from compiler.verify import complaints as room
from compiler.write import write
from tests.support import GOLDEN, host_names, need, tree_of

_SYSTEM = "usr/lib/systemd/system"
_UNIT = f"{_SYSTEM}/backup.service"
_LINK = f"{_SYSTEM}/timers.target.wants/backup.timer"
_SCRIPT = "usr/lib/hostwright/borg"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The golden tree "minimal", as compile writes it."""
    write(tree_of("minimal"), str(tmp_path / "out"))
    return tmp_path / "out"


@pytest.fixture
def without_systemd(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has no systemd-analyze."""
    monkeypatch.setattr("compiler.verbs.verify.systemd_release", lambda: None)


def verify(*words: object) -> Outcome:
    """Run `hostwright verify`."""
    return run(["verify", *map(str, words)])


def found(tree: Path) -> list[tuple[str, str, str]]:
    """Code, file in the tree and message of each diagnostic about it."""
    report = json.loads(verify(tree, "--format", "json").text)
    return [
        (one["code"], one["file"].removeprefix(f"{tree}").lstrip("/"), one["message"])
        for one in report["diagnostics"]
    ]


def test_untouched_tree_is_good(tree: Path) -> None:
    """What compile wrote and nobody touched is good, in one line."""
    outcome = verify(tree)
    assert (outcome.text, outcome.status) == (f"{tree}: as Hostwright wrote it\n", 0)


def test_nothing_is_written(tree: Path) -> None:
    """Verifying leaves the tree as it was, with every time stamp."""
    before = {path: path.lstat().st_mtime_ns for path in tree.rglob("*")}
    verify(tree)
    assert {path: path.lstat().st_mtime_ns for path in tree.rglob("*")} == before


def _append(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")


def _relink(path: Path) -> None:
    path.unlink()
    path.symlink_to("../backup-check.timer")


def _replace_link(path: Path) -> None:
    path.unlink()
    path.touch()


def _replace_with_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _replace_file(path: Path) -> None:
    path.unlink()
    path.symlink_to("backup-check.service")


@pytest.mark.parametrize(
    ("path", "change", "message"),
    [
        (_UNIT, _append, "the file was changed after Hostwright wrote it"),
        (_UNIT, Path.unlink, "the file is missing"),
        (_UNIT, _replace_with_pipe, "the file cannot be read"),
        (_UNIT, _replace_file, "it is a link to backup-check.service instead of a file"),
        (_UNIT, lambda path: path.chmod(0o744), "the file has the mode 0744 instead of 0644"),
        (_SCRIPT, lambda path: path.chmod(0o644), "the file has the mode 0644 instead of 0755"),
        (_SCRIPT, lambda path: path.chmod(0o4755), "the file has the mode 4755 instead of 0755"),
        (_LINK, Path.unlink, "the file is missing"),
        (
            _LINK,
            _relink,
            "it is a link to ../backup-check.timer instead of a link to ../backup.timer",
        ),
        (_LINK, _replace_link, "it is a file instead of a link to ../backup.timer"),
        ("etc", Path.touch, "the file was not written by Hostwright"),
        ("usr/with blank", Path.touch, "the file was not written by Hostwright"),
        ("usr/empty", Path.mkdir, "the folder was not written by Hostwright"),
        (".hostwright", _append, "the file was changed after Hostwright wrote it"),
    ],
)
@pytest.mark.usefixtures("without_systemd")
def test_change_is_found(
    tree: Path, path: str, change: Callable[[Path], object], message: str
) -> None:
    """A change of any kind is an error, at the file that it was made to."""
    change(tree / path)
    assert ("HW075", path, message) in found(tree)
    assert verify(tree).status == 1


@pytest.mark.parametrize("mask", [0o002, 0o027, 0o077])
@pytest.mark.usefixtures("without_systemd")
def test_checkout_of_git_is_good(tree: Path, mask: int) -> None:
    """Git keeps the x bit only: the rest is the umask's of whoever checks out."""
    for path in tree.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod((0o777 if path.stat().st_mode & 0o100 else 0o666) & ~mask)
    assert verify(tree).status == 0


def test_fix_of_a_change_can_be_followed(tree: Path) -> None:
    """Compile leaves a changed folder alone, so that the folder must go first."""
    _append(tree / _UNIT)
    fix = "remove the folder, and compile the manifest into it again"
    manifest = str(GOLDEN / "minimal" / "host.yaml")
    assert fix in verify(tree).errors
    assert run(["compile", manifest, "-o", str(tree)]).status == 1
    shutil.rmtree(tree)
    assert run(["compile", manifest, "-o", str(tree)]).status == 0


@pytest.mark.usefixtures("without_systemd")
def test_every_change_is_reported(tree: Path) -> None:
    """All differences are reported at once, in the order of their paths."""
    (tree / _UNIT).unlink()
    (tree / _SCRIPT).unlink()
    (tree / "etc").touch()
    assert [path for _, path, _ in found(tree)] == ["etc", _SCRIPT, _UNIT]


def test_folder_of_somebody_else_is_no_tree(tmp_path: Path) -> None:
    """A folder without a listing is not read any further."""
    (tmp_path / "backup.service").write_text("[Service]\nFoo=1\n", encoding="utf-8")
    message = "the folder is no tree of Hostwright: there is no .hostwright to read in it"
    assert found(tmp_path) == [("HW075", "", message)]


def test_folder_of_trees_is_verified_tree_by_tree(tmp_path: Path) -> None:
    """What compile makes of several manifests is verified by the one folder."""
    for host in ("demo", "minimal"):
        write(tree_of(host), str(tmp_path / host))
    (tmp_path / "minimal" / _SCRIPT).unlink()
    outcome = verify(tmp_path)
    assert (outcome.text, outcome.status) == (f"{tmp_path}/demo: as Hostwright wrote it\n", 1)


@pytest.mark.parametrize(
    ("make", "kind"),
    [(Path.mkdir, "folder"), (Path.touch, "file"), (lambda path: path.symlink_to("gone"), "file")],
)
@pytest.mark.usefixtures("without_systemd")
def test_stray_beside_trees_is_found(
    tmp_path: Path, make: Callable[[Path], object], kind: str
) -> None:
    """A host whose tree is but half there is not passed over in silence."""
    write(tree_of("minimal"), str(tmp_path / "minimal"))
    make(tmp_path / "web1")
    message = f"the {kind} beside the trees is none of Hostwright"
    assert found(tmp_path) == [("HW075", "web1", message)]
    assert verify(tmp_path).status == 1


@pytest.mark.usefixtures("without_systemd")
def test_git_may_stand_beside_trees(tmp_path: Path) -> None:
    """Trees are kept in a repository."""
    write(tree_of("minimal"), str(tmp_path / "minimal"))
    (tmp_path / ".git").mkdir()
    assert verify(tmp_path).status == 0


@pytest.mark.usefixtures("without_systemd")
def test_name_of_a_tree_cannot_steer_a_terminal(tmp_path: Path) -> None:
    """Not even when all is well with it."""
    write(tree_of("minimal"), str(tmp_path / "\x1b[2J"))
    assert verify(tmp_path / "\x1b[2J").text.endswith("/\\x1b[2J: as Hostwright wrote it\n")


def test_systemd_complaint_is_shown_with_its_line(tree: Path) -> None:
    """What systemd would only log and ignore is an error, at the line that it is about."""
    need("systemd-analyze")
    unit = tree / _UNIT
    unit.write_text(unit.read_text(encoding="utf-8").replace("Nice=10", "Nice=100"), "utf-8")
    number = unit.read_text(encoding="utf-8").split("\n").index("Nice=100") + 1
    expected = (
        f"{unit}:{number}:1: error[HW076]: systemd: Nice priority out of range, ignoring: 100\n"
    )
    assert expected in verify(tree).errors


def test_missing_script_is_a_complaint(tree: Path) -> None:
    """A unit that would start a script of ours which is not there cannot work."""
    need("systemd-analyze")
    (tree / _SCRIPT).unlink()
    message = f"systemd: Command /{_SCRIPT} is not executable: No such file or directory"
    assert ("HW076", _UNIT, message) in found(tree)


def test_newer_directives_are_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line for a later systemd than this machine's is no error; a note counts such lines."""
    said = (room.Complaint(_UNIT, 9, "Unknown key", 257), room.Complaint(_UNIT, 10, "Bad", 257))
    monkeypatch.setattr("compiler.verbs.verify.systemd_release", lambda: 252)
    monkeypatch.setattr("compiler.verbs.verify.complaints", lambda _: said)
    write(tree_of("minimal"), str(tmp_path / "out"))
    outcome = verify(tmp_path / "out")
    expected = f"note: {tmp_path}/out is for systemd 257, and this machine's is 252; "
    assert outcome.errors == f"{expected}it is too old for 2 of the lines\n"
    assert outcome.status == 0


@pytest.mark.parametrize(
    ("line", "newer"),
    [
        ("MemoryZSwapWriteback=no", 257),
        ("ProtectControlGroups=strict", 257),
        ("ProtectControlGroups=yes", None),
        ("ProtectControlGroups=strictt", None),
        ("Foo=bar", None),
    ],
)
def test_age_of_a_line_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, newer: int | None
) -> None:
    """Only what a later release of systemd takes, and no earlier one, is put down to age."""
    monkeypatch.setattr(room, "systemd_release", lambda: 252)
    unit = tmp_path / "backup.service"
    unit.write_text(f"[Unit]\n\n[Service]\nType=oneshot\n{line}\n", encoding="utf-8")
    answer = f"{unit}:5: whatever systemd says"
    assert room.complaint(str(tmp_path), (), answer).newer == newer


@pytest.mark.usefixtures("without_systemd")
def test_machine_without_systemd_is_told(tree: Path) -> None:
    """Without systemd-analyze the tree is compared all the same, and a note says so."""
    outcome = verify(tree, tree)
    note = "note: systemd-analyze is not installed here: systemd's own parser was not asked\n"
    assert (outcome.errors, outcome.status) == (note, 0)


@pytest.mark.parametrize("host", host_names())
def test_golden_manifest_is_good(host: str) -> None:
    """Every golden manifest compiles in memory, and systemd takes the result."""
    outcome = verify(GOLDEN / host / "host.yaml")
    assert outcome.text.endswith(": good\n")
    assert outcome.status == 0


def test_rejected_manifest_is_reported(tmp_path: Path) -> None:
    """A manifest that does not compile has the same report as with compile."""
    manifest = tmp_path / "host.yaml"
    manifest.write_text("host: web1\n", encoding="utf-8")
    compiled = run(["compile", "--check", str(manifest)])
    assert verify(manifest).errors == compiled.errors
    assert verify(manifest).status == 1


def test_complaint_about_a_manifest_names_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What systemd says about a compiled line is shown at the line of the manifest behind it."""
    manifest = tmp_path / "host.yaml"
    manifest.write_bytes((GOLDEN / "minimal" / "host.yaml").read_bytes())
    unit = (GOLDEN / "minimal" / "tree" / _UNIT).read_text(encoding="utf-8").split("\n")
    number = unit.index("Environment=BORG_REPO=/mnt/vault/minimal") + 1
    monkeypatch.setattr("compiler.verbs.verify.systemd_release", lambda: 252)
    said = (room.Complaint(_UNIT, number, "Path is odd"),)
    monkeypatch.setattr("compiler.verbs.verify.complaints", lambda _: said)
    place = json.loads(verify(manifest, "--format", "json").text)["diagnostics"][0]
    assert place["message"] == f"systemd: {_UNIT}:{number}: Path is odd"
    assert place["line"] == 5


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    """A name that is neither a folder nor a file is reported, and is no bug."""
    outcome = verify(tmp_path / "nothing")
    assert "error[HW001]: cannot read the manifest or tree" in outcome.errors
    assert outcome.status == 1


def test_command_line_without_a_tree_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """Without an argument, usage goes to standard error, with exit status 2."""
    assert verify().status == 2
    assert "usage: hostwright verify" in capsys.readouterr().err
