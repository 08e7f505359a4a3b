"""Faults of a dump: its command, its size, its time, its folder."""

from contextlib import AbstractContextManager

from tests.boot.faults.fault import Archive, Fault, Group, Mend, Outcome
from tests.boot.faults.injections import away, changed, left
from tests.boot.faults.lab import Lab

DUMP = "/usr/lib/hostwright/dump --shrink-limit=50 stdout motd.dump /bin/sh -c"
KEPT = "the last good dump in /backup/motd is kept"
GITEA = "/var/lib/gitea/data/gitea.db"


def _prints(lab: Lab, script: str, *more: str) -> AbstractContextManager[None]:
    """The job motd, with a shell script as its command."""
    return changed(lab, *more, "ExecStart=", f'ExecStart={DUMP} "{script}"', unit="backup-motd")


DUMP_FAULTS = Group(
    "A dump",
    (
        Fault(
            name="a-dump-fails",
            what="The command of a dump exits with an error.",
            did="Ended the run before borg began, and kept the last good dump.",
            inject=lambda lab: _prints(lab, "echo half; exit 3"),
            said=f"/bin/sh failed with status 3; {KEPT}",
        ),
        Fault(
            name="a-dump-is-killed",
            what="The command of a dump is killed (`kill -9`) after half of its output.",
            did="Threw the half away, and kept the last good dump.",
            inject=lambda lab: _prints(lab, "echo half; kill -9 $$$$"),
            said=f"/bin/sh failed with status 137; {KEPT}",
        ),
        Fault(
            name="a-dump-script-is-killed",
            what="The script around a dump's command is killed (`kill -9`) in the middle.",
            did="Ended the run; the last good dump is where it was.",
            inject=lambda lab: _prints(lab, "echo half; kill -9 $$PPID"),
            said="backup-motd.service: Main process exited, code=killed, status=9/KILL",
        ),
        Fault(
            name="a-dump-hangs",
            what="The command of a dump hangs.",
            did="Ended it when its `timeout` was over, and kept the last good dump.",
            inject=lambda lab: _prints(lab, "echo half; sleep 600", "TimeoutStartSec=1s"),
            said="backup-motd.service: start operation timed out",
        ),
        Fault(
            name="a-dump-is-empty",
            what="The command of a dump prints nothing, and exits with 0.",
            did="Took the silence for a failure, and kept the last good dump.",
            inject=lambda lab: _prints(lab, "true"),
            said=KEPT,
        ),
        Fault(
            name="a-dump-shrinks",
            what="The command of a dump prints a tenth of what it did before, and exits with 0.",
            did="Took it for a failure (`shrink_limit`), kept the last good dump, and said what to "
            "do if less is right.",
            inject=lambda lab: _prints(lab, "head --bytes=28 /etc/motd"),
            said="28 bytes",
        ),
        Fault(
            name="a-record-is-destroyed",
            what="The record of a dump (`MANIFEST.json`) is overwritten with garbage.",
            did="Made the next dump, with a record of its own.",
            inject=lambda lab: left(
                lab, "head --bytes=99 /dev/urandom >/backup/motd/MANIFEST.json"
            ),
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="backup-motd.service: Deactivated successfully",
        ),
        Fault(
            name="a-dump-is-overwritten",
            what="A dump in `/backup` is overwritten with garbage.",
            did="Replaced it by the next dump.",
            inject=lambda lab: left(lab, "head --bytes=99 /dev/urandom >/backup/motd/motd.dump"),
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="backup-motd.service: Deactivated successfully",
        ),
        Fault(
            name="a-dump-folder-changes-hands",
            what="The folder of a dump belongs to root (`chown`).",
            did="Ended the run, because the dump could not be written.",
            inject=lambda lab: left(lab, "chown root: /backup/motd"),
            said="Permission denied",
            mend=Mend(
                "`systemd-tmpfiles --create backup.conf`",
                lambda lab: lab.host.run("systemd-tmpfiles", "--create", "backup.conf"),
            ),
        ),
        Fault(
            name="a-sqlite-database-is-damaged",
            what="The SQLite database of Gitea is damaged.",
            did="Found the damage before it replaced the last good dump.",
            inject=lambda lab: away(
                lab, GITEA, f"head --bytes=8192 /dev/urandom >{GITEA}; chown git: {GITEA}"
            ),
            said="file is not a database",
        ),
        Fault(
            name="a-sqlite-database-is-gone",
            what="The SQLite database of Gitea is gone.",
            did="Ended the run before borg began, and kept the last good dump.",
            inject=lambda lab: away(lab, GITEA),
            said=f"there is no database at {GITEA}",
        ),
    ),
)
