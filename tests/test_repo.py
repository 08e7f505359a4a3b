"""The apt repository: what each suite has after packages are added, promoted and rolled back."""

import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.repositories import KEY, Repository, keys, package, repo
from tests.support import need


@pytest.fixture(scope="module", autouse=True)
def gpg() -> Iterator[Path]:
    """A home of gpg with the fleet's key."""
    need("apt-ftparchive", "dpkg-deb", "gpg", "gpgv")
    with keys(f"Fleet <{KEY}>") as home:
        yield home


@pytest.fixture
def fleet(tmp_path: Path) -> Repository:
    """No repository yet, but a place for one."""
    return Repository(tmp_path / "apt")


def test_what_is_added_is_what_the_suite_has(fleet: Repository, tmp_path: Path) -> None:
    """A repository comes to be with its first packages, and says what it has."""
    said = fleet.add(package(tmp_path, "web1", "1"), package(tmp_path, "db", "1+b"))

    assert said == "db: new -> 1+b\nweb1: new -> 1\ncanary: 2 changed, 0 unchanged\n"
    assert repo("show", str(fleet.folder)).text == (
        "canary  db    1+b  aaaaaaaaaaaa\ncanary  web1  1    aaaaaaaaaaaa\n"
    )


def test_a_folder_stands_for_the_packages_in_it(fleet: Repository, tmp_path: Path) -> None:
    """Of several versions of a host the newest is current, and the others can be asked for."""
    for version in ("9", "10", "10~rc"):
        package(tmp_path / "made", "web1", version, tree=version[0])
    (tmp_path / "made/notes").write_text("no package")

    fleet.add(str(tmp_path / "made"))

    assert fleet.show() == [("canary", "web1", "10")]
    assert fleet.index() == ["web1 10", "web1 10~rc", "web1 9"]


def test_both_signatures_are_good(fleet: Repository, tmp_path: Path, gpg: Path) -> None:
    """Of the Release inside InRelease, and of the Release beside its signature."""
    fleet.add(package(tmp_path, "web1", "1"))
    ring = tmp_path / "ring.gpg"
    subprocess.run(["gpg", "--quiet", "--output", ring, "--export", KEY], check=True)

    for signed in (["InRelease"], ["Release.gpg", "Release"]):
        files = [fleet.path("canary", name) for name in signed]
        subprocess.run(["gpgv", "--quiet", "--keyring", ring, *files], check=True)
    inside = fleet.path("canary", "InRelease").read_text()
    assert fleet.path("canary", "Release").read_text() in inside
    assert gpg.exists()


def test_every_index_is_there_by_its_digest(fleet: Repository, tmp_path: Path) -> None:
    """The Release has size and digest of each, and apt asks for them by digest."""
    fleet.add(package(tmp_path, "web1", "1"))
    text = fleet.path("canary", "Release").read_text()

    assert fleet.release()["Acquire-By-Hash"] == "yes"
    for name in ("Packages", "Packages.xz"):
        content = fleet.path("canary", f"main/binary-all/{name}").read_bytes()
        digest = sha256(content).hexdigest()
        assert f"\n {digest} {len(content)} main/binary-all/{name}\n" in text
        by_hash = f"main/binary-all/by-hash/SHA256/{digest}"
        assert fleet.path("canary", by_hash).read_bytes() == content


def test_the_index_leads_to_the_very_bytes(fleet: Repository, tmp_path: Path) -> None:
    """The pool has the file that was given, in the place and with the digest of the index."""
    given = package(tmp_path, "web1", "1:2+x")
    fleet.add(given)
    index = fleet.path("canary", "main/binary-all/Packages").read_text()
    place = "pool/hostwright-host-web1/hostwright-host-web1_2+x_all.deb"

    content = (fleet.folder / place).read_bytes()

    assert content == Path(given).read_bytes()
    assert f"\nFilename: {place}\n" in index
    assert f"\nSHA256: {sha256(content).hexdigest()}\n" in index


def test_the_same_tree_is_left_out(fleet: Repository, tmp_path: Path) -> None:
    """Hosts do not upgrade to what they have; what is left out is not in the pool either."""
    fleet.add(package(tmp_path, "web1", "1"))
    before = fleet.snapshot()

    said = fleet.add(package(tmp_path, "web1", "2"))

    assert said == "canary: 0 changed, 1 unchanged\n"
    assert fleet.snapshot() == before


def test_the_same_tree_is_published_if_asked_for(fleet: Repository, tmp_path: Path) -> None:
    """As after a change of the scripts of all packages, which are no part of a tree."""
    fleet.add(package(tmp_path, "web1", "1"))

    fleet.add(package(tmp_path, "web1", "2"), "--all")

    assert fleet.show() == [("canary", "web1", "2")]


