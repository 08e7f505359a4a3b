"""The pipelines of examples/ on a runner that has nothing yet: how Hostwright gets there."""

from hashlib import sha256
from pathlib import Path

import pytest

from tests.fleets import Fleet, make_fleet

ADDRESS = "https://packages.example.org/hostwright_0.3.0_all.deb"
PACKAGE = b"of the tests"
DIGEST = sha256(PACKAGE).hexdigest()
UPDATE = "apt-get update --quiet=2"
INSTALL = "apt-get install --quiet=2 --no-install-recommends --allow-downgrades -- "
SERVED = {
    "curl": f'echo "curl $*" >> "$HOME/called"; printf "{PACKAGE.decode()}" > build/hostwright.deb',
    "python3": 'echo "python3 $*" >> "$HOME/called"; mkdir -p build/venv/bin; '
    'printf \'#!/bin/sh\\necho "pip $*" >> "$HOME/called"\\n\' > build/venv/bin/python; '
    "chmod +x build/venv/bin/python",
    "dpkg-query": "case $3 in there) echo installed ;; *) exit 1 ;; esac",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """A fleet of one host, on a runner of which nothing is really installed."""
    return make_fleet(tmp_path_factory.mktemp("made"), ("till1",), SERVED)


@pytest.fixture
def fleet(made: Fleet, tmp_path: Path) -> Fleet:
    """The same, to be changed."""
    return made.copy(tmp_path / "copy")


def test_what_is_there_stays_as_it_is(fleet: Fleet) -> None:
    """Without a place where Hostwright is from, the runner has it."""
    said = fleet.done("pipeline/install.sh there", HOSTWRIGHT="")

    assert said.startswith("hostwright 0")
    assert fleet.called == []


def test_missing_packages_are_installed(fleet: Fleet) -> None:
    """Those only: without them apt is not asked at all."""
    fleet.done("pipeline/install.sh there jq git", HOSTWRIGHT="")

    assert fleet.called == [UPDATE, f"{INSTALL}jq git"]


def test_a_package_comes_from_an_address(fleet: Fleet) -> None:
    """By https, and it is what it is to be."""
    fleet.done("pipeline/install.sh", HOSTWRIGHT=ADDRESS, HOSTWRIGHT_SHA256=DIGEST)

    options = "--fail --silent --show-error --location --proto =https"
    assert fleet.called == [
        UPDATE,
        f"{INSTALL}ca-certificates curl",
        f"curl {options} --output build/hostwright.deb -- {ADDRESS}",
        f"{INSTALL}{fleet.folder}/build/hostwright.deb",
    ]


@pytest.mark.parametrize("digest", ["", DIGEST.replace(DIGEST[0], "x"), "0" * 64])
def test_another_package_is_not_installed(fleet: Fleet, digest: str) -> None:
    """Nor one of which nobody has said what it is to be."""
    ran = fleet.run("pipeline/install.sh", HOSTWRIGHT=ADDRESS, HOSTWRIGHT_SHA256=digest)

    assert ran.status == 1
    assert "HOSTWRIGHT_SHA256" in ran.text
    assert not any("hostwright.deb" in one for one in fleet.called if one.startswith("apt-get"))


def test_a_package_may_lie_in_the_repository(fleet: Fleet) -> None:
    """What is reviewed there needs no digest besides."""
    (fleet.folder / "hostwright.deb").write_bytes(PACKAGE)

    fleet.done("pipeline/install.sh", HOSTWRIGHT="hostwright.deb")

    assert fleet.called == [UPDATE, f"{INSTALL}{fleet.folder}/hostwright.deb"]


def test_pip_takes_everything_else(fleet: Fleet) -> None:
    """Into a folder of its own, which the other scripts know."""
    source = "hostwright @ git+https://git.example.org/hostwright@v0.3.0"

    fleet.done("pipeline/install.sh", HOSTWRIGHT=source)

    assert fleet.called[-2:] == [
        "python3 -m venv build/venv",
        f"pip -m pip install --quiet --disable-pip-version-check -- {source}",
    ]
    fleet.done("mkdir -p build/venv/bin; cp /bin/true build/venv/bin/hostwright")
    assert fleet.done(". pipeline/prelude.sh; type -P hostwright") == (
        f"{fleet.folder}/build/venv/bin/hostwright\n"
    )


def test_a_runner_without_hostwright_says_so(fleet: Fleet) -> None:
    """Before any manifest is looked at."""
    (fleet.folder.parent / "bin/hostwright").unlink()

    ran = fleet.run("pipeline/install.sh", HOSTWRIGHT="")

    assert ran.status == 1
    assert "there is no hostwright: say in HOSTWRIGHT where it is from" in ran.text
