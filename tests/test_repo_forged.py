"""What somebody else has put into the repository is never signed, whatever it looks like."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler.repository.keys import key, sign
from compiler.repository.suite import Suite, write
from tests.repositories import EPOCH, KEY, Repository, keys, make_key, package, with_a_package
from tests.support import need

CANARY = ("--suite", "canary")
STABLE = ("--from", "canary", "--suite", "stable")
STRANGER = "stranger@example.org"
EVIL = "filename: pool/evil.deb\nsize: 7\nsha256: " + "e" * 64


@pytest.fixture(scope="module", autouse=True)
def gpg() -> Iterator[Path]:
    """A home of gpg with the fleet's key."""
    need("apt-ftparchive", "dpkg-deb", "gpg")
    with keys(KEY) as home:
        yield home


@pytest.fixture
def fleet(tmp_path: Path) -> Repository:
    """A repository with a package in canary."""
    return with_a_package(tmp_path)


def listing(fleet: Repository) -> str:
    """What canary's index says."""
    return fleet.path("canary", "main/binary-all/Packages").read_text()


def put_in(fleet: Repository, text: str, name: str = "canary", signer: str = "") -> None:
    """Put an index into canary, with a Release that fits; signed, if somebody signs it."""
    folder = fleet.path("canary", "")
    aside = fleet.folder.parent / "aside"
    write(str(fleet.folder), str(aside), Suite(name, date=EPOCH), text)
    if signer:
        sign(str(aside), key(signer))
    shutil.rmtree(aside / "main/binary-all/by-hash")  # which has links to what is there already
    shutil.copytree(aside, folder, dirs_exist_ok=True)


@pytest.mark.parametrize("more", [EVIL, "package: nginx\nversion: 99:9"])
def test_no_listing_of_the_pool_is_believed(fleet: Repository, tmp_path: Path, more: str) -> None:
    """What apt would take from a stanza, or what we would."""
    (fleet.folder / "pool/Packages").write_text(f"{listing(fleet).rstrip()}\n{more}\n\n")

    fleet.add(package(tmp_path, "db", "1"))
    fleet.promote()

    assert fleet.index("stable") == ["db 1", "web1 1"]
    assert more not in fleet.path("stable", "main/binary-all/Packages").read_text()


def test_a_version_that_lies_in_the_pool_is_not_listed(fleet: Repository, tmp_path: Path) -> None:
    """Somebody may have put it there; nor does a rollback take it."""
    planted = Path(package(tmp_path, "web1", "0", "e"))
    shutil.copy(planted, fleet.folder / "pool/hostwright-host-web1")

    fleet.add(package(tmp_path, "web1", "2", "b"))
    assert fleet.index() == ["web1 2", "web1 1"]
    said = fleet.refusal("rollback", "web1=0", *CANARY)
    assert said == "web1: the suite lists no version 0; it lists 1, 2"


def test_a_suite_that_nobody_has_signed_is_refused(fleet: Repository) -> None:
    """Though its digests fit; neither as what is changed nor as what is promoted."""
    put_in(fleet, listing(fleet).replace("Version: 1", "Version: 99"))

    for words in (("sign",), ("promote", *STABLE)):
        assert "canary is signed by no key that is known here" in fleet.refusal(*words)


def test_a_signature_of_something_else_is_refused(fleet: Repository) -> None:
    """Such as the one that stands in InRelease, with all that it is for."""
    put_in(fleet, listing(fleet).replace("Version: 1", "Version: 99"))
    shutil.copy(fleet.path("canary", "InRelease"), fleet.path("canary", "Release.gpg"))

    assert "canary is signed by no key that is known here" in fleet.refusal("sign")


def test_one_suite_does_not_stand_for_another(fleet: Repository) -> None:
    """Though it is signed, it was not signed as that."""
    fleet.promote()
    fleet.path("canary", "").rename(fleet.folder.parent / "aside")
    shutil.copytree(fleet.path("stable", ""), fleet.path("canary", ""))

    assert 'canary is damaged: it is the suite "stable"' in fleet.refusal("sign", *CANARY)


