"""The pipelines of examples/ in a pull request: what changes on which hosts."""

from pathlib import Path

import pytest

from tests.fleets import Fleet, make_changed_fleet
from tests.merge_requests import TOKEN, merge_request
from tests.pipelines import on_github, on_gitlab
from tests.support import need

HEADLINE = "### Hostwright: what changes since "
SCHEDULE = f"""\
#### `usr/lib/systemd/system/backup.timer`

`web1`, `web2`

~~~diff
@@ -6,7 +6,7 @@
 Description=Start backup.service
{" "}
 [Timer]
-OnCalendar=*-*-* 02:00
+OnCalendar=*-*-* 03:00
 RandomizedDelaySec=2h
 FixedRandomDelay=yes
 Persistent=yes
~~~
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """A fleet, and a second commit, which changes a profile and the trees that it is for."""
    return make_changed_fleet(tmp_path_factory.mktemp("made"))


@pytest.fixture
def fleet(made: Fleet, tmp_path: Path) -> Fleet:
    """The same, to be changed."""
    return made.copy(tmp_path / "copy")


def test_a_change_of_many_hosts_stands_there_once(fleet: Fleet) -> None:
    """With the names of the hosts; what only Hostwright keeps account of is left out."""
    said = fleet.done("make diff", BASE="HEAD^1")

    assert "Changed: `web1`, `web2`.\n" in said
    assert SCHEDULE in said
    assert ".hostwright" not in said


def test_github_has_it_in_the_summary_of_the_job(fleet: Fleet) -> None:
    """Though nobody may write a comment: the workflow's token can only read."""
    assert on_github(fleet, "check", {"event_name": "pull_request"}).status == 0
    assert SCHEDULE in (fleet.home / "summary.md").read_text()


def test_github_has_it_of_outdated_trees_too(fleet: Fleet) -> None:
    """Who reviews wants to see what a manifest does, whoever forgot what."""
    fleet.done("git checkout --quiet HEAD^1 -- trees")
    fleet.commit()
    fleet.done("git reset --quiet --soft HEAD~2; git commit --quiet --message=x")

    assert on_github(fleet, "check", {"event_name": "pull_request"}).status != 0
    assert SCHEDULE in (fleet.home / "summary.md").read_text()


def test_a_push_has_none(fleet: Fleet) -> None:
    """It is not clear since when; and it was to be seen in the pull request."""
    assert on_github(fleet, "check", {"event_name": "push"}).status == 0
    assert not (fleet.home / "summary.md").exists()


def test_hosts_that_come_and_go_are_named(fleet: Fleet) -> None:
    """Whole trees would hide what else changes."""
    fleet.done("git mv hosts/web2.yaml hosts/web3.yaml")
    fleet.change("hosts/web3.yaml", "host: web2", "host: web3")
    assert "web2: removed\n" in fleet.done("make trees")

    said = fleet.done("make diff", BASE="HEAD")

    assert said.split("\n", 1)[1].startswith(HEADLINE)
    assert "New: `web3`.\n\nGone: `web2`.\n" in said
    assert "#### " not in said


def test_nothing_is_said_to_change_when_nothing_does(fleet: Fleet) -> None:
    """Of a commit that changes a comment, say."""
    assert "No unit of any host.\n" in fleet.done("make diff", BASE="HEAD")


def test_the_fence_is_longer_than_any_in_the_diff(fleet: Fleet) -> None:
    """So that no line of a manifest ends the block, and goes on as Markdown."""
    fleet.change(
        "hosts/till1.yaml",
        "modules:",
        "units:\n  backup.timer:\n    Unit: {Description: ~~~~ x}\nmodules:",
    )

    said = fleet.done("make trees diff", BASE="HEAD")

    assert "\n~~~~~diff\n" in said
    assert "+Description=~~~~ x\n" in said


def test_a_base_that_is_not_there_is_fetched(fleet: Fleet, tmp_path: Path) -> None:
    """A CI clones the newest commit only."""
    base = fleet.done("git rev-parse HEAD^1").strip()
    fleet.done("git config uploadpack.allowAnySHA1InWant true")
    fleet.done(f"git clone --quiet --depth=1 file://{fleet.folder} {tmp_path}/copy/shallow")
    shallow = Fleet(tmp_path / "copy/shallow")

    ran = on_gitlab(shallow, "diff", CI_MERGE_REQUEST_DIFF_BASE_SHA=base)

    assert ran.status == 0, ran.text
    assert SCHEDULE in (shallow.folder / "build/trees.md").read_text()


def test_gitlab_has_it_in_one_note(fleet: Fleet) -> None:
    """The second time it takes the place of the first, and other people's notes stay."""
    need("curl")
    with merge_request() as server:
        server.notes[1] = "Looks good to me"
        variables = {
            "CI_API_V4_URL": server.address,
            "CI_PROJECT_ID": "7",
            "CI_MERGE_REQUEST_IID": "3",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": "HEAD^1",
            "GITLAB_NOTE_TOKEN": TOKEN,
        }
        said = [on_gitlab(fleet, "diff", **variables) for _ in range(2)]

    assert [one.status for one in said] == [0, 0], said
    assert sorted(server.notes) == [1, 2]
    assert server.notes[2].startswith("<!-- hostwright -->\n\n" + HEADLINE)
    assert SCHEDULE in server.notes[2]
    notes = "/api/v4/projects/7/merge_requests/3/notes"
    listed = f"GET {notes}?per_page=100"
    assert server.asked == [listed, f"POST {notes}", listed, f"PUT {notes}/2"]
    assert TOKEN not in said[0].text + said[1].text


def test_without_a_token_gitlab_has_no_note(fleet: Fleet) -> None:
    """The diff is among the files of the job, and that is no failure."""
    variables = {"CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_DIFF_BASE_SHA": "HEAD^1"}

    assert on_gitlab(fleet, "diff", **variables).status == 0
