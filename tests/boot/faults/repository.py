"""Faults of the repository: damaged, locked, moved, and what borg knows about it lost."""

from tests.boot.faults.fault import Archive, Fault, Group, Mend, Outcome
from tests.boot.faults.injections import away, left
from tests.boot.faults.lab import REPOSITORY, Lab

FOLDERS = "systemd-tmpfiles --create backup.conf"
CACHE = "/home/borg/.cache/borg"
AS_BORG = "setpriv --reuid=borg --regid=borg --clear-groups"
LOCK = f"{AS_BORG} sh -ec 'cd {REPOSITORY}; mkdir lock.exclusive; "


def _belongs_to_borg(lab: Lab) -> bool:
    return lab.host.run("find", REPOSITORY, "!", "-user", "borg").stdout == ""


REPOSITORY_FAULTS = Group(
    "The repository",
    (
        Fault(
            name="the-config-of-the-repository-is-gone",
            what="The file `config` of the repository is deleted.",
            did="Made no new repository in its place, because backups had succeeded before.",
            inject=lambda lab: away(lab, f"{REPOSITORY}/config"),
            said=f"there is no repository at {REPOSITORY}, although backups have succeeded before",
        ),
        Fault(
            name="the-index-of-the-repository-is-gone",
            what="The index and the hints of the repository are deleted.",
            did="borg made them again from the segments.",
            inject=lambda lab: left(lab, f"rm {REPOSITORY}/index.* {REPOSITORY}/hints.*"),
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="terminating with success status",
        ),
        Fault(
            name="the-cache-is-deleted",
            what="borg's cache is deleted.",
            did="borg made it again.",
            inject=lambda lab: left(lab, f"rm -r {CACHE}/*"),
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="terminating with success status",
        ),
        Fault(
            name="the-cache-is-damaged",
            what="borg's cache is overwritten with garbage.",
            did="Removed it, and had borg make it again.",
            inject=lambda lab: left(lab, f"cd {CACHE}/*/; head --bytes=999 /dev/urandom >chunks"),
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="its cache is damaged; it is removed, and built anew from the repository",
        ),
        Fault(
            name="the-memory-of-the-repository-is-deleted",
            what="`~borg/.config/borg/security`, by which borg knows the repository, is deleted.",
            did="borg made it again.",
            inject=lambda lab: left(lab, "rm -r /home/borg/.config/borg/security"),
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="terminating with success status",
        ),
        Fault(
            name="a-lock-of-this-host-is-stale",
            what="A lock of this host is left, whose process is gone.",
            did="borg took it away.",
            inject=lambda lab: left(lab, f"{LOCK} : >lock.exclusive/web1.999999-0'"),
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="terminating with success status",
        ),
        Fault(
            name="a-lock-of-another-host-is-left",
            what="A lock of another host is left.",
            did="Waited (for up to six hours), and ended the run.",
            inject=lambda lab: left(lab, f"{LOCK} : >lock.exclusive/other@1234.999999-0'"),
            said="Failed to create/acquire the lock",
            mend=Mend(
                "`hostwright-restore borg break-lock`, once the other host is known to be idle",
                lambda lab: lab.host.run("hostwright-restore", "borg", "break-lock"),
            ),
        ),
        Fault(
            name="the-repository-belongs-to-root",
            what="Somebody has run borg as root: the newest files of the repository are root's.",
            did="borg, which may read everything, put files of its own in their place.",
            inject=lambda lab: left(lab, f"chown root: {REPOSITORY}/index.* {REPOSITORY}/hints.*"),
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="terminating with success status",
            proof=_belongs_to_borg,
        ),
    ),
)