def test_the_key_of_somebody_else_does_not_count(fleet: Repository) -> None:
    """One of which there is no secret half, unless it was one's own: then it may be lost."""
    make_key(STRANGER)
    signer = key(STRANGER).fingerprint
    put_in(fleet, listing(fleet), signer=STRANGER)
    delete = ("--batch", "--yes", "--delete-secret-keys", signer)
    subprocess.run(["gpg", *delete], check=True, capture_output=True)
    trust(signer, 3)

    assert f"signed by {signer}, whose secret half is not here" in fleet.refusal("sign")
    trust(signer, 6)
    assert fleet.sign() == "canary: signed\n"


def trust(fingerprint: str, level: int) -> None:
    """Say how much a key is trusted, as gpg counts: 6 is one's own."""
    given = f"{fingerprint}:{level}:\n".encode()
    words = ["gpg", "--quiet", "--import-ownertrust"]
    subprocess.run(words, input=given, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Priority: x", f"Priority: x\n{EVIL}", "it has the field Filename twice"),
        ("Priority: x", "Priority: x\rsize: 7", "it has a control character"),
        ("Priority: x", "Priority: x\n \nsize: 7", '" " is no field'),
        ("Package: hostwright-host-web1", "Package: nginx", 'its package is "nginx"'),
        ("Filename: pool/", "Filename: pool/../pool/", 'web1 is said to be in "pool/../'),
        ("Version: 1", "Version: ../1", '"../1" is no version'),
    ],
)
def test_what_apt_would_read_otherwise_is_never_signed_again(
    fleet: Repository, old: str, new: str, said: str
) -> None:
    """Not even if it was signed once, as by an earlier version of Hostwright."""
    text = listing(fleet).replace("Architecture: all", "Architecture: all\nPriority: x")
    put_in(fleet, text.replace(old, new), signer=KEY)

    assert said in fleet.refusal("sign")


def test_a_package_that_says_its_name_twice_is_refused(fleet: Repository, tmp_path: Path) -> None:
    """In whatever case: apt-ftparchive takes the last one, as apt does."""
    given = package(tmp_path, "web2", "1", package="nginx")

    assert 'its package is "nginx"' in fleet.refusal("add", given, *CANARY)


def test_what_a_package_says_of_its_own_file_is_not_taken(
    fleet: Repository, tmp_path: Path
) -> None:
    """apt-ftparchive says where it is and what is in it."""
    fleet.add(package(tmp_path, "web2", "1", FileName="pool/evil.deb", sHA256="e" * 64, size="7"))

    assert "evil" not in listing(fleet)
    assert "e" * 64 not in listing(fleet)
    assert "size: 7\n" not in listing(fleet).lower()


@pytest.mark.parametrize(
    "place",
    [
        "dists/canary/main/binary-all/by-hash/SHA256/x",
        "dists/canary/main/x",
        "pool/x.deb",
        "pool/hostwright-host-web2",
    ],
)
def test_a_link_is_refused(fleet: Repository, tmp_path: Path, place: str) -> None:
    """Nothing outside of the repository gets another mode, or another file."""
    secret = tmp_path / "secret"
    secret.mkdir()
    secret.chmod(0o700)
    (fleet.folder / place).symlink_to(secret)

    said = fleet.refusal("add", package(tmp_path, "web2", "1"), *CANARY)

    assert said.startswith(f"{fleet.folder / place} is neither a file nor a folder")
    assert (secret.stat().st_mode & 0o777, os.listdir(secret)) == (0o700, [])


def test_older_indices_are_files(fleet: Repository, tmp_path: Path) -> None:
    """A link among them is not taken over."""
    by_hash = fleet.path("canary", "main/binary-all/by-hash/SHA256")
    (by_hash / "x").symlink_to(tmp_path)

    write(str(fleet.folder), str(tmp_path / "aside"), Suite("canary", date=EPOCH), "")

    taken = os.listdir(tmp_path / "aside/main/binary-all/by-hash/SHA256")
    assert "x" not in taken
    assert set(taken) > set(os.listdir(by_hash)) - {"x"}
