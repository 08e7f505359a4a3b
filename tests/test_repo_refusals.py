"""What the apt repository refuses: nothing has changed then, and a sentence says why."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repositories import KEY, Repository, keys, make_key, package, repo, with_a_package
from tests.support import need

CANARY = ("--suite", "canary")


@pytest.fixture(scope="module", autouse=True)
def gpg() -> Iterator[Path]:
    """A home of gpg with the key of the fleet, and two more."""
    need("apt-ftparchive", "dpkg-deb", "gpg", "gpgv")
    with keys(KEY, "One <one@example.org>", "Another <another@example.org>") as home:
        yield home


@pytest.fixture
def fleet(tmp_path: Path) -> Repository:
    """A repository with a package in canary."""
    return with_a_package(tmp_path)


@pytest.fixture
def newer(tmp_path: Path) -> str:
    """The next version of the package."""
    return package(tmp_path, "web1", "2", "b")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("nobody@example.org", 'there is no secret key "nobody@example.org" in GNUPGHOME='),
        ("example.org", '"example.org" names several keys; give the fingerprint of one: '),
    ],
)
def test_a_key_that_is_not_one_is_refused(
    fleet: Repository, newer: str, key: str, said: str
) -> None:
    """Before anything is looked at: a fingerprint is the name that only one key has."""
    assert said in fleet.refusal("add", newer, *CANARY, key=key)


def test_a_key_that_has_expired_is_refused(fleet: Repository, newer: str) -> None:
    """No host would believe it."""
    make_key("old@example.org", "--faked-system-time=20200101T000000", expires="1d")

    said = fleet.refusal("add", newer, *CANARY, key="old@example.org")

    assert said == 'the key "old@example.org" is expired: no host would believe it'


def test_without_a_repository_a_wrong_key_makes_none(tmp_path: Path, newer: str) -> None:
    """The folder is not made for nothing."""
    assert repo("add", str(tmp_path / "new"), newer, *CANARY, "--key", "nobody").status == 1
    assert not (tmp_path / "new").exists()


def test_broken_packages_are_refused(fleet: Repository, newer: str, tmp_path: Path) -> None:
    """One that is cut off, one that is none, one whose data are damaged."""
    content = bytearray(Path(newer).read_bytes())
    (tmp_path / "cut.deb").write_bytes(content[:-200])
    (tmp_path / "none.deb").write_text("no package at all\n" * 9)
    content[-30] ^= 0xFF
    (tmp_path / "damaged.deb").write_bytes(content)

    for name in ("cut.deb", "none.deb", "damaged.deb"):
        said = fleet.refusal("add", str(tmp_path / name), *CANARY)
        assert said.startswith(f"{tmp_path / name} is broken")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"Package": "hello"},
            'its package is "hello", and hosts\' packages begin with hostwright-',
        ),
        ({"Package": "hostwright-host-../x"}, 'its package is "hostwright-host-../x"'),
        ({"Architecture": "amd64"}, 'it is for the architecture "amd64", not for all'),
        ({"Version": "1/../../2"}, '"1/../../2" is no version'),
    ],
)
def test_foreign_packages_are_refused(
    fleet: Repository, tmp_path: Path, fields: dict[str, str], said: str
) -> None:
    """Nothing gets to ten thousand hosts by mistake, or out of the folder."""
    given = package(tmp_path / "foreign", "web2", "1", **fields)

    assert f"{given} is no package that Hostwright made for a host: {said}" in fleet.refusal(
        "add", given, *CANARY
    )


def test_a_version_never_changes(fleet: Repository, tmp_path: Path) -> None:
    """The report has both digests."""
    other = package(tmp_path / "other", "web1", "1", "b")

    said = fleet.refusal("add", other, *CANARY)

    assert said.startswith(f"{other}: version 1 is in the pool with other content (sha256 ")
    assert "there, " in said
    assert "the trees in them differ, too" in said
    assert "--package-version" in said


def test_an_older_version_is_refused(fleet: Repository, tmp_path: Path) -> None:
    """A build that was late must not take hosts back."""
    given = package(tmp_path, "web1", "1~late", "b")

    assert "web1: 1~late is older than 1, which the suite has" in fleet.refusal(
        "add", given, *CANARY
    )


@pytest.mark.parametrize(
    ("has", "given", "said"),
    [
        (
            "20260921141320+aaaaaaaaaaaa",
            "20260921141320+000000000000",
            "have the same date: commit",
        ),
        (
            "20260921141320+aaaaaaaaaaaa",
            "20260921141320+ffffffffffff",
            "have the same date: commit",
        ),
        ("20260921141320+aaaaaaaaaaaa", "0+ffffffffffff", "has no date: set SOURCE_DATE_EPOCH"),
    ],
)
def test_versions_that_do_not_rise_are_explained(
    tmp_path: Path, has: str, given: str, said: str
) -> None:
    """With what to do, which is not to go back."""
    fleet = Repository(tmp_path / "dated")
    fleet.add(package(tmp_path, "web1", has))

    assert said in fleet.refusal("add", package(tmp_path, "web1", given, "b"), *CANARY)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("web1=0", "web1: the suite lists no version 0; it lists 1"),
        ("web1=2", "web1: 2 is not back, but newer than 1"),
        ("db=1", "db: the suite has nothing of this host"),
    ],
)
def test_a_rollback_that_is_none_is_refused(
    fleet: Repository, newer: str, wanted: str, said: str
) -> None:
    """Only to what the suite lists, which was before what it has."""
    fleet.add(newer, suite="stable")

    assert fleet.refusal("rollback", wanted, *CANARY) == said


def test_what_is_not_there_is_reported(fleet: Repository, tmp_path: Path) -> None:
    """A file, a suite, a host, a folder of packages that has none."""
    stable = ("--from", "canary", "--suite", "stable")
    (tmp_path / "empty").mkdir()

    assert fleet.refusal("add", "x.deb", *CANARY) == "x.deb is not there"
    assert "there is no .deb" in fleet.refusal("add", str(tmp_path / "empty"), *CANARY)
    assert 'has no suite "testing"' in fleet.refusal("sign", "--suite", "testing")
    assert "has nothing of this host" in fleet.refusal("remove", "db", *CANARY)
    assert fleet.refusal("promote", "db", *stable) == "there is nothing to promote of db"
    assert repo("show", str(tmp_path)).errors.endswith(
        " is no repository: it has no folder dists\n"
    )


def test_a_suite_of_somebody_else_is_left_alone(fleet: Repository, newer: str) -> None:
    """So is one whose index is not the one that was signed."""
    index = fleet.path("canary", "main/binary-all/Packages")
    index.write_text(index.read_text().replace("web1", "web2"))
    assert "canary is damaged" in fleet.refusal("add", newer, *CANARY)

    fleet.path("canary", "Release").write_text("Origin: Debian\n")
    assert "canary is none of Hostwright's suites" in fleet.refusal("add", newer, *CANARY)


def test_a_package_that_was_changed_in_the_pool_is_never_signed(
    fleet: Repository, newer: str
) -> None:
    """Whether its listing tells or not; nor is a suite whose package is gone."""
    (file,) = fleet.folder.glob("pool/*/*.deb")
    shutil.copy(newer, file)
    stable = ("--from", "canary", "--suite", "stable")
    assert "is damaged: put it back" in fleet.refusal("promote", *stable)
    file.unlink()
    assert "is gone, and web1 needs it: put it back" in fleet.refusal("promote", *stable)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "DIR", "x.deb", "--key", "k"], "of which suite? Give --suite SUITE"),
        (["add", "DIR", "x.deb", "--suite", "../x", "--key", "k"], '"../x" is no name for a suite'),
        (["add", "DIR", *CANARY, "--key", "k"], "what? Give packages"),
        (["add", "DIR", "x.deb", *CANARY], "who signs? Give --key KEY"),
        (["promote", "DIR", *CANARY, "--key", "k"], "from which suite? Give --from SUITE"),
        (["promote", "DIR", *CANARY, "--from", "canary"], "--from and --suite are the same"),
        (["rollback", "DIR", "web1", *CANARY, "--key", "k"], '"web1" is not HOST=VERSION'),
        (["rollback", "DIR", "a=1", "a=2", *CANARY, "--key", "k"], "a is given twice"),
        (["remove", "DIR", *CANARY, "--key", "k"], "what? Give hosts"),
        (["show", "DIR", "web1"], 'what is "web1" for?'),
        (["sign", "DIR", "--from", "canary"], "only promote takes --from"),
    ],
)
def test_wrong_words_are_refused(words: list[str], said: str) -> None:
    """With exit status 2, before anything is looked at."""
    outcome = repo(*words)

    assert outcome.errors.startswith(f"hostwright: repo {words[0]}: {said}")
    assert outcome.status == 2
