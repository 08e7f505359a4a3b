"""The pipelines of examples/ on a commit: what passes, what does not, and what people see."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fleets import HOSTS, Fleet, Ran, make_changed_fleet, make_fleet
from tests.pipelines import on_github, on_gitlab

OUTDATED = 'run "make trees" and commit what it changes'


def _by_make(fleet: Fleet) -> Ran:
    return fleet.run("make check packages")


def _by_gitlab(fleet: Fleet) -> Ran:
    runs = [on_gitlab(fleet, job) for job in ("check", "packages")]
    return Ran("".join(one.text for one in runs), max(one.status for one in runs))


def _by_github(fleet: Fleet) -> Ran:
    return on_github(fleet, "check", {"event_name": "pull_request"})


WAYS = {"make": _by_make, "gitlab": _by_gitlab, "github": _by_github}
every_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """A fleet, and a second commit, which changes a profile and the trees that it is for."""
    return make_changed_fleet(tmp_path_factory.mktemp("made"))


@pytest.fixture
def fleet(made: Fleet, tmp_path: Path) -> Fleet:
    """The same, to be changed."""
    return made.copy(tmp_path / "copy")


@every_way
def test_a_clean_commit_passes(fleet: Fleet, way: Callable[[Fleet], Ran]) -> None:
    """And there is a package for each host, which is dated as the commit is."""
    ran = way(fleet)

    assert ran.status == 0, ran.text
    packages = sorted((fleet.folder / "build/packages").iterdir())
    names = [one.name.split("+")[0] for one in packages]
    assert names == [f"hostwright-host-{host}_20260921141420" for host in HOSTS]
    assert fleet.done("git status --porcelain") == ""


@every_way
def test_a_manifest_without_its_tree_fails(fleet: Fleet, way: Callable[[Fleet], Ran]) -> None:
    """With the lines that would change, and what to do."""
    fleet.change("hosts/till1.yaml", "20:30", "21:30")
    fleet.commit()

    ran = way(fleet)

    assert ran.status != 0
    assert OUTDATED in ran.text
    assert "-OnCalendar=*-*-* 20:30\n+OnCalendar=*-*-* 21:30\n" in ran.text


def test_a_tree_that_was_changed_by_hand_fails(fleet: Fleet) -> None:
    """Trees are what manifests compile to, and nothing else."""
    fleet.change("trees/web1/usr/lib/systemd/system/backup.timer", "03:00", "04:00")
    fleet.commit()

    ran = fleet.run("make check")

    assert ran.status != 0
    assert OUTDATED in ran.text


def test_a_stray_file_among_the_trees_fails(fleet: Fleet) -> None:
    """Nobody reviews what is where nobody looks for it."""
    (fleet.folder / "trees/web1/usr/sbin/mine").write_text("#!/bin/sh\n")
    fleet.commit()

    assert fleet.run("make check").status != 0


def test_github_shows_a_mistake_at_its_line(fleet: Fleet) -> None:
    """By an annotation, which has file, line and rule."""
    fleet.change("hosts/till1.yaml", "repository:", "repositry:")

    ran = _by_github(fleet)

    assert ran.status != 0
    assert "::error file=hosts/till1.yaml,line=5,col=3," in ran.text
    assert 'title=HW012::unknown option "repositry" in backup' in ran.text


def test_gitlab_shows_a_mistake_as_code_quality(fleet: Fleet) -> None:
    """By a report, of which each entry has what GitLab demands; the log has it for people."""
    fleet.change("hosts/till1.yaml", "repository:", "repositry:")

    ran = on_gitlab(fleet, "check")

    report = json.loads((fleet.folder / "build/codequality.json").read_text())
    assert ran.status != 0
    assert "hosts/till1.yaml:5:3: error[HW012]" in ran.text
    (found,) = [one for one in report if one["check_name"] == "HW012"]
    assert found["location"] == {"path": "hosts/till1.yaml", "lines": {"begin": 5}}
    assert found["severity"] == "major"
    assert len({one["fingerprint"] for one in report}) == len(report)


def test_gitlab_gets_an_empty_report_of_what_is_good(fleet: Fleet) -> None:
    """So that it knows what a merge request mends."""
    assert on_gitlab(fleet, "check").status == 0
    assert json.loads((fleet.folder / "build/codequality.json").read_text()) == []


def test_a_warning_fails(fleet: Fleet) -> None:
    """Nobody reads the warnings of a pipeline that passes."""
    fleet.change("profiles/web.yaml", "[/var/www,", "[/var/www, /var/www,")

    ran = fleet.run("make check")

    assert ran.status != 0
    assert "--strict" in ran.text


def test_what_a_pull_request_brings_gives_github_no_command(fleet: Fleet) -> None:
    """Lines of a diff are told in a part of the log in which GitHub takes none."""
    fleet.change("hosts/till1.yaml", "20:30", "21:30")

    lines = _by_github(fleet).text.splitlines()

    (start,) = [place for place, line in enumerate(lines) if line.startswith("::stop-commands::")]
    end = lines.index(f"::{lines[start].removeprefix('::stop-commands::')}::")
    assert start < lines.index("+OnCalendar=*-*-* 21:30") < end


def test_lintian_reads_what_has_changed(fleet: Fleet) -> None:
    """A second for each package is too much for those of a whole fleet."""
    fleet.change("hosts/till1.yaml", "20:30", "21:30")
    fleet.done("make trees")
    fleet.commit()

    fleet.done("make packages", BASE="HEAD^1")

    (called,) = [one for one in fleet.called if one.startswith("lintian")]
    assert called.startswith(
        "lintian --fail-on error,warning -- build/packages/hostwright-host-till1_"
    )
    assert called.count(".deb") == 1


@pytest.mark.parametrize("umask", ["000", "077"])
def test_the_umask_of_the_runner_does_not_matter(fleet: Fleet, umask: str) -> None:
    """GitLab's in a container is 000: everybody may write to each file of its clone."""
    digests = "cd build/packages; sha256sum *"
    expected = fleet.done(f"pipeline/packages.sh > /dev/null; {digests}")
    fleet.done(f"umask {umask}; git clone --quiet . ../clone")

    clone = Fleet(fleet.folder.parent / "clone")
    clone.done(f"umask {umask}; make check packages")

    assert clone.done(digests) == expected


