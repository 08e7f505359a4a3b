"""The pipelines of examples/, run as the CI would run them: its YAML is read, its lines are run."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from attrs import evolve

from tests.fleets import EXAMPLES, Fleet, Ran

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
_CONTEXT = re.compile(r"\b(inputs|secrets|vars|env|github)\.([\w-]+)")
Values = Mapping[str, str]


@cache
def pipeline(file: str) -> dict[str, Any]:
    """A YAML file of examples/."""
    text = (EXAMPLES / file).read_text()
    loaded: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - strings only
    return loaded


def gitlab_jobs() -> dict[str, dict[str, Any]]:
    """The jobs of GitLab's pipeline, with what each extends."""
    file = pipeline("gitlab-ci/.gitlab-ci.yml")
    known = {"stages", "workflow", "variables", "default"}
    jobs = {name: job for name, job in file.items() if name not in known}
    whole = {name: {**jobs.get(job.get("extends"), {}), **job} for name, job in jobs.items()}
    return {name: job for name, job in whole.items() if not name.startswith(".")}


def on_gitlab(fleet: Fleet, job: str, **variables: str) -> Ran:
    """Run a job of GitLab's; its variables are what a project or a person may set."""
    found = gitlab_jobs()[job]
    lines = "\n".join([*found["before_script"], *found["script"]])
    return fleet.run(lines, GITLAB_CI="true", HOSTWRIGHT="", **variables)


def on_github(fleet: Fleet, job: str, github: Values = {}, **contexts: Values) -> Ran:  # noqa: B006
    """Run a job of GitHub's workflow, with the action that it uses.

    Args:
        fleet: the repository of manifests.
        job: its name.
        github: values of that context, such as event_name.
        contexts: secrets, vars, env and inputs, by name.
    """
    workflow = pipeline("github/workflow.yml")
    known = {"env": {}, "secrets": {}, "vars": {}, "inputs": {}, **contexts, "github": github}
    printed, status = "", 0
    for step in workflow["jobs"][job]["steps"]:
        if step["uses"].startswith("./"):
            given = {name: _filled(value, known) for name, value in step["with"].items()}
            ran = on_action(fleet, given)
            printed, status = printed + ran.text, status or ran.status
    return Ran(printed, status)


def on_action(fleet: Fleet, given: Values) -> Ran:
    """Run the composite action; each step's condition says whether it runs."""
    action = pipeline("github/action.yml")
    inputs = {name: one.get("default", "") for name, one in action["inputs"].items()}
    assert given.keys() <= inputs.keys()
    known: dict[str, Values] = {"env": {}, "inputs": {**inputs, **given}}
    summary = fleet.home / "summary.md"
    printed, status = "", 0
    for step in action["runs"]["steps"]:
        condition = step.get("if", "true")
        if (status and "cancelled()" not in condition) or not _value(_bare(condition), known):
            continue
        own = {name: _filled(value, known) for name, value in step.get("env", {}).items()}
        ran = fleet.run(
            step["run"], **{**own, "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
        )
        printed, status = printed + ran.text, status or ran.status
    return Ran(printed, status)


def _on_github(fleet: Fleet, job: str, **inputs: str) -> Ran:
    secrets = {name: fleet.variables[name] for name in ("SIGNING_KEY", "SIGNING_PASSPHRASE")}
    env = {"REPOSITORY": fleet.variables["REPOSITORY"]}
    return on_github(evolve(fleet, variables={}), job, secrets=secrets, env=env, inputs=inputs)


def by_make(fleet: Fleet, task: str, **variables: str) -> Ran:
    """Run a task on the command line."""
    return fleet.run(f"make {task}", **variables)


def by_gitlab(fleet: Fleet, task: str, **variables: str) -> Ran:
    """With secrets in files, of which a variable of GitLab's then has the path."""
    for name in ("SIGNING_KEY", "SIGNING_PASSPHRASE"):
        file = fleet.home / name
        file.write_text(fleet.variables[name])
        variables[name] = str(file)
    return on_gitlab(fleet, task, **variables)


def by_github(fleet: Fleet, task: str, **variables: str) -> Ran:
    """With what a person chooses as inputs of the workflow."""
    inputs = {name.lower(): value for name, value in variables.items()}
    if task == "publish":
        return _on_github(fleet, "publish", **inputs)
    return _on_github(fleet, "change", **{"task": task, "suite": "stable", **inputs})


WAYS = {"make": by_make, "gitlab": by_gitlab, "github": by_github}


def scripts() -> Iterator[tuple[str, str]]:
    """Every line of shell in the YAML files, and where it is."""
    for name, job in gitlab_jobs().items():
        for line in (*job["before_script"], *job["script"]):
            yield f"gitlab {name}", line
    for step in pipeline("github/action.yml")["runs"]["steps"]:
        yield f"github {step['name']}", step["run"]
    for name, job in pipeline("github/workflow.yml")["jobs"].items():
        yield from ((f"github {name}", step["run"]) for step in job["steps"] if "run" in step)


def pipeline_scripts() -> list[Path]:
    """The scripts that all pipelines share."""
    return sorted((EXAMPLES / "pipeline").glob("*.sh"))


def _bare(condition: str) -> str:
    found = _EXPRESSION.fullmatch(condition)
    return found[1] if found else condition


def _filled(text: str, known: Mapping[str, Values]) -> str:
    return _EXPRESSION.sub(lambda found: str(_value(found[1], known)), text)


def _value(expression: str, known: Mapping[str, Values]) -> object:
    """The value of an expression of GitHub's, of the few forms that there are in examples/."""
    python = re.sub(r"!(?!=)", " not ", expression.replace("&&", " and ").replace("||", " or "))
    python = python.replace("cancelled()", "False").replace("true", "True")
    python = _CONTEXT.sub(lambda found: repr(known[found[1]].get(found[2], "")), python)
    return eval(python.strip(), {"__builtins__": {}})  # noqa: S307 - of our own files
