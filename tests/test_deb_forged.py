"""`hostwright deb` of trees that somebody forged: refused, or packaged as their stamp says."""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from compiler import cli
from compiler.verbs import Outcome
from compiler.write import write
from tests.support import tree_of

LIBRARY = "usr/lib/hostwright"
EMPTY = sha256(b"").hexdigest()
TITLE = "# Hostwright tree sha256:{}"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree as it was written."""
    write(tree_of("minimal"), str(tmp_path / "out"))
    return tmp_path / "out"


def package(tree: Path) -> Outcome:
    """Try to make a package of it."""
    outcome = cli.run(["deb", str(tree), "-o", str(tree.parent / "debs")])
    assert outcome.status != 3, outcome.errors
    return outcome


def listed(tree: Path) -> list[str]:
    """The lines of its listing."""
    return (tree / ".hostwright").read_text().splitlines()[1:]


def stamp(tree: Path, lines: list[str], title: str = TITLE) -> None:
    """Write a stamp with the right digest of whatever is listed."""
    listing = "".join(f"{line}\n" for line in lines)
    head = title.format(sha256(listing.encode()).hexdigest())
    (tree / ".hostwright").write_text(f"{head}\n{listing}")


def _as_another(tree: Path) -> None:
    os.rename(tree / LIBRARY / "stale", tree / "stale")
    lines = listed(tree)
    stamp(tree, [line.replace(f"{LIBRARY}/stale", "x stale") for line in lines])


def _with_pipe(tree: Path) -> None:
    os.mkfifo(tree / "pipe")
    (tree / "pipe").chmod(0o644)
    stamp(tree, [*listed(tree), "0644 unreadable pipe"])


def _with_line(line: str) -> Callable[[Path], None]:
    def forge(tree: Path) -> None:
        (tree / "a").touch()
        stamp(tree, [*listed(tree), line])

    return forge


def _as_root(tree: Path) -> None:
    (tree / "a").touch()
    (tree / "a").chmod(0o4755)
    stamp(tree, [*listed(tree), f"4755 {EMPTY} a"])


def _with_title(title: str) -> Callable[[Path], None]:
    return lambda tree: stamp(tree, listed(tree), title)


def _as_pipe(tree: Path) -> None:
    (tree / ".hostwright").unlink()
    os.mkfifo(tree / ".hostwright")


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        (_as_another, "HW075"),
        (_with_pipe, "HW075"),
        (_with_line("a"), "HW075"),
        (_with_line(f"rwxr {EMPTY} a"), "HW075"),
        (_with_line(f"0644 {EMPTY} ../a"), "HW075"),
        (_with_line(f"0644 {EMPTY} b\u2028a"), "HW075"),
        (_as_root, "HW075"),
        (_as_pipe, "HW075"),
        (_with_title("# Hostwright tree sha256:../x:{}"), "HW077"),
        (_with_title(f"# Hostwright tree sha256:{EMPTY}:{{}}"), "HW077"),
        (_with_title("# Hostwright tree of manifest sha256:x\tMore: y, sha256:{}"), "HW077"),
    ],
)
def test_a_forged_stamp_is_refused(forge: Callable[[Path], None], code: str, tree: Path) -> None:
    """It neither leaves a file out, nor waits for a pipe, nor says what the package is."""
    forge(tree)
    outcome = package(tree)
    assert outcome.status == 1
    assert f"error[{code}]" in outcome.errors
    assert not (tree.parent / "debs").exists()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("depends = [", "depends = 5\nmore = [", "depends is no list of texts"),
        ("depends = [", "more = [", "depends is no list of texts"),
        ("depends = [", 'depends = [["jq"],', "depends is no list of texts"),
        ("depends = [", f"depends = [{'[' * 10_000}", "it is nested too deeply"),
        ('"warn"', '"warn; reboot"', 'preflight is "warn; reboot"'),
        ('"hostwright-host-minimal"', '"bash"', 'name is "bash"'),
        ("Administrators of", r"A <a@b>\nDepends: x", "is not a name and an address"),
    ],
)
def test_settings_that_are_no_settings_are_refused(
    before: str, after: str, said: str, tree: Path
) -> None:
    """Nothing but what a manifest could have said comes into the control file or a script."""
    file = tree / LIBRARY / "package.toml"
    old = file.read_text()
    assert before in old
    file.write_text(old.replace(before, after))
    digest, forged = (sha256(text.encode()).hexdigest() for text in (old, file.read_text()))
    stamp(tree, [line.replace(digest, forged) for line in listed(tree)])
    outcome = package(tree)
    assert outcome.status == 1
    assert said in outcome.errors
