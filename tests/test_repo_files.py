"""The apt repository's files: dates that only rise, indices that stay, modes, what is made anew."""

import os
import subprocess
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path

import pytest
from attrs import evolve

from tests.repositories import EPOCH, KEY, Repository, keys, make_key, package, repo, with_a_package
from tests.support import need

_DAY = 24 * 60 * 60


@pytest.fixture(scope="module", autouse=True)
def gpg() -> Iterator[Path]:
    """A home of gpg with the fleet's key."""
    need("apt-ftparchive", "dpkg-deb", "gpg")
    with keys(f"Fleet <{KEY}>") as home:
        yield home


@pytest.fixture
def fleet(tmp_path: Path) -> Repository:
    """A repository with a package in canary."""
    return with_a_package(tmp_path)


def seconds(fleet: Repository, field: str = "Date") -> int:
    """A date of canary's Release, in seconds since 1970."""
    return int(parsedate_to_datetime(fleet.release()[field]).timestamp())


def test_the_date_is_the_one_that_is_given(fleet: Repository) -> None:
    """For whoever wants the same bytes twice."""
    assert seconds(fleet) == EPOCH


def test_a_date_that_is_not_later_is_refused(fleet: Repository) -> None:
    """A suite that is not later than the one it has, apt takes no notice of, without a word."""
    before = fleet.snapshot()

    for date in (5, EPOCH):
        outcome = repo("sign", str(fleet.folder), "--key", KEY, "--date", str(date))
        assert outcome.errors.startswith(f"hostwright: repo sign: --date {date} is not later than ")
        assert outcome.status == 2
    assert fleet.snapshot() == before


def test_files_are_as_old_as_the_date_says(fleet: Repository) -> None:
    """What has changed since is what apt asks for, in whole seconds: no two may be of the same."""
    for name in ("InRelease", "Release", "Release.gpg"):
        assert fleet.path("canary", name).stat().st_mtime == EPOCH


def test_the_clock_is_the_date_when_none_is_given(
    fleet: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is to be compiled is dated; a burst of changes waits until the clock has gone on."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    monkeypatch.setattr("time.time", lambda: EPOCH + 0.9)
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)

    evolve(fleet, date=None).sign()

    assert waits == [pytest.approx(0.1, abs=0.01)]
    assert seconds(fleet) == EPOCH + 1


def test_a_clock_that_is_wrong_is_reported(
    fleet: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hosts would not see what is published now."""
    monkeypatch.setattr("time.time", lambda: EPOCH - 60.0)

    said = evolve(fleet, date=None).refusal("sign")

    assert "dated 60 seconds after now: set the clock" in said


def test_the_same_packages_and_date_give_the_same_indices(
    fleet: Repository, tmp_path: Path
) -> None:
    """Whatever was published on the way to it."""
    other = Repository(tmp_path / "other")
    fleet.add(package(tmp_path, "web1", "2", "b"), package(tmp_path, "db", "1"))

    other.add(*(str(path) for path in sorted(tmp_path.glob("*.deb"), reverse=True)))

    for name in ("Packages", "Packages.xz"):
        path = f"main/binary-all/{name}"
        assert other.path("canary", path).read_bytes() == fleet.path("canary", path).read_bytes()


def test_a_host_in_the_middle_of_its_update_finds_its_index(
    fleet: Repository, tmp_path: Path
) -> None:
    """The last sixteen indices stay, by their digests; older ones go."""
    path = fleet.path("canary", "main/binary-all/Packages")
    digests = [sha256(path.read_bytes()).hexdigest()]
    for version in range(2, 20):
        fleet.add(package(tmp_path, "web1", str(version), f"{version:x}"[-1]))
        digests.append(sha256(path.read_bytes()).hexdigest())

    there = set(os.listdir(fleet.path("canary", "main/binary-all/by-hash/SHA256")))

    assert [digest in there for digest in digests] == [*[False] * 2, *[True] * 17]
    assert len(there) == 2 * 17


def test_how_long_a_suite_is_valid_stays_as_it_was(fleet: Repository, tmp_path: Path) -> None:
    """Given once, it counts for what is published later, and each time from then on."""
    assert "Valid-Until" not in fleet.release()
    fleet.sign("--valid-days", "7")

    fleet.add(package(tmp_path, "web1", "2", "b"))
    assert seconds(fleet, "Valid-Until") == EPOCH + 2 + 7 * _DAY
    fleet.add(package(tmp_path, "web1", "3", "b"))
    assert seconds(fleet, "Valid-Until") == EPOCH + 3 + 7 * _DAY

    fleet.sign("--valid-days", "0")
    assert "Valid-Until" not in fleet.release()


def test_modes_are_those_that_a_web_server_needs(tmp_path: Path, fleet: Repository) -> None:
    """Whatever the umask of the publisher is; and nothing is left that is not to be served."""
    other = Repository(tmp_path / "other")
    mask = os.umask(0o077)
    try:
        other.add(package(tmp_path, "web1", "1"))
    finally:
        os.umask(mask)
    for path in (other.folder, *other.folder.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path
    assert sorted(os.listdir(fleet.folder)) == ["dists", "pool"]


def test_an_old_version_may_be_removed_from_the_pool(fleet: Repository, tmp_path: Path) -> None:
    """The next signature speaks of it no more."""
    fleet.add(package(tmp_path, "web1", "2", "b"))
    next(fleet.folder.glob("pool/*/*_1_all.deb")).unlink()

    fleet.sign()

    assert fleet.index() == ["web1 2"]


def test_another_key_signs_what_the_first_one_has_signed(fleet: Repository) -> None:
    """As when a key is replaced; the passphrase of the new one comes from a file."""
    words = "correct horse"
    make_key("new@example.org", passphrase=words)
    file = fleet.folder.parent / "passphrase"
    file.write_text(f"{words}\n")
    subprocess.run(["gpgconf", "--kill", "gpg-agent"], check=True)

    wrong = fleet.refusal("sign", key="new@example.org")
    assert "gpg does not sign with" in wrong
    assert "--passphrase-file" in wrong
    fleet.sign("--passphrase-file", str(file), key="new@example.org")

    shown = subprocess.run(
        ["gpg", "--verify", fleet.path("canary", "InRelease")], capture_output=True, check=True
    )
    assert b"new@example.org" in shown.stderr
