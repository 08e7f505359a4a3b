"""The pipelines of examples/ as files: their schemas, their shell, and what they must not do."""

import re
import subprocess
import sys

import pytest

from tests.fleets import EXAMPLES
from tests.pipelines import gitlab_jobs, pipeline, pipeline_scripts, scripts
from tests.support import need

SCHEMAS = {
    "github/action.yml": "vendor.github-actions",
    "github/workflow.yml": "vendor.github-workflows",
    "gitlab-ci/.gitlab-ci.yml": "vendor.gitlab-ci",
}


@pytest.mark.parametrize("file", SCHEMAS)
def test_a_pipeline_fits_its_published_schema(file: str) -> None:
    """What GitHub and GitLab publish of their formats takes every key."""
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[file]]
    done = subprocess.run([*words, EXAMPLES / file], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_shellcheck_has_nothing_to_say_of_the_scripts() -> None:
    """Not even of style."""
    need("shellcheck")
    words = ["shellcheck", "--external-sources", "--source-path=SCRIPTDIR"]
    done = subprocess.run(
        [*words, *pipeline_scripts()], capture_output=True, text=True, check=False
    )

    assert done.stdout == ""


def test_shellcheck_has_nothing_to_say_of_lines_in_yaml() -> None:
    """They are short, and right all the same."""
    need("shellcheck")
    text = "#!/bin/bash\n" + "\n".join(line for _, line in scripts())
    # A variable that stands in no assignment comes from the CI.
    words = ["shellcheck", "--exclude=SC2154", "-"]
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)

    assert done.stdout == ""


def test_each_script_stops_at_the_first_failure() -> None:
    """By the first thing that it does, and by what it begins with, in turn."""
    strict, prelude = "set -euo pipefail", '. "$(dirname "$0")/prelude.sh"'
    for script in pipeline_scripts():
        lines = [one for one in script.read_text().splitlines() if one and one[0] != "#"]
        assert lines[0] in {strict, prelude}, script.name


def test_nothing_is_pasted_into_shell() -> None:
    """What GitHub would put in a script's text could be a script: values come as variables."""
    assert [where for where, line in scripts() if "${{" in line] == []


def test_nothing_but_github_s_own_actions_are_used_and_by_their_digests() -> None:
    """A tag can be moved, and whoever moves it would be in the pipeline."""
    jobs = pipeline("github/workflow.yml")["jobs"].values()
    used = {step["uses"] for job in jobs for step in job["steps"]}

    assert used - {"./.github/actions/hostwright"}
    for one in used - {"./.github/actions/hostwright"}:
        assert re.fullmatch(r"actions/(checkout|upload-artifact)@[0-9a-f]{40}", one)


def test_github_s_token_can_only_read() -> None:
    """Nothing is written to the repository, and checkout leaves no token behind."""
    workflow = pipeline("github/workflow.yml")

    assert workflow["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in workflow["jobs"].values())
    for job in workflow["jobs"].values():
        assert job["steps"][0]["with"]["persist-credentials"] == "false"


def test_pull_requests_get_no_secret() -> None:
    """They run with their own scripts, which somebody else has written."""
    workflow = pipeline("github/workflow.yml")

    assert set(workflow["on"]) == {"pull_request", "push", "workflow_dispatch"}
    assert "secrets." not in str(workflow["jobs"]["check"])
    assert workflow["jobs"]["publish"]["if"] == "github.event_name == 'push'"
    assert "github.ref == 'refs/heads/main'" in workflow["jobs"]["change"]["if"]


def test_one_job_at_a_time_changes_the_repository() -> None:
    """Of two that copy it, change it and copy it back, the second would undo the first."""
    jobs = pipeline("github/workflow.yml")["jobs"]
    for name in ("publish", "change"):
        assert jobs[name]["concurrency"] == {
            "group": "apt-repository",
            "cancel-in-progress": "false",
        }
    for name in ("publish", "promote", "rollback", "rollback-canary"):
        assert gitlab_jobs()[name]["resource_group"] == "apt-repository"


def test_only_the_default_branch_publishes_and_people_promote() -> None:
    """By hand, as rolling back is, and without holding up the pipeline."""
    branch = {"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}
    by_hand = {**branch, "when": "manual", "allow_failure": "true"}

    rules = {name: job.get("rules") for name, job in gitlab_jobs().items()}
    assert rules["publish"] == [branch]
    by_people = ("promote", "rollback", "rollback-canary")
    assert [rules[name] for name in by_people] == [[by_hand]] * 3


def test_the_page_has_every_variable() -> None:
    """Of those that the scripts say in their first lines that they take."""
    page = (EXAMPLES / "README.md").read_text()
    for script in pipeline_scripts():
        for name in re.findall(r"^# ([A-Z][A-Z_0-9]+)  ", script.read_text(), re.MULTILINE):
            assert f"`{name}`" in page, f"{script.name}: {name}"
