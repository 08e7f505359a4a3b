"""The pipelines of examples/ on the main branch: publish, promote, roll back, and keep the key."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attrs import evolve

from tests.fleets import HOSTS, Fleet, Ran, make_changed_fleet
from tests.pipelines import WAYS, by_gitlab, gitlab_jobs
from tests.repositories import keys, make_key
from tests.support import need

KEY = "fleet@example.org"
PASSPHRASE = "correct horse"  # noqa: S105 - of a key that signs nothing else
FIRST, SECOND = "20260921141320", "20260921141420"
SHELL = 'shift $(($# > 4)); while [ "$1" != rsync ]; do shift; done; exec "$@"'
"""Instead of ssh: what it would run there is run here."""


@pytest.fixture(scope="module")
def secret() -> Iterator[str]:
    """The fleet's secret key, armoured, as it stands among the CI's secrets."""
    need("apt-ftparchive", "dpkg-deb", "gpg", "gpgv", "rsync")
    with keys():
        make_key(f"Fleet <{KEY}>", passphrase=PASSPHRASE)
        yield _exported("--export-secret-keys")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, secret: str) -> Fleet:
    """A fleet of two commits: the first is published and promoted, the second is checked out."""
    fleet = make_changed_fleet(tmp_path_factory.mktemp("made"))
    fleet.done("git checkout --quiet HEAD^1; pipeline/packages.sh")
    published = "pipeline/publish.sh add; pipeline/publish.sh promote"
    fleet.done(published, **_variables(fleet.folder.parent, secret), HOSTS="till1 web1")
    fleet.done("git checkout --quiet main; pipeline/packages.sh")
    return fleet


@pytest.fixture
def fleet(made: Fleet, tmp_path: Path, secret: str) -> Fleet:
    """The same with the secrets, to be changed."""
    copy = made.copy(tmp_path / "copy")
    (copy.home / "called").unlink()
    return evolve(copy, variables=_variables(tmp_path / "copy", secret))


def _variables(folder: Path, secret: str) -> dict[str, str]:
    secrets = {"SIGNING_KEY": secret, "SIGNING_PASSPHRASE": PASSPHRASE}
    return {"REPOSITORY": str(folder / "apt"), **secrets}


def _exported(what: str) -> str:
    words = ("gpg", "--batch", "--pinentry-mode", "loopback", "--passphrase", PASSPHRASE)
    done = subprocess.run([*words, "--armor", what], check=True, capture_output=True, text=True)
    return done.stdout


def _shown(fleet: Fleet) -> list[tuple[str, str, str]]:
    """Suite, host and the date in the version."""
    said = fleet.done('hostwright repo show "$REPOSITORY"')
    rows = [line.split() for line in said.splitlines()]
    return [(suite, host, version.partition("+")[0]) for suite, host, version, _ in rows]


def _version(fleet: Fleet, host: str) -> str:
    said = fleet.done('hostwright repo show "$REPOSITORY" --suite stable')
    (version,) = [line.split()[2] for line in said.splitlines() if line.split()[1] == host]
    return version


def _left_behind(fleet: Fleet) -> list[str]:
    """What is still there of the folders that scripts have made for themselves."""
    made = [words.split()[1] for words in fleet.called if words.startswith("mktemp ")]
    assert made
    return [path for path in made if Path(path).exists()]


def _signed(fleet: Fleet, suite: str) -> bool:
    """Whether a suite is signed by the fleet's key, as apt asks it."""
    ring = fleet.home / "ring.gpg"
    ring.unlink(missing_ok=True)
    subprocess.run(["gpg", "--quiet", "--output", ring, "--export", KEY], check=True)
    release = Path(fleet.variables["REPOSITORY"]) / "dists" / suite / "InRelease"
    words = ["gpgv", "--quiet", "--keyring", str(ring), str(release)]
    return subprocess.run(words, check=False, capture_output=True).returncode == 0


def test_some_hosts_can_be_promoted_before_the_others(fleet: Fleet) -> None:
    """What a suite has not got yet, nobody has."""
    assert _shown(fleet) == [
        *(("canary", host, FIRST) for host in HOSTS),
        *(("stable", host, FIRST) for host in ("till1", "web1")),
    ]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_from_canary_to_stable_and_back(fleet: Fleet, way: Callable[..., Ran]) -> None:
    """Published, promoted, and rolled back by version; all of it signed, and no key left behind."""
    earlier = _version(fleet, "web1")

    steps = [way(fleet, "publish"), way(fleet, "promote")]
    assert [one.status for one in steps] == [0, 0], steps
    now = [("till1", FIRST), ("web1", SECOND), ("web2", SECOND)]  # till1's tree is the same
    assert _shown(fleet) == [(suite, *one) for suite in ("canary", "stable") for one in now]

    back = way(fleet, "rollback", SUITE="stable", VERSIONS=f"web1={earlier}")
    assert back.status == 0, back.text
    assert _shown(fleet)[4] == ("stable", "web1", FIRST)
    assert [_signed(fleet, suite) for suite in ("canary", "stable")] == [True, True]
    assert _left_behind(fleet) == []


def test_no_secret_is_printed(fleet: Fleet, secret: str) -> None:
    """Neither when all is well nor when the passphrase is wrong."""
    wrong = fleet.run("pipeline/publish.sh add", SIGNING_PASSPHRASE=f"not {PASSPHRASE}")
    said = [wrong, fleet.run("pipeline/publish.sh add")]

    assert [one.status for one in said] == [1, 0], said
    body = secret.splitlines()[3]
    assert not any(word in one.text for one in said for word in (PASSPHRASE, body))


