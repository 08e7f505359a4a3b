"""A long compile at a terminal counts the hosts, and leaves no trace of it."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import GOLDEN, ROOT

MANIFEST = (GOLDEN / "minimal" / "host.yaml").read_text()


def compile_at_terminal(folder: Path, hosts: int) -> str:
    """What a terminal shows of a compile of many hosts."""
    files = []
    for number in range(hosts):
        file = folder / f"web{number}.yaml"
        file.write_text(MANIFEST.replace("host: minimal", f"host: web{number}"))
        files.append(str(file))
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "compiler", "compile", *files, "-o", str(folder / "out")]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 1 << 16)
            except OSError:  # the terminal's other end is closed
                break
        assert process.wait() == 0
    os.close(ours)
    return shown.decode()


@pytest.mark.parametrize("hosts", [24, 48])
def test_the_hosts_are_counted(hosts: int, tmp_path: Path) -> None:
    """In one process as in several; at the end the line is empty."""
    shown = compile_at_terminal(tmp_path, hosts)
    counts = [int(count) for count in re.findall(rf"(\d+) of {hosts} hosts", shown)]
    assert counts == sorted(counts)
    assert counts
    assert counts[-1] <= hosts
    assert shown.endswith("\r\x1b[K")


def test_a_few_hosts_are_not_worth_counting(tmp_path: Path) -> None:
    """Nobody waits for them."""
    assert compile_at_terminal(tmp_path, 3) == ""
