"""Faults of a dump: its command, its size, its time, its folder."""

from contextlib import AbstractContextManager

from tests.boot.faults.fault import Fault, Group
from tests.boot.faults.lab import Lab

HALF = "/usr/lib/hostwright/dump --shrink-limit=50 stdout motd.dump /bin/sh -c"


def _prints(lab: Lab, script: str, *more: str) -> AbstractContextManager[None]:
    """The job motd, with a shell script as its command."""
    line = f'ExecStart={HALF} "{script}"'
    return lab.host.dropin("backup-motd.service", *more, "ExecStart=", line)


DUMP_FAULTS = Group(
    "A dump",
    (
        Fault(
            name="a-dump-fails",
            what="The command of a dump exits with an error.",
            did="Ended the run before borg began, and kept the last good dump.",
            inject=lambda lab: _prints(lab, "echo the disk is on fire >&2; exit 3"),
            said="/bin/sh failed with status 3; the last good dump in /backup/motd is kept",
        ),
        Fault(
            name="a-dump-is-killed",
            what="The command of a dump is killed (`kill -9`) after half of its output.",
            did="Threw the half away, and kept the last good dump.",
            inject=lambda lab: _prints(lab, "echo half; kill -9 $$$$"),
            said="/bin/sh failed with status 137; the last good dump in /backup/motd is kept",
        ),
        Fault(
            name="a-dump-hangs",
            what="The command of a dump hangs.",
            did="Ended it when its time was over, and kept the last good dump.",
            inject=lambda lab: _prints(lab, "echo half; sleep 600", "TimeoutStartSec=1s"),
            said="backup-motd.service: start operation timed out",
        ),
    ),
)
