"""The mail about a run: what its script makes of what systemd and the journal say."""

import subprocess
from pathlib import Path

import pytest

from tests.support import GOLDEN

SCRIPT = GOLDEN / "debian-13/tree/usr/lib/hostwright/notify-mail"
JOURNALCTL = """#!/bin/sh
case $* in
    *JOB_TYPE=start*) printf '%s' "$JOB" ;;
    *INVOCATION_ID=*) echo '1795431786.5 borg: one' ;;
    *) echo "asked for $*" ;;
esac
"""
GIVEN_UP = "Result: the unit could not be started\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The script, with a journal of our choice and a sendmail that prints."""
    programs = {
        "journalctl": JOURNALCTL,
        "systemctl": "#!/bin/sh\n",
        "sendmail": "#!/bin/sh\ncat\n",
        "notify-mail": SCRIPT.read_text().replace("/usr/sbin/sendmail", "sendmail"),
    }
    for name, text in programs.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def mail(folder: Path, outcome: str, *, result: str, job: str) -> str:
    """The mail about a run of the backup, whose start ended so by the journal."""
    environment = {
        "PATH": f"{folder}:/usr/bin:/bin",
        "MONITOR_SERVICE_RESULT": result,
        "MONITOR_INVOCATION_ID": "this",
        "JOB": job,
    }
    words = [f"{folder}/notify-mail", "web1", "root", f"backup-{outcome}"]
    return subprocess.run(
        words, check=True, stdout=subprocess.PIPE, text=True, env=environment
    ).stdout


def test_a_failure_is_told_with_its_log(folder: Path) -> None:
    """What it has logged since it began follows."""
    said = mail(folder, "failure", result="exit-code", job="failed")
    assert "Subject: web1: backup FAILED\n" in said
    assert "Result: exit-code\n" in said
    assert said.splitlines()[-1].endswith("--since=@1795431786.5")


def test_a_start_that_was_given_up_is_told(folder: Path) -> None:
    """A mount that it needs has failed: what systemd says is of the run before."""
    said = mail(folder, "failure", result="exit-code", job="dependency")
    assert GIVEN_UP in said
    assert "--since" not in said


@pytest.mark.parametrize("job", ["", "done"])
def test_a_start_that_the_journal_has_lost_is_told(folder: Path, job: str) -> None:
    """A failure whose result is a success is no run at all."""
    said = mail(folder, "failure", result="success", job=job)
    assert "Subject: web1: backup FAILED\n" in said
    assert GIVEN_UP in said


def test_a_success_is_no_start_that_was_given_up(folder: Path) -> None:
    """Its result is told as it is."""
    said = mail(folder, "success", result="success", job="done")
    assert "Subject: web1: backup success\n" in said
    assert "Result: success\n" in said
