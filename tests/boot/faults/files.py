"""Faults of what is archived: missing, changing, unreadable, with names that nobody expects."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.boot.faults.fault import Archive, Fault, Group, Outcome
from tests.boot.faults.injections import away, changed, done
from tests.boot.faults.lab import EXTRACTED, Lab
from tests.boot.faults.moments import creating, once
from tests.boot.faults.strange import mounted_by

# borg reads the files of a folder in the order of their inodes.
MANY = """mkdir /srv/many; cd /srv/many; seq 99 | xargs touch
first=$(ls -i | sort -n | sed -n '1s/.* //p'); head --bytes=60M /dev/urandom >$first"""
UNREADABLE = "/sys/devices/platform/power/autosuspend_delay_ms"
HOSTILE = (b"line\nfeed", b"\xff\xfe no UTF-8", b"n" * 255, b"-rf", b"a * ? [b]", b" ")


@contextmanager
def _hostile(lab: Lab) -> Iterator[None]:
    folder = os.fsencode(lab.host.path("/srv/hostile"))
    os.mkdir(folder)
    for name in HOSTILE:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(name)
    try:
        yield
    finally:
        lab.host.run("rm", "-r", "/srv/hostile")


def _has_hostile(lab: Lab) -> bool:
    folder = os.fsencode(lab.host.path(f"{EXTRACTED}/srv/hostile"))
    return sorted(os.listdir(folder)) == sorted(HOSTILE)


@contextmanager
def _while_reading(lab: Lab, script: str) -> Iterator[None]:
    """Do something in /srv/many when borg reads its first file, which is big."""
    with (
        done(lab, MANY, "rm -r /srv/many"),
        once(creating(lab), lambda: lab.host.run("sh", "-ec", f"cd /srv/many; {script}")),
    ):
        yield


@contextmanager
def _hanging(lab: Lab) -> Iterator[None]:
    with (
        mounted_by(lab, "borg", "/srv/remote"),
        changed(lab, "TimeoutStartSec=6s", "TimeoutStopSec=2s"),
    ):
        yield


def _unreadable(lab: Lab) -> AbstractContextManager[None]:
    """A file of the kernel's, reading which gives EIO, over one of /srv."""
    return done(
        lab,
        f": >/srv/unreadable; mount --bind {UNREADABLE} /srv/unreadable",
        "umount /srv/unreadable; rm /srv/unreadable",
    )


FILE_FAULTS = Group(
    "A file",
    (
        Fault(
            name="a-path-is-missing",
            what="A path of the manifest is missing.",
            did="Archived all the rest, removed no older archive, and ended the run as a failure.",
            inject=lambda lab: away(lab, "/opt/data"),
            archive=Archive.REST,
            lacks="opt/data",
            said="paths: /opt/data is not there",
        ),
        Fault(
            name="a-path-is-a-link",
            what="A path of the manifest has become a symbolic link.",
            did="Archived all the rest, removed no older archive, and ended the run as a failure.",
            inject=lambda lab: away(lab, "/opt/data", "ln -s /opt/data.away /opt/data"),
            archive=Archive.REST,
            lacks="opt/data/kept",
            said="paths: /opt/data is a symbolic link to /opt/data.away",
        ),
        Fault(
            name="a-file-vanishes",
            what="Files are deleted after borg has begun, and before it reads them.",
            did="Archived what there was, and noted what had vanished.",
            inject=lambda lab: _while_reading(lab, "find . -empty -delete"),
            outcome=Outcome.NOTED,
            archive=Archive.COMPLETE,
            said="No such file or directory",
        ),
        Fault(
            name="a-file-changes",
            what="A file changes while borg reads it.",
            did="Archived it as it was read, and noted that it had changed.",
            inject=lambda lab: _while_reading(
                lab, "for one in $(find . -size +1M); do echo more >>$one; done"
            ),
            outcome=Outcome.NOTED,
            archive=Archive.COMPLETE,
            said=": file changed while we backed it up",
        ),
        Fault(
            name="a-file-cannot-be-read",
            what="A file cannot be read (I/O error).",
            did="Archived all the rest, removed no older archive, and ended the run as a failure.",
            inject=_unreadable,
            archive=Archive.REST,
            lacks="srv/unreadable",
            said="/srv/unreadable: read: [Errno 5] Input/output error",
        ),
        Fault(
            name="a-mount-cannot-be-read",
            what="A user has mounted something in a path (`sshfs`), which nobody else may read.",
            did="Archived all the rest, removed no older archive, and ended the run as a failure.",
            inject=lambda lab: mounted_by(lab, "man", "/srv/remote"),
            archive=Archive.REST,
            lacks="srv/remote",
            said="/srv/remote: stat: [Errno 13] Permission denied",
        ),
        Fault(
            name="a-mount-hangs",
            what="A network file system in a path never answers.",
            did="Ended the run when its time was over.",
            inject=_hanging,
            said="timed out",
        ),
        Fault(
            name="a-file-name-is-hostile",
            what="File names hold a line feed, bytes that are no UTF-8, 255 letters, or blanks.",
            did="Archived them as they are.",
            inject=_hostile,
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="terminating with success status",
            proof=_has_hostile,
        ),
        Fault(
            name="a-pipe-lies-in-a-path",
            what="A named pipe, to which nobody ever writes, lies in a path.",
            did="Archived the pipe, and did not wait for it.",
            inject=lambda lab: done(lab, "mkfifo /srv/pipe", "rm /srv/pipe"),
            outcome=Outcome.SUCCESS,
            archive=Archive.COMPLETE,
            said="terminating with success status",
            proof=lambda lab: lab.host.path(f"{EXTRACTED}/srv/pipe").is_fifo(),
        ),
    ),
)
