"""The command line: exit statuses, help, and what is printed where."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import compiler.fleet
from compiler import cli
from compiler.verbs import VERBS, Outcome
from tests.support import GOLDEN, ROOT

MINIMAL = str(GOLDEN / "minimal" / "host.yaml")
REJECTED = str(GOLDEN / "rejected" / "unknown-option" / "host.yaml")


def run(*words: str) -> Outcome:
    """What a command line comes to."""
    outcome = cli.run(words)
    assert outcome.status == 3 or "Traceback" not in outcome.errors + outcome.text
    return outcome


def shell(command: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """A command line in a shell, where `hostwright` is this one."""
    script = f'hostwright() {{ "{sys.executable}" -m compiler "$@"; }}; {command}'
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_compile_says_what_it_wrote(tmp_path: Path) -> None:
    """Status 0, one line on standard output, nothing on standard error."""
    outcome = run("compile", MINIMAL, "-o", str(tmp_path / "out"))
    assert (outcome.status, outcome.errors) == (0, "")
    assert outcome.text.endswith(f" files in {tmp_path}/out\n")


def test_a_wrong_manifest_is_status_1(tmp_path: Path) -> None:
    """Diagnostics go to standard error, and nothing is written."""
    outcome = run("compile", REJECTED, "-o", str(tmp_path / "out"))
    assert (outcome.status, outcome.text) == (1, "")
    assert "error[HW012]" in outcome.errors
    assert not (tmp_path / "out").exists()


WRONG = {
    "nothing at all": [],
    "an unknown verb": ["compil"],
    "a compile of nothing": ["compile"],
    "a compile to nowhere": ["compile", MINIMAL],
    "a compile to an empty name": ["compile", MINIMAL, "-o", ""],
    "an unknown option": ["compile", MINIMAL, "--chekc"],
    "an abbreviated option": ["compile", MINIMAL, "--che"],
    "an unknown format": ["compile", MINIMAL, "--check", "--format", "xml"],
    "an option without its value": ["compile", MINIMAL, "-o"],
    "a verify of nothing": ["verify"],
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_command_line_is_status_2(case: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever is wrong with the command line is said, at most with the list of verbs."""
    outcome = run(*WRONG[case])
    captured = capfd.readouterr()
    assert outcome.status == 2
    assert 1 <= len((outcome.text + outcome.errors + captured.err).strip().splitlines()) < 25


def test_a_bug_is_status_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A traceback, and the request to report it: nobody takes it for a wrong manifest."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("for the test")

    monkeypatch.setattr(compiler.fleet, "compile_host", broken)
    outcome = run("compile", MINIMAL, "-o", str(tmp_path / "out"))
    assert outcome.status == 3
    assert "ZeroDivisionError: for the test" in outcome.errors
    assert "Please report it" in outcome.errors
    assert os.listdir(tmp_path) == []


def test_an_interrupt_is_status_130(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control-C leaves nothing behind, and no traceback."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(compiler.fleet, "compile_host", interrupted)
    outcome = run("compile", MINIMAL, "-o", str(tmp_path / "out"))
    assert (outcome.status, outcome.errors) == (
        130,
        "hostwright: interrupted; nothing was changed\n",
    )
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [("missing.yaml", "No such file"), ("folder", "Is a directory"), ("loop", "Too many levels")],
)
def test_a_manifest_that_cannot_be_read_is_status_1(name: str, reason: str, tmp_path: Path) -> None:
    """The reason is the kernel's, the code HW001."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    outcome = run("compile", str(tmp_path / name), "--check")
    assert outcome.status == 1
    assert f"error[HW001]: cannot read the manifest: {reason}" in outcome.errors


def test_a_check_says_what_is_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--check` needs no folder and makes none."""
    monkeypatch.chdir(tmp_path)
    outcome = run("compile", MINIMAL, "--check")
    assert (outcome.status, outcome.text) == (0, "minimal: good\n")
    assert os.listdir(tmp_path) == []


