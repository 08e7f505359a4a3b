"""Many manifests at once: each host its folder, all of them or none."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import compiler.destination
from compiler.digest import digest
from compiler.fleet import compile_fleet
from compiler.write import publish, write
from schema.compiled import Compiled
from schema.diagnostics import Diagnostic, RejectedError
from tests.folders import contents, meant
from tests.support import ROOT, compile_text, tree_of

MANIFEST = """\
host: {host}
target: debian-12
backup:
  repository: /mnt/vault/{host}
  passphrase: /etc/credstore/borg-passphrase
  paths: [/etc]
  encryption: {encryption}
"""

Write = Callable[..., str]


@pytest.fixture
def manifest(tmp_path: Path) -> Write:
    """Writes a manifest and gives its name."""

    def made(host: str, encryption: str = "repokey-blake2", file: str | None = None) -> str:
        path = tmp_path / f"{file or host}.yaml"
        path.write_text(MANIFEST.format(host=host, encryption=encryption))
        return str(path)

    return made


def codes(results: list[Compiled]) -> list[list[str]]:
    """The codes of each manifest's diagnostics."""
    return [[one.code for one in result.diagnostics] for result in results]


def meant_of(host: str) -> dict[str, str]:
    """What a host's folder should hold."""
    compiled = compile_text(MANIFEST.format(host=host, encryption="repokey-blake2"))
    assert compiled.tree is not None
    assert compiled.document is not None
    return meant(compiled.tree, digest(compiled.document))


def test_each_host_has_its_own_folder(manifest: Write, tmp_path: Path) -> None:
    """OUT/HOST is exactly what the host's manifest alone gives."""
    names = ["web1", "web2", "db"]
    compile_fleet([manifest(name) for name in names], str(tmp_path / "out"), strict=False)
    assert sorted(os.listdir(tmp_path / "out")) == sorted(names)
    assert [contents(tmp_path / "out" / name) for name in names] == [*map(meant_of, names)]


def test_one_bad_manifest_keeps_all_from_being_written(manifest: Write, tmp_path: Path) -> None:
    """Not even OUT is made."""
    files = [manifest("web1"), manifest("web2", encryption="rot13"), manifest("db")]
    results = compile_fleet(files, str(tmp_path / "new" / "out"), strict=False)
    assert codes(results) == [[], ["HW015"], []]
    assert not (tmp_path / "new").exists()


def test_one_bad_manifest_leaves_old_trees_alone(manifest: Write, tmp_path: Path) -> None:
    """What stood in OUT still stands."""
    out = tmp_path / "out"
    compile_fleet([manifest("web1"), manifest("db")], str(out), strict=False)
    before = contents(out)
    Path(manifest("web1")).write_text(MANIFEST.format(host="web1", encryption="keyfile"))
    results = compile_fleet([manifest("db"), f"{tmp_path}/missing.yaml"], str(out), strict=False)
    assert codes(results) == [[], ["HW001"]]
    assert contents(out) == before


def test_hosts_that_are_not_named_stay(manifest: Write, tmp_path: Path) -> None:
    """Compiling two hosts says nothing about a third."""
    out = tmp_path / "out"
    compile_fleet([manifest("web1"), manifest("web2")], str(out), strict=False)
    compile_fleet([manifest("web1"), manifest("db")], str(out), strict=False)
    assert sorted(os.listdir(out)) == ["db", "web1", "web2"]


def test_two_manifests_of_one_host_are_refused(manifest: Write, tmp_path: Path) -> None:
    """They would write one folder; the report names the first."""
    files = [manifest("web1"), manifest("db"), manifest("web1", file="other")]
    results = compile_fleet(files, str(tmp_path / "out"), strict=False)
    assert codes(results) == [[], [], ["HW074"]]
    assert files[0] in results[2].diagnostics[0].message
    assert not (tmp_path / "out").exists()


def test_one_manifest_given_twice_is_refused(manifest: Write, tmp_path: Path) -> None:
    """The very same file is no better."""
    file = manifest("web1")
    results = compile_fleet([file, file], str(tmp_path / "out"), strict=False)
    assert codes(results) == [[], ["HW074"]]


