"""Twenty hosts that follow their packages by apt: docs/rollout.md, command by command."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from attrs import frozen

from tests.boot.rollout import BOOTED, CANARIES, NAMES, OTHERS, Fleet, fleet_in
from tests.support import need

pytestmark = pytest.mark.boot

PASSPHRASE = "correct horse"  # noqa: S105 - of repositories that last for a minute
GOOD_DUMP = "modules:\n  dump:\n    motd: {user: daemon, command: [/bin/cat, /etc/motd]}\n"
BAD_DUMP = "modules:\n  dump:\n    motd: {user: daemon, command: [/bin/false]}\n"
Versions = dict[str, str]


@pytest.fixture(scope="module")
def fleet(
    bookworm: Path, trixie: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Fleet]:
    """A publisher, a server and twenty hosts; nobody has anything yet."""
    del bookworm, trixie  # which say why nothing can be booted here
    need("apt-ftparchive", "git", "gpg", "gpgconf")
    folder = tmp_path_factory.mktemp("fleet")
    with (
        TemporaryDirectory(prefix="hostwright-", dir="/tmp") as home,
        fleet_in(folder, Path(home)) as found,
    ):
        yield found
        found.publisher.run("gpgconf --kill all")


@pytest.fixture(scope="module")
def said(fleet: Fleet) -> dict[str, str]:
    """The first packages are published and installed: what each host said to the signed indices."""
    fleet.publish("The key", 0)
    fleet.publisher.commit(1, lambda _: "")
    fleet.publish("The first packages")
    key = (fleet.publisher.folder / "hostwright.asc").read_text()

    def set_up(name: str) -> str:
        fleet.hosts[name].write("/etc/apt/keyrings/hostwright.asc", key)
        for number in range(5):
            if number != 1 or name in CANARIES:
                done = fleet.on(name, "A host", number)
        return done.stdout + done.stderr

    result = fleet.each(set_up)
    for name in BOOTED.values():
        host = fleet.hosts[name]
        host.write("/etc/credstore/borg-passphrase", f"{PASSPHRASE}\n", mode=0o600)
        host.run("chmod", "0700", "/etc/credstore")
    return result


@frozen
class Change:
    """What came of one change.

    Attributes:
        versions: what canary had, before the change and after it.
        canaries: what each host had, once canary had the change.
        backups: the exit status of the backup of canaries that are booted.
        everybody: what each host had in the end.
    """

    versions: tuple[Versions, Versions]
    canaries: Versions
    backups: dict[str, int]
    everybody: Versions


def status(fleet: Fleet, name: str) -> int:
    """How a backup ends on a booted host."""
    return fleet.hosts[name].start("backup.service")


@pytest.fixture(scope="module")
def change(fleet: Fleet, said: dict[str, str]) -> Change:
    """A good one: first on canaries, then everywhere."""
    assert said.keys() == fleet.hosts.keys()
    before = fleet.publisher.versions("canary")
    fleet.publish("A change", 0)
    fleet.publisher.commit(2, lambda _: GOOD_DUMP)
    fleet.publish("A change", 1)
    for name in BOOTED.values():
        fleet.on(name, "A change", 2)
    fleet.each(fleet.follow, (CANARIES[2], *OTHERS))
    canaries = fleet.each(fleet.installed)
    backups = {name: status(fleet, name) for name in BOOTED.values()}
    fleet.publish("A change", 3)
    fleet.each(fleet.follow)
    after = fleet.publisher.versions("canary")
    return Change((before, after), canaries, backups, fleet.each(fleet.installed))


@pytest.fixture(scope="module")
def bad(fleet: Fleet, change: Change) -> Change:
    """One that lets backups fail, of all hosts: noticed on canaries, and taken back there."""
    good = change.versions[1]
    fleet.publisher.commit(3, lambda _: BAD_DUMP)
    fleet.publish("A change", 1)
    worse = fleet.publisher.versions("canary")
    fleet.each(fleet.follow)
    canaries = fleet.each(fleet.installed)
    backups = {name: status(fleet, name) for name in BOOTED.values()}
    block = fleet.page.block("Back again", 0)
    for name in CANARIES:
        command = block.replace("host01=VERSION", f"{name}={good[name]}")
        fleet.publisher.run(command)
    for name in BOOTED.values():
        fleet.on(name, "Back again", 2)
    fleet.each(fleet.follow, (CANARIES[2], *OTHERS))
    return Change((good, worse), canaries, backups, fleet.each(fleet.installed))


def test_each_host_has_its_own_package(fleet: Fleet, change: Change) -> None:
    """That of its name, in the version that was published for it."""
    assert set(change.versions[0]) == set(NAMES)
    for name in NAMES:
        listed = fleet.hosts[name].run("dpkg-query", "--show", "hostwright-host-*").stdout
        assert listed.split()[0] == f"hostwright-host-{name}"


def test_no_host_has_anything_against_the_repository(said: dict[str, str]) -> None:
    """Not a note, not a warning: apt of Debian 12 and 13 alike."""
    for text in said.values():
        assert not [line for line in text.splitlines() if line.startswith(("N:", "W:", "E:"))]


def test_indices_are_asked_for_by_their_digests(fleet: Fleet, change: Change) -> None:
    """So a suite may change while a host is reading it."""
    assert change
    indices = [path for _, path in fleet.requests() if "/binary-all/" in path]

    assert len(indices) >= len(NAMES)
    assert all("/by-hash/SHA256/" in path for path in indices)


def test_the_timers_of_a_booted_host_wait(fleet: Fleet, change: Change) -> None:
    """The package has started them."""
    assert change
    for name in BOOTED.values():
        assert fleet.hosts[name].succeeds("systemctl", "is-active", "backup.timer")


def test_a_change_comes_to_the_canaries_first(change: Change) -> None:
    """Three hosts have it, and seventeen have not; booted ones took it by unattended-upgrades."""
    before, after = change.versions

    assert before != after
    assert change.canaries == {
        name: (after if name in CANARIES else before)[name] for name in NAMES
    }


def test_the_canaries_are_well(change: Change) -> None:
    """With the change their backups succeed, on both releases."""
    assert change.backups == dict.fromkeys(BOOTED.values(), 0)


def test_then_everybody_has_it(change: Change) -> None:
    """After the promotion, with the next look at the server."""
    assert change.everybody == change.versions[1]


def test_a_bad_change_is_noticed_on_a_canary(bad: Change) -> None:
    """Its backup fails; the canaries are the only ones that have it."""
    good, worse = bad.versions

    assert all(good[name] != worse[name] for name in NAMES)
    assert bad.canaries == {name: (worse if name in CANARIES else good)[name] for name in NAMES}
    assert all(bad.backups.values())


def test_it_is_taken_back_by_version(fleet: Fleet, bad: Change) -> None:
    """Every host has the version of before; the canaries' backups succeed again."""
    assert bad.everybody == bad.versions[0]
    for name in BOOTED.values():
        assert status(fleet, name) == 0