def test_strict_lets_a_warning_fail() -> None:
    """A warning is said either way; only --strict makes it status 1."""
    unencrypted = str(GOLDEN / "unencrypted" / "host.yaml")
    lenient = run("compile", unencrypted, "--check")
    strict = run("compile", unencrypted, "--check", "--strict")
    assert (lenient.status, strict.status) == (0, 1)
    assert "warning[HW062]" in lenient.errors
    assert strict.errors.startswith(lenient.errors)


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_machines_read_standard_output(form: str) -> None:
    """With another format the report is the output, and is there when all is well, too."""
    good, bad = (
        run("compile", MINIMAL, "--check", "--format", form),
        run("compile", REJECTED, "--check", "--format", form),
    )
    assert (good.status, good.errors, bad.status, bad.errors) == (0, "", 1, "")
    assert "HW012" not in json.dumps(json.loads(good.text))
    assert "HW012" in json.dumps(json.loads(bad.text))


def test_github_annotations_go_to_standard_output() -> None:
    """That is where GitHub looks for them."""
    outcome = run("compile", REJECTED, "--check", "--format", "github")
    assert outcome.text.startswith("::error file=")
    assert outcome.errors == ""


def test_help_names_every_verb() -> None:
    """`hostwright --help` lists them, with the exit statuses."""
    outcome = run("--help")
    assert outcome.status == 0
    assert [verb for verb in VERBS if f"\n  {verb} " not in outcome.text] == []
    assert "exit status: 0 done, 1 the manifest is wrong" in outcome.text


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_explains_itself(verb: str, capfd: pytest.CaptureFixture[str]) -> None:
    """`hostwright VERB --help` is status 0 and says how the verb is used."""
    outcome = run(verb, "--help")
    assert outcome.status == 0
    assert (capfd.readouterr().out + outcome.text).startswith("usage: ")


def test_no_argument_prints_the_help() -> None:
    """It is status 2 all the same: nothing was asked for."""
    assert (run().text, run().status) == (run("--help").text, 2)


def test_the_version_is_one_line() -> None:
    """The name first, as other programs have it."""
    outcome = run("--version")
    assert (outcome.status, outcome.text.count("\n")) == (0, 1)
    assert outcome.text.startswith("hostwright ")


CLOSED = {
    "a reader that has seen enough": ("hostwright --help | true; exit ${PIPESTATUS[0]}", 0),
    "no standard output": (f"hostwright compile {MINIMAL} -o out >&-", 0),
    "no standard error": (f"hostwright compile {REJECTED} -o out 2>&-", 1),
    "neither": (f"hostwright compile {MINIMAL} -o out >&- 2>&-", 0),
    "help without standard output": ("hostwright compile --help >&-", 0),
    "a mistake without standard error": ("hostwright compile 2>&-", 2),
    "a full disk for the output": ("hostwright --help >/dev/full", 1),
    "no standard input": (f"hostwright compile {MINIMAL} -o out <&-", 0),
}


@pytest.mark.parametrize("case", CLOSED)
def test_a_stream_that_takes_nothing_is_no_bug(case: str, tmp_path: Path) -> None:
    """The status is that of the work; no traceback, and no half-written tree."""
    command, status = CLOSED[case]
    ran = shell(command, tmp_path)
    assert ran.returncode == status
    assert "Traceback" not in ran.stderr


def test_the_two_commands_are_one(tmp_path: Path) -> None:
    """`compile X` is `hostwright compile X`, `python -m compiler` is `hostwright`."""
    code = "import sys; from compiler.cli import compile_main; compile_main()"
    words = [sys.executable, "-c", code, MINIMAL, "--check"]
    direct = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    other = shell(f"hostwright compile {MINIMAL} --check", tmp_path)
    assert (direct.returncode, direct.stdout) == (other.returncode, other.stdout)


def test_what_a_terminal_cannot_show_is_escaped(tmp_path: Path) -> None:
    """A C locale's ASCII output gets backslashes, not a traceback."""
    (tmp_path / "grüße 🦀.yaml").write_text("host: 日本\n")
    ran = shell("PYTHONIOENCODING=ascii hostwright compile *.yaml --check", tmp_path)
    assert ran.returncode == 1
    assert "gr\\xfc\\xdfe \\U0001f980.yaml:1" in ran.stderr


def test_a_name_that_is_no_text_is_reported(tmp_path: Path) -> None:
    """File names are bytes; a report of one that is no UTF-8 can be printed all the same."""
    ran = shell("printf 'host: 1\\n' >$'\\xff.yaml'; hostwright compile *.yaml --check", tmp_path)
    assert ran.returncode == 1
    assert "error[HW013]" in ran.stderr
