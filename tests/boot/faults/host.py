"""Faults of the rest of the host: mail, users, programs, the journal, systemd."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.boot.faults.fault import Archive, Fault, Group, Mend, Outcome, Told
from tests.boot.faults.injections import away, changed, done, left
from tests.boot.faults.lab import REPOSITORY, Lab
from tests.boot.faults.moments import creating, once

RECREATED = f"""systemd-sysusers; systemd-tmpfiles --create backup.conf
chown -R borg: /home/borg {REPOSITORY}"""
UID_CHANGED = (
    "old=$(id -u borg); usermod --uid 4711 borg; chown -R $old /home/borg; echo $old >/root/old"
)


@contextmanager
def _meanwhile(lab: Lab, *command: str) -> Iterator[None]:
    """Run a command at the moment when borg has begun to create the archive."""
    big = done(lab, "head --bytes=60M /dev/urandom >/srv/big", "rm /srv/big")
    with big, once(creating(lab), lambda: lab.host.run(*command)):
        yield


HOST_FAULTS = Group(
    "The rest of the host",
    (
        Fault(
            name="postfix-is-down",
            what="postfix is down.",
            did="Put the mail into postfix's queue.",
            inject=lambda lab: done(lab, "systemctl stop postfix", "systemctl start postfix"),
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            told=Told.LATER,
            said="terminating with success status",
        ),
        Fault(
            name="the-mail-fails",
            what="`sendmail` is gone, so that the mail cannot be sent.",
            did="Backed up; that there was no mail is all that somebody can notice.",
            inject=lambda lab: away(lab, "/usr/sbin/sendmail"),
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            told=Told.SYSTEMD,
            shown="backup-notify@backup-success.service",
            said="/usr/sbin/sendmail: not found",
        ),
        Fault(
            name="the-number-of-borg-changes",
            what="The user `borg` gets another number.",
            did="Did not start the run, because borg's files were somebody else's.",
            inject=lambda lab: left(lab, UID_CHANGED),
            said="Permission denied",
            mend=Mend(
                "`chown -R --from=OLD-NUMBER borg` of borg's home, the repository and `/backup`",
                lambda lab: lab.host.run(
                    "sh",
                    "-ec",
                    f"chown -R --from=$(cat /root/old) borg /home/borg {REPOSITORY} /backup",
                ),
            ),
        ),
        Fault(
            name="borg-is-deleted",
            what="The user `borg` is deleted.",
            did="Did not start the run.",
            inject=lambda lab: left(lab, "userdel borg"),
            said="status=217/USER",
            mend=Mend(
                "`systemd-sysusers`, `systemd-tmpfiles --create backup.conf`, and `chown -R borg:` "
                "of borg's home and the repository",
                lambda lab: lab.host.run("sh", "-ec", RECREATED),
            ),
        ),
        Fault(
            name="borg-is-not-installed",
            what="The program borg is gone.",
            did="Ended the run before any dump was made.",
            inject=lambda lab: away(lab, "/usr/bin/borg"),
            said="not found",
        ),
        Fault(
            name="a-drop-in-fails",
            what="A hand-written drop-in runs a command that fails.",
            did="Ended the run before borg began.",
            inject=lambda lab: changed(lab, 'ExecStartPre=/bin/sh -c "echo no luck; exit 1"'),
            said="no luck",
        ),
        Fault(
            name="a-drop-in-hangs",
            what="A hand-written drop-in runs a command that hangs.",
            did="Ended the run when its time was over.",
            inject=lambda lab: changed(lab, "TimeoutStartSec=3s", "ExecStartPre=/bin/sleep 600"),
            said="start-pre operation timed out",
        ),
        Fault(
            name="the-run-is-stopped",
            what="Somebody stops the run while borg creates the archive (`systemctl stop`).",
            did="Gave the lock back, and ended as a failure.",
            inject=lambda lab: _meanwhile(lab, "systemctl", "stop", "backup.service"),
            said="Stopped backup.service",
            proof=lambda lab: not lab.has(f"{REPOSITORY}/lock.exclusive"),
        ),
        Fault(
            name="journald-restarts",
            what="journald is restarted in the middle of the run.",
            did="Did not notice.",
            inject=lambda lab: _meanwhile(lab, "systemctl", "restart", "systemd-journald"),
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="terminating with success status",
        ),
        Fault(
            name="systemd-reloads",
            what="systemd reloads all units in the middle of the run, as an upgrade makes it do.",
            did="Did not notice.",
            inject=lambda lab: _meanwhile(lab, "systemctl", "daemon-reload"),
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="terminating with success status",
        ),
        Fault(
            name="the-host-is-renamed",
            what="The host gets another name, without a new manifest.",
            did="Kept to the name in the manifest.",
            inject=lambda lab: done(lab, "hostname elsewhere", "hostname web1"),
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="Archive name: web1-",
        ),
        Fault(
            name="memory-runs-out",
            what="There is too little memory for borg.",
            did="Ended the run.",
            inject=lambda lab: changed(lab, "LimitAS=40M"),
            said="MemoryError",
        ),
    ),
)