def test_the_others_never_saw_it(fleet: Fleet, bad: Change) -> None:
    """No other host has asked for a package of it, or knows of the version."""
    for name in NAMES:
        assert fleet.downloads(bad.versions[1][name]) == ({name} & set(CANARIES))
    for name in OTHERS:
        known = fleet.hosts[name].run("apt-cache", "madison", f"hostwright-host-{name}").stdout
        assert bad.versions[1][name] not in known
        assert bad.versions[0][name] in known


def test_a_host_gets_the_version_that_it_asks_for(fleet: Fleet, bad: Change) -> None:
    """Every version up to the current one is there to be asked for."""
    name = OTHERS[0]
    host, package = fleet.hosts[name], f"hostwright-host-{name}"
    (older,) = {
        line.split("|")[1].strip()
        for line in host.run("apt-cache", "madison", package).stdout.splitlines()
    } - {bad.everybody[name]}

    install = ("apt-get", "--yes", "--quiet=2", "--allow-downgrades", "install")
    host.run(*install, f"{package}={older}")
    assert fleet.installed(name) == older
    fleet.follow(name)
    assert fleet.installed(name) == bad.everybody[name]


def test_every_command_of_the_page_was_run(fleet: Fleet, bad: Change) -> None:
    """These are what is left: a whole suite goes back, loses a host, is renewed, is made anew."""
    assert bad
    assert "PRIVATE KEY BLOCK" in fleet.publish("The key", 1)
    fleet.publish("Back again", 1)
    shown = fleet.publisher.run("hostwright repo show apt --suite stable")
    assert shown == (fleet.publisher.folder / "before").read_text()
    fleet.on("host01", "What to watch", 0)
    assert fleet.publish("What to watch", 1) == "canary: signed\nstable: signed\n"
    fleet.publish("A host is gone")
    fleet.publish("The server is lost")
    assert fleet.publish("The key is lost, or stolen") == "canary: signed\nstable: signed\n"
    assert fleet.page.left() == []
