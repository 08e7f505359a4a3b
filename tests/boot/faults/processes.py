"""Faults of borg's processes: killed in each phase of a run."""

from contextlib import ExitStack, contextmanager
from collections.abc import Iterator

from tests.boot.faults.fault import Fault, Group
from tests.boot.faults.lab import Lab
from tests.boot.faults.moments import killed


@contextmanager
def _killed_creating(lab: Lab) -> Iterator[None]:
    big = "head --bytes=60M /dev/urandom >/srv/big"
    with ExitStack() as stack:
        lab.host.run("sh", "-c", big)
        stack.callback(lab.host.run, "rm", "/srv/big")
        stack.enter_context(killed(lab, "create"))
        yield


PROCESS_FAULTS = Group(
    "A process",
    (
        Fault(
            name="borg-is-killed-creating",
            what="borg is killed (`kill -9`) while it creates the archive.",
            did="Failed the run; the next one took the stale lock away by itself.",
            inject=_killed_creating,
            said="backup.service: Main process exited, code=exited, status=137",
        ),
    ),
)
