"""Every row of docs/faults.md: a fault strikes a host, and nothing is lost, nobody is deceived."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import attrs
import pytest
from attrs import frozen

from tests.boot.container import booted
from tests.boot.faults.fault import Archive, Fault, Outcome, Told
from tests.boot.faults.lab import (
    DUMPS,
    EXTRACTED,
    OLD,
    PASSPHRASE,
    PASSPHRASE_FILE,
    SENTINEL,
    Lab,
    Look,
    Night,
)
from tests.boot.faults.table import FAULTS
from tests.boot.laboratory import Host
from tests.boot.releases import tree_for
from tests.boot.software import (
    create_database,
    create_gitea,
    empty_mailbox,
    keep_all_mail,
    mails,
    sql,
)

pytestmark = pytest.mark.boot

MANIFEST = Path(__file__).parent / "faults" / "web1.yaml"
# borg looks at a lock once a minute when it may wait for hours, and the tests have no minute.
SHORT_WAIT = "sed -i s/--lock-wait=21600/--lock-wait=5/ /usr/lib/systemd/system/backup*.service"
# borg takes nothing away from a repository with less than half a gigabyte of room beside it.
DISKS = {"/backup": "16m,nr_inodes=2k", "/mnt/vault": "800m"}

# So much that no dump of the tests is refused because a database of theirs is gone again.
ROWS = "INSERT INTO kept (note) SELECT repeat(md5(i::text), 10) FROM generate_series(1, 3000) AS i"

# What is looked at in an archive; to extract all of /etc as well takes its time.
LOOKED_AT = ("backup", "opt", "srv")

# What a row says of how far a run had come, and what the journal has only of one that went on.
NOT_YET = {
    "before any dump was made": "Starting backup-gitea.service",
    "Did not start the run": "Starting backup-gitea.service",
    "before borg began": "Creating archive",
}


@frozen
class Sound:
    """A host that has recovered, and what there was on it then."""

    host: Host
    look: Look


@pytest.fixture(scope="module")
def boot(root: Path, release: str) -> Iterator[Callable[[], Host]]:
    """Boots a host with databases, a Gitea, mail and a repository; the one before goes away."""
    with ExitStack() as stack:

        def boot_anew() -> Host:
            stack.close()
            host = Host(stack.enter_context(booted(root, "web1")))
            mount_disks(host)
            prepare(host, release)
            assert host.start("backup.service") == 0
            mails(host, "backup")
            return host

        yield boot_anew


@pytest.fixture(scope="module")
def sound() -> list[Sound]:
    """The host of the tests before, or none after a test that failed."""
    return []


@pytest.fixture
def host(boot: Callable[[], Host], sound: list[Sound]) -> Host:
    """A host on which no fault has left anything."""
    if not sound:
        host = boot()
        sound.append(Sound(host, Lab(host).look()))
    return sound[0].host


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_host_survives(host: Host, sound: list[Sound], fault: Fault) -> None:
    """Nothing is lost, no success is claimed that was none, somebody is told, the next recovers.

    After a run that was a success in spite of its fault, the next one is that of the next row: a
    host that had not come through would fail there, when that row's fault is gone.
    """
    lab, before = Lab(host), sound.pop().look
    marked(lab, f"before {fault.name}")
    lab.forget()
    night = struck(lab, fault)
    after = lab.look()

    nothing_is_lost(before, after)
    no_success_is_false(fault, night, before, after)
    what_is_archived_is_true(lab, fault, before, after)
    somebody_is_told(fault, night)
    what_it_did_is_true(fault, night)
    assert fault.proof is None or fault.proof(lab)
    if not fault.has_to_recover:
        sound.append(Sound(host, after))
        return
    recovered, last = the_next_run_recovers(lab, fault.name, after, fault.next_run)
    assert fault.next_run is Outcome.SUCCESS or noted(fault) in recovered.mails[0].text
    sound.append(Sound(host, last))


def mount_disks(host: Host) -> None:
    """Have small disks of their own for the dumps and the repository."""
    for folder, size in DISKS.items():
        host.run("mkdir", folder)
        host.run("mount", "-t", "tmpfs", "-o", f"mode=755,size={size}", "tmpfs", folder)


def prepare(host: Host, release: str) -> None:
    """Set up a host that has software, mail and the compiled tree, and has never backed up."""
    keep_all_mail(host)
    create_gitea(host)
    create_database(host, "shop", "a row to keep")
    sql(host, ROWS, "shop")
    host.write("/opt/data/kept", "as good as gold\n")
    host.write("/home/alice/letter", "dear diary\n", mode=0o600)
    host.write(SENTINEL, "before the first run\n")
    host.write(PASSPHRASE_FILE, f"{PASSPHRASE}\n", mode=0o600)
    host.install(tree_for(release, MANIFEST.read_text()))
    host.run("sh", "-c", SHORT_WAIT)
    host.run("systemctl", "daemon-reload")


def struck(lab: Lab, fault: Fault) -> Night:
    """Have the fault in place for one run, and mended after it."""
    with fault.inject(lab):
        night = lab.start(fault.unit, mailed=fault.told is Told.MAIL, shown=fault.shown)
        for other in fault.others:
            _, unit, _ = other.split(" ", 2)
            night = attrs.evolve(night, mails=mails(lab.host, unit))
    if fault.told is Told.LATER:
        night = attrs.evolve(night, mails=mails(lab.host, fault.unit))
    if fault.mend is not None:
        fault.mend.act(lab)
    return night


def nothing_is_lost(before: Look, after: Look) -> None:
    """Every archive is still there, and every dump, unless a newer good one is in its place."""
    assert before.archives <= after.archives
    assert before.dumps.keys() <= after.dumps.keys()


def no_success_is_false(fault: Fault, night: Night, before: Look, after: Look) -> None:
    """The status and /backup.last tell of a success only when it was one."""
    assert (night.status == 0) == (fault.outcome is not Outcome.FAILED), night.journal
    assert (after.stamp != before.stamp) == fault.stamps


def what_is_archived_is_true(lab: Lab, fault: Fault, before: Look, after: Look) -> None:
    """The new archive, if there is one, holds what the row says, and no half of a dump."""
    new = {one for one in after.archives - before.archives if not one.startswith(OLD)}
    assert len(new) == (0 if fault.archive is Archive.NONE else 1)
    for archive in new:
        folder = lab.extract(archive, *(() if fault.archive is Archive.REST else LOOKED_AT))
        assert (folder / SENTINEL[1:]).read_text() == f"before {fault.name}\n"
        assert (folder / "opt/data/kept").exists() or fault.archive is Archive.REST
        assert fault.lacks is None or not (folder / fault.lacks).exists()
        assert all(lab.made(f"{EXTRACTED}/backup/{name}") for name in DUMPS)


def somebody_is_told(fault: Fault, night: Night) -> None:
    """The mail has the subject and says what the row says; or systemd shows the failed unit."""
    if fault.told is Told.SYSTEMD:
        assert fault.shown is not None
        assert fault.said in night.journal
        return
    expected = (fault.subject, *fault.others)
    assert sorted(mail.subject for mail in night.mails) == sorted(expected)
    assert fault.said in next(mail.text for mail in night.mails if mail.subject == fault.subject)


def what_it_did_is_true(fault: Fault, night: Night) -> None:
    """The run had not come further than the row says."""
    for phrase, trace in NOT_YET.items():
        assert phrase not in fault.did or trace not in night.journal


def noted(fault: Fault) -> str:
    """The unit that the next mail still shows as failed."""
    return fault.shown or f"{fault.unit}.service"


def the_next_run_recovers(
    lab: Lab, name: str, before: Look, ends: Outcome = Outcome.SUCCESS
) -> tuple[Night, Look]:
    """With the fault gone, a run archives what is new, moves the stamp, and mails the success."""
    marked(lab, f"after {name}")
    empty_mailbox(lab.host)
    night = lab.start("backup")
    after = lab.look()
    assert night.status == 0, night.journal
    assert [mail.subject for mail in night.mails] == [f"web1: backup {ends.value}"]
    assert after.stamp != before.stamp
    (archive,) = after.archives - before.archives
    folder = lab.extract(archive, *LOOKED_AT)
    assert (folder / SENTINEL[1:]).read_text() == f"after {name}\n"
    assert all(lab.made(f"{EXTRACTED}/backup/{dump}") for dump in DUMPS)
    return night, after


def marked(lab: Lab, text: str) -> None:
    """Change a file, by which an archive can be told from those before."""
    lab.host.write(SENTINEL, f"{text}\n")