def test_strict_lets_a_warning_fail(manifest: Write, tmp_path: Path) -> None:
    """Without --strict the tree is written, with it nothing is."""
    file = manifest("web1", encryption="none")
    Path(file).write_text(Path(file).read_text().replace("  passphrase", "  # passphrase"))
    assert codes(compile_fleet([file], str(tmp_path / "out"), strict=True)) == [["HW062"]]
    assert not (tmp_path / "out").exists()
    assert codes(compile_fleet([file], str(tmp_path / "out"), strict=False)) == [["HW062"]]
    assert (tmp_path / "out").exists()


def test_a_check_writes_nothing(manifest: Write, tmp_path: Path) -> None:
    """Without an output folder there is only the report."""
    before = sorted(os.listdir(tmp_path))
    files = [manifest("web1"), manifest("web2", encryption="rot13")]
    assert codes(compile_fleet(files, None, strict=False)) == [[], ["HW015"]]
    assert sorted(os.listdir(tmp_path)) == sorted([*before, "web1.yaml", "web2.yaml"])


def test_the_tree_of_one_host_is_not_the_folder_of_several(manifest: Write, tmp_path: Path) -> None:
    """Otherwise the next compile of that one host would find strangers in its tree."""
    write(tree_of("minimal"), str(tmp_path / "out"))
    results = compile_fleet([manifest("a"), manifest("b")], str(tmp_path / "out"), strict=False)
    assert codes(results) == [["HW070"], []]
    assert contents(tmp_path / "out") == meant(tree_of("minimal"))


def test_an_output_folder_that_cannot_be_made_hides_no_mistake(
    manifest: Write, tmp_path: Path
) -> None:
    """What is wrong with the manifests is said as well."""
    (tmp_path / "file").write_text("mine")
    files = [manifest("web1"), manifest("web2", encryption="rot13")]
    results = compile_fleet(files, str(tmp_path / "file" / "out"), strict=False)
    assert codes(results) == [["HW071"], ["HW015"]]


def test_a_foreign_folder_of_one_host_stops_all(manifest: Write, tmp_path: Path) -> None:
    """Nothing is published, and nothing is left of what was staged."""
    (tmp_path / "out" / "db").mkdir(parents=True)
    (tmp_path / "out" / "db" / "notes").write_text("mine")
    results = compile_fleet([manifest("web1"), manifest("db")], str(tmp_path / "out"), strict=False)
    assert codes(results) == [[], ["HW070"]]
    assert contents(tmp_path / "out") == {"db": "755/", "db/notes": "644 mine"}


def test_what_was_published_goes_back_when_a_later_host_cannot(
    manifest: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails in the middle of publishing leaves every host as it was."""
    out = tmp_path / "out"
    write(tree_of("minimal"), str(out / "a"))
    before = contents(out)

    def failing(staging: str, folder: str) -> None:
        if folder.endswith("/c"):
            raise RejectedError([Diagnostic("HW071", "the disk is gone")])
        publish(staging, folder)

    monkeypatch.setattr(compiler.destination, "publish", failing)
    results = compile_fleet([manifest(name) for name in "abc"], str(out), strict=False)
    assert codes(results) == [[], [], ["HW071"]]
    assert contents(out) == before


def test_many_processes_give_what_one_gives(manifest: Write, tmp_path: Path) -> None:
    """Forty hosts are compiled by several processes, to the same bytes and in the same order."""
    names = [f"web{number}" for number in range(40)]
    words = [sys.executable, "-m", "compiler", "compile", *map(manifest, names)]
    run = subprocess.run(
        [*words, "-o", str(tmp_path / "out")], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert [line.split(":")[0] for line in run.stdout.splitlines()] == names
    assert contents(tmp_path / "out" / "web39") == meant_of("web39")
    assert sorted(os.listdir(tmp_path / "out")) == sorted(names)


def python(code: str) -> "subprocess.CompletedProcess[str]":
    """Run a line in a process without threads, which may fork."""
    words = [sys.executable, "-c", f"from compiler.processes import mapped; {code}"]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)


def test_jobs_are_answered_in_their_order() -> None:
    """However they are shared out."""
    run = python("print(mapped(str, range(100)) == [*map(str, range(100))])")
    assert run.stdout == "True\n"


def test_a_bug_in_another_process_is_a_bug() -> None:
    """Its traceback reaches this process."""
    run = python("mapped(int, [*map(str, range(50)), 'seven'])")
    assert "ValueError: invalid literal for int() with base 10: 'seven'" in run.stderr
