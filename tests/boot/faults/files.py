"""Faults of what is archived: missing, changing, unreadable, with names that nobody expects."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.boot.faults.fault import Archive, Fault, Group, Outcome
from tests.boot.faults.injections import away, done
from tests.boot.faults.lab import EXTRACTED, Lab
from tests.boot.faults.moments import creating, once

BIG = "head --bytes=60M /dev/urandom >/srv/big"
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
    """Do something when borg reads /srv/big, which comes before the rest of /srv."""
    with (
        done(
            lab,
            f"rm -rf /srv/big; {BIG}; mkdir -p /srv/late; seq 99 | sed s,^,/srv/late/, | xargs touch",
            "rm -r /srv/big /srv/late",
        ),
        once(creating(lab), lambda: lab.host.run("sh", "-ec", script)),
    ):
        yield


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
            inject=lambda lab: _while_reading(lab, "rm -r /srv/late; mkdir /srv/late"),
            outcome=Outcome.NOTED,
            archive=Archive.COMPLETE,
            said="No such file or directory",
        ),
        Fault(
            name="a-file-changes",
            what="A file changes while borg reads it.",
            did="Archived it as it was read, and noted that it had changed.",
            inject=lambda lab: _while_reading(lab, "echo more >>/srv/big"),
            outcome=Outcome.NOTED,
            archive=Archive.COMPLETE,
            said="/srv/big: file changed while we backed it up",
        ),
        Fault(
            name="a-file-cannot-be-read",
            what="A file cannot be read (I/O error).",
            did="Archived all the rest, removed no older archive, and ended the run as a failure.",
            inject=lambda lab: _unreadable(lab),
            archive=Archive.REST,
            lacks="srv/unreadable",
            said="/srv/unreadable: read: [Errno 5] Input/output error",
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


def _unreadable(lab: Lab) -> AbstractContextManager[None]:
    """A file of the kernel's that can only be written, over one of /srv: reading it gives EIO."""
    return done(
        lab,
        ": >/srv/unreadable; mount --bind /sys/bus/cpu/uevent /srv/unreadable",
        "umount /srv/unreadable; rm /srv/unreadable",
    )
