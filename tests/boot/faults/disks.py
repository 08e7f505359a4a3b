"""Faults of disks: full, read-only, not mounted."""

from tests.boot.faults.fault import Archive, Fault, Group, Outcome, Told
from tests.boot.faults.injections import done, full, mounted
from tests.boot.faults.lab import REPOSITORY

NO_SPACE = "No space left on device"
CACHE = "/home/borg/.cache/borg"
FILL = f"cat /dev/zero >{CACHE}/filler 2>/dev/null || true"
VAULT = "/mnt/vault"
# Newer mount(8)s remount in a way that overlayfs refuses; and whoever has a file open to write
# keeps a file system from becoming read-only on demand. An error makes it so as a whole, but not
# its mount, too: a unit that starts meanwhile has a copy of that, which would stay read-only.
REMOUNT = "LIBMOUNT_FORCE_MOUNT2=always mount -o remount"
READ_ONLY = f"""systemctl stop 'postgresql@*' postfix; journalctl --relinquish-var
for attempt in $(seq 50); do {REMOUNT},ro / && break; sleep 0.2; done
{REMOUNT},bind,rw / && ! touch /writable"""
WRITABLE = f"""{REMOUNT},rw /; journalctl --flush; systemctl start postgresql postfix
until pg_isready --quiet; do sleep 0.1; done"""

DISK_FAULTS = Group(
    "A disk",
    (
        Fault(
            name="the-disk-of-the-dumps-is-full",
            what="There is no room left in `/backup`.",
            did="Ended the run before borg began, and kept the last good dumps.",
            inject=lambda lab: full(lab, "/backup"),
            said="database or disk is full",
        ),
        Fault(
            name="the-inodes-of-the-dumps-are-gone",
            what="There is no inode left in `/backup`.",
            did="Ended the run before borg began, and kept the last good dumps.",
            inject=lambda lab: done(
                lab,
                "mkdir /backup/many; cd /backup/many; seq 9999 | xargs touch || true",
                "rm -rf /backup/many",
            ),
            said=NO_SPACE,
        ),
        Fault(
            name="the-repository-is-full",
            what="There is no room left on the disk of the repository.",
            did="Ended the run in the middle of the archive, which is not one then.",
            inject=lambda lab: full(lab, VAULT),
            said=NO_SPACE,
        ),
        Fault(
            name="the-repository-is-read-only",
            what="The disk of the repository has become read-only.",
            did="Ended the run before any dump was made.",
            inject=lambda lab: done(
                lab, f"mount -o remount,ro {VAULT}", f"mount -o remount,rw {VAULT}"
            ),
            said="Read-only file system",
        ),
        Fault(
            name="the-repository-is-not-mounted",
            what="The disk of the repository is not mounted.",
            did="Did not start the run.",
            inject=lambda lab: mounted(lab, VAULT),
            said=REPOSITORY,
        ),
        Fault(
            name="the-repository-is-not-mounted-at-boot",
            what="The disk of the repository is not mounted, and the empty folder of it is there.",
            did="Made no new repository in it, because backups had succeeded before.",
            inject=lambda lab: mounted(lab, VAULT, then="systemd-tmpfiles --create backup.conf"),
            said=f"there is no repository at {REPOSITORY}, although backups have succeeded before",
        ),
        Fault(
            name="the-disk-of-the-cache-is-full",
            what="There is no room left for borg's cache.",
            did="Ended the run; borg's own words say where there is no room.",
            inject=lambda lab: mounted(
                lab, CACHE, options=",size=8k", then=f"chown borg: {CACHE}; {FILL}"
            ),
            said=NO_SPACE,
        ),
        Fault(
            name="tmp-is-full",
            what="There is no room left in `/tmp`.",
            did="Did not notice: nothing of it goes there.",
            inject=lambda lab: mounted(lab, "/tmp", options=",size=4k", then="echo >/tmp/filler"),
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="terminating with success status",
        ),
        Fault(
            name="the-root-is-read-only",
            what="`/` has become read-only.",
            did="Ended the run before any dump was made; the mail waited for `/` to be writable.",
            inject=lambda lab: done(lab, READ_ONLY, WRITABLE),
            told=Told.LATER,
            shown="backup.service",
            said="Read-only file system",
        ),
    ),
)