def test_a_failure_leaves_nothing_of_the_key_behind(fleet: Fleet) -> None:
    """No file and no agent."""
    ran = fleet.run("pipeline/publish.sh rollback", SUITE="canary", VERSIONS="web1=1")

    assert ran.status == 1
    assert "the suite lists no version 1" in ran.text
    (made,) = [words.split()[1] for words in fleet.called if words.startswith("mktemp ")]
    assert _left_behind(fleet) == []
    assert made not in fleet.done("ps -eo args")


def test_without_a_key_nothing_happens(fleet: Fleet) -> None:
    """Of a pipeline in which the secret is protected, and the branch is not."""
    before = _shown(fleet)

    ran = fleet.run("pipeline/publish.sh add", SIGNING_KEY="")

    assert (ran.text, ran.status) == ("publish.sh: who signs? SIGNING_KEY is empty\n", 1)
    assert _shown(fleet) == before


@pytest.mark.parametrize(
    ("task", "variables"),
    [
        ("promote", {"HOSTS": "web1 --all"}),
        ("promote", {"HOSTS": "web1;id"}),
        ("rollback", {"SUITE": "canary", "VERSIONS": "--passphrase-file=/etc/passwd"}),
        ("rollback", {"SUITE": "canary", "VERSIONS": "web1"}),
    ],
)
def test_what_people_type_is_hosts_and_versions(
    fleet: Fleet, task: str, variables: dict[str, str]
) -> None:
    """And never an option of the command that it becomes a part of."""
    ran = fleet.run(f"pipeline/publish.sh {task}", **variables)

    assert ran.status == 1
    assert "does not fit" in ran.text


def test_what_somebody_else_has_changed_is_not_signed(fleet: Fleet) -> None:
    """A server's index may have been changed on the server, with digests that fit."""
    release = Path(fleet.variables["REPOSITORY"]) / "dists/canary/Release"
    release.write_text(release.read_text().replace("Label: Hostwright", "Label: hostwright"))

    ran = fleet.run("pipeline/publish.sh promote")

    assert ran.status == 1
    assert "dists/canary/Release is not signed by this key" in ran.text


def test_a_repository_on_a_server_is_copied_there_and_back(fleet: Fleet, tmp_path: Path) -> None:
    """By rsync; at the end both are the same, and what was published before is kept."""
    shell = tmp_path / "shell"
    shell.write_text(f"#!/bin/sh\n{SHELL}\n")
    shell.chmod(0o700)
    server = fleet.variables["REPOSITORY"]

    remote = {"REPOSITORY": f"apt@server:{server}", "RSYNC_RSH": str(shell)}
    fleet.done("pipeline/publish.sh add", **remote)

    assert fleet.done(f"rsync -rlptOni --delete build/repository/ {server}/") == ""
    assert [version for _, _, version in _shown(fleet)] == [FIRST, SECOND, SECOND, FIRST, FIRST]
    assert len(list(Path(server, "pool").rglob("*.deb"))) == len(HOSTS) + 2


@pytest.mark.parametrize("place", ["dists/canary/main/binary-all/by-hash/SHA256/x", "pool/x"])
def test_a_link_on_the_server_is_refused(fleet: Fleet, tmp_path: Path, place: str) -> None:
    """By it the server would reach to what else there is on the runner."""
    shell = tmp_path / "shell"
    shell.write_text(f"#!/bin/sh\n{SHELL}\n")
    shell.chmod(0o700)
    server = fleet.variables["REPOSITORY"]
    (Path(server) / place).symlink_to("/etc")

    remote = {"REPOSITORY": f"apt@server:{server}", "RSYNC_RSH": str(shell)}
    ran = fleet.run("pipeline/publish.sh promote", **remote)

    assert ran.status == 1
    assert "has links, or what else is no file" in ran.text
    assert not [path for path in (fleet.folder / "build").rglob("x") if path.is_symlink()]


def test_no_variable_leads_past_the_approval_of_stable(fleet: Fleet) -> None:
    """Of whoever may start a pipeline: the job for canary changes nothing else."""
    before = _shown(fleet)

    assert by_gitlab(fleet, "publish", SUITE="stable").status == 0
    assert _shown(fleet)[3:] == before[3:]
    for job, environment in (("rollback", "stable"), ("rollback-canary", "canary")):
        assert gitlab_jobs()[job]["environment"] == environment
        assert f"SUITE={environment} " in gitlab_jobs()[job]["script"][0]


def test_a_key_that_is_none_is_named(fleet: Fleet) -> None:
    """By the variable that it should be in."""
    ran = fleet.run("make promote", SIGNING_KEY="garbage")

    assert "SIGNING_KEY is no key, nor a file with one" in ran.text
    assert ran.status == 2  # make's


def test_ssh_knows_the_server_and_nobody_else_s_key(fleet: Fleet) -> None:
    """What it is told lies with the secrets: the key, and by what the server is known."""
    stub = fleet.folder.parent / "bin/rsync"
    config = "${RSYNC_RSH#ssh -F }"
    stub.write_text(f'#!/bin/sh\ncat {config}; cat "$(dirname {config})"/SSH_K*; exit 12\n')
    stub.chmod(0o700)
    said = {"SSH_KEY": "the key", "SSH_KNOWN_HOSTS": "server ssh-ed25519 AAAA"}

    ran = fleet.run("pipeline/publish.sh promote", REPOSITORY="apt@server:apt", **said)

    assert ran.status == 12
    assert "StrictHostKeyChecking yes\nBatchMode yes\n" in ran.text
    assert ran.text.endswith("the key\nserver ssh-ed25519 AAAA\n")
    assert _left_behind(fleet) == []
