"""Jobs in other processes: none of them stays when the one that started them ends."""

import os
import signal
import subprocess
import sys

from tests.support import ROOT

CODE = """
from compiler.processes import mapped
import time
def work(job):
    if job:
        print(flush=True)
    time.sleep(SECONDS)
    return "x" * 20_000
SECONDS, done = 0.005, None
{more}
mapped(work, range(200), done)
"""
"""The answers are more than a pipe holds, so whoever gives one waits for its reader. The first job
is done before there are other processes, so a line says that there are."""


def start(more: str) -> "subprocess.Popen[str]":
    """Run the jobs in a session of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", CODE.format(more=more)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended(process: "subprocess.Popen[str]") -> str:
    """What it has to say, once it and all that it started, which have its output, are gone."""
    try:
        return process.communicate(timeout=20)[1]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise


def killed(process: "subprocess.Popen[str]") -> str:
    """What all of them say when the first one is killed amidst the jobs of the others."""
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    return ended(process)


def test_a_kill_leaves_no_process() -> None:
    """They notice at the latest when nobody takes their answers."""
    for more in ("", "done = lambda count: None"):
        assert killed(start(more)) == ""


def test_a_kill_ends_what_is_left_to_do() -> None:
    """After the job that a process is at, not after its whole share."""
    assert killed(start("SECONDS = 0.5")) == ""


def test_an_interrupt_waits_for_nobody() -> None:
    """Whoever presses Ctrl-C has the terminal back."""
    with start("def done(count): raise KeyboardInterrupt") as process:
        assert ended(process).endswith("KeyboardInterrupt\n")