def test_a_package_that_is_added_twice_changes_nothing(fleet: Repository, tmp_path: Path) -> None:
    """Not even with --all: there is no other version to have."""
    given = package(tmp_path, "web1", "1")
    fleet.add(given)
    before = fleet.snapshot()

    assert fleet.add(given, given, "--all") == "canary: 0 changed, 1 unchanged\n"
    assert fleet.snapshot() == before


def test_promotion_gives_one_suite_what_the_other_has(fleet: Repository, tmp_path: Path) -> None:
    """All hosts, and the versions in between can be asked for as well."""
    for version in ("1", "2"):
        fleet.add(*(package(tmp_path, host, version, version) for host in ("web1", "db")))

    assert fleet.promote() == "db: new -> 2\nweb1: new -> 2\nstable: 2 changed, 0 unchanged\n"
    assert fleet.index("stable") == ["db 2", "db 1", "web1 2", "web1 1"]


def test_promotion_of_some_hosts_leaves_the_others(fleet: Repository, tmp_path: Path) -> None:
    """Only the hosts that are named."""
    fleet.add(*(package(tmp_path, host, "1") for host in ("web1", "web2", "db")))

    fleet.promote("web1", "db")

    assert fleet.show()[3:] == [("stable", "db", "1"), ("stable", "web1", "1")]


def test_promotion_takes_no_host_back(fleet: Repository, tmp_path: Path) -> None:
    """What was published in stable alone is not lost to a canary that is behind."""
    fleet.add(package(tmp_path, "web1", "1"))
    fleet.add(package(tmp_path, "web1", "2", "b"), suite="stable")

    said = fleet.promote()

    assert "web1: stays at 2, which is newer than 1\n" in said
    assert said.endswith("stable: 0 changed, 0 unchanged, 1 left alone\n")
    assert fleet.show()[1:] == [("stable", "web1", "2")]


def test_promotion_leaves_out_the_same_tree(fleet: Repository, tmp_path: Path) -> None:
    """A change that was taken back on the canaries is none for the others."""
    fleet.add(package(tmp_path, "web1", "1"))
    fleet.promote()
    fleet.add(package(tmp_path, "web1", "2", "b"))
    fleet.add(package(tmp_path, "web1", "3"))

    assert fleet.promote() == "stable: 0 changed, 1 unchanged\n"
    assert fleet.show() == [("canary", "web1", "3"), ("stable", "web1", "1")]


def test_after_a_rollback_the_suite_ends_with_that_version(
    fleet: Repository, tmp_path: Path
) -> None:
    """The bad version is not even listed, so that no host can get it; the other host stays."""
    for version in ("1", "2", "3"):
        fleet.add(*(package(tmp_path, host, version, version) for host in ("web1", "db")))

    said = fleet.rollback("web1=2")

    assert said == "web1: 3 -> 2\ncanary: 1 changed, 0 unchanged\n"
    assert fleet.index() == ["db 3", "db 2", "db 1", "web1 2", "web1 1"]


def test_after_a_rollback_comes_the_next_version(fleet: Repository, tmp_path: Path) -> None:
    """The version that was bad is never made anew, and listed no more."""
    fleet.add(package(tmp_path, "web1", "1"))
    fleet.add(package(tmp_path, "web1", "2", "b"))
    fleet.rollback("web1=1")

    again = package(tmp_path / "again", "web1", "2", "c")
    assert "2 is in the pool with other content" in fleet.refusal("add", again, "--suite", "canary")
    fleet.add(package(tmp_path, "web1", "3", "c"))

    assert fleet.index() == ["web1 3", "web1 1"]


def test_a_whole_suite_goes_back_to_what_was_shown(fleet: Repository, tmp_path: Path) -> None:
    """What `show` prints before a change is what `rollback` takes after it."""
    hosts = ("web1", "web2", "db")
    fleet.add(*(package(tmp_path, host, "1") for host in hosts))
    shown = [f"{host}={version}" for _, host, version in fleet.show()]
    fleet.add(*(package(tmp_path, host, "2", "b") for host in hosts[:2]))

    assert fleet.rollback(*shown).endswith("canary: 2 changed, 1 unchanged\n")
    assert fleet.show() == [("canary", host, "1") for host in sorted(hosts)]


def test_a_host_that_is_gone_is_removed(fleet: Repository, tmp_path: Path) -> None:
    """The other suite and the pool still have it, and it may come back."""
    given = [package(tmp_path, host, "1") for host in ("web1", "db")]
    fleet.add(*given)
    fleet.promote()

    assert fleet.remove("db") == "db: 1 -> gone\ncanary: 1 changed, 0 unchanged\n"
    assert fleet.show() == [("canary", "web1", "1"), ("stable", "db", "1"), ("stable", "web1", "1")]
    assert fleet.add(*given) == "db: new -> 1\ncanary: 1 changed, 1 unchanged\n"