def test_a_fleet_may_have_a_single_host(tmp_path: Path) -> None:
    """Its tree lies where it lies when there are more."""
    fleet = make_fleet(tmp_path / "single", ("till1",))

    assert (fleet.folder / "trees/till1/.hostwright").exists()
    assert _by_make(fleet).status == 0


def test_without_manifests_nothing_passes(fleet: Fleet) -> None:
    """An empty fleet is a mistake, and not a reason to take the trees of all hosts away."""
    fleet.done("rm hosts/*")

    assert "there is no manifest" in fleet.run("make trees").text
    assert (fleet.folder / "trees/web1").exists()


@pytest.mark.parametrize("file", ["hosts/new.yaml", "trees/web1/new", "profiles/base.yaml"])
def test_what_is_in_no_commit_gets_no_package(fleet: Fleet, file: str) -> None:
    """It would have the date of a commit, and so would what comes after it."""
    with (fleet.folder / file).open("a") as opened:
        opened.write("\n")

    ran = fleet.run("pipeline/packages.sh")

    assert ran.status == 1
    assert ran.text.startswith("packages.sh: commit first, because the commit's time is the ")
    assert ran.text.endswith(f"{file}\n")


@pytest.mark.parametrize("script", ["diff.sh", "packages.sh"])
def test_a_base_is_no_option(fleet: Fleet, script: str) -> None:
    """What somebody calls a branch could be one of git's."""
    ran = fleet.run(f"pipeline/{script}", BASE="--upload-pack=id")

    assert (ran.status, ran.text) == (1, f'{script}: "--upload-pack=id" is no commit\n')
