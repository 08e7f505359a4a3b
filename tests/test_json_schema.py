"""The JSON Schema: takes what the compiler takes, and refuses most of what it refuses."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings

from compiler.cli import run
from compiler.load import load
from schema.diagnostics import RejectedError, has_errors
from tests.json_schemas import complaints
from tests.merging import case, names
from tests.rejected import REJECTED, cases, manifest_of
from tests.strategies import Plain, manifests, yaml_text
from tests.support import GOLDEN, compile_text, give_up

OF_A_SCHEMA = {"HW011", "HW012", "HW013", "HW014", "HW015", "HW016", "HW017"}
"""What a schema can see: missing, unknown or empty options, wrong kinds of values, wrong texts."""

EXAMPLES = 100

BEYOND = {
    "value-chunker-params": "it compares numbers within a text",
    "value-drill": "whether a calendar expression can fire takes a calendar",
    "value-exclude-endless": "whether an expression ends takes a reader of expressions",
    "value-jitter": "it compares spans of time",
    "value-known-hosts-cut-off": "it decodes a key",
    "value-not-writable": "NUL is a text to JSON",
    "value-path-too-long": "it counts bytes",
    "value-pattern-brackets": "it takes a reader of patterns",
    "value-repository-port": "it compares numbers within a text",
    "value-schedule": "as value-drill",
    "value-schedule-cron": "as value-drill",
    "value-schedule-never": "as value-drill",
    "value-schedule-year": "as value-drill",
    "value-schedule-zone": "as value-drill",
    "value-stale": "as value-drill",
}
"""Rejected manifests that a schema takes although their code is one of its own, and why."""


def complaints_of(name: str) -> list[str]:
    """What the schema has against a rejected manifest; it knows the modules that lie beside it."""
    own = REJECTED / name / "own"
    return complaints(manifest_of(name), *([str(own)] if own.exists() else []))


def golden_manifests() -> list[str]:
    """The manifests of the golden hosts and of the fleet, profiles among them, below golden/."""
    paths = [*GOLDEN.glob("*/host.yaml"), *GOLDEN.glob("fleet/**/*.yaml")]
    return sorted(str(path.relative_to(GOLDEN)) for path in paths)


def is_host(text: bytes) -> bool:
    """Whether a manifest is one of a host rather than a profile."""
    return load("host.yaml", text).root.get("host") is not None


def refusable() -> list[str]:
    """The rejected manifests that are YAML, with an error that a schema can see."""
    found = []
    for name in cases():
        report = (REJECTED / name / "report").read_text()
        errors = re.findall(r"^host\.yaml\S* error\[(HW\d+)\]", report, re.MULTILINE)
        if OF_A_SCHEMA & set(errors) and is_yaml(manifest_of(name)):
            found.append(name)
    return found


def only_warned() -> list[str]:
    """The manifests of golden/rejected that compile, with a warning."""
    reports = ((name, (REJECTED / name / "report").read_text()) for name in cases())
    return [name for name, report in reports if " error[" not in report and "warning[" in report]


def is_yaml(text: bytes) -> bool:
    """Whether the loader takes it."""
    try:
        load("host.yaml", text)
    except RejectedError:
        return False
    return True


@pytest.fixture(scope="module")
def schema_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The schema, as `hostwright schema > host.schema.json` leaves it."""
    file = tmp_path_factory.mktemp("schema") / "host.schema.json"
    file.write_text(run(["schema"]).text)
    return file


def check_jsonschema(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the validator that continuous integration runs."""
    if find_spec("check_jsonschema") is None:
        give_up("not installed: check-jsonschema")
    command = [sys.executable, "-m", "check_jsonschema", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_schema_is_one(schema_file: Path) -> None:
    """It keeps the metaschema of the draft 2020-12."""
    result = check_jsonschema("--check-metaschema", str(schema_file))

    assert result.returncode == 0, result.stdout


def test_schema_takes_the_golden_hosts_by_the_rules_of_javascript(schema_file: Path) -> None:
    """An editor's regular expressions are those of ECMA-262, as this validator's are."""
    hosts = [str(path) for path in GOLDEN.glob("*/host.yaml")]
    result = check_jsonschema("--schemafile", str(schema_file), *hosts)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("path", golden_manifests())
def test_golden_manifest_is_valid(path: str) -> None:
    """A host is one by the schema of hosts, and what it imports by that of profiles."""
    text = (GOLDEN / path).read_bytes()

    assert complaints(text, profile=not is_host(text)) == []


@pytest.mark.parametrize("path", golden_manifests())
def test_every_host_is_valid_as_a_profile(path: str) -> None:
    """The schema of profiles is the same with nothing required."""
    assert complaints((GOLDEN / path).read_bytes(), profile=True) == []


@pytest.mark.parametrize("name", names())
def test_files_that_merge_are_valid(name: str) -> None:
    """What a host and its profiles say together says nothing about each of them alone."""
    files = case(name)["files"] if "merged" in case(name) else {}
    wrong = {
        file: found
        for file, text in files.items()
        if "shelf" not in text  # a section that the cases alone have
        and (found := complaints(text.encode(), profile=True))
    }

    assert wrong == {}


@pytest.mark.parametrize("name", only_warned())
def test_manifest_that_only_warns_is_valid(name: str) -> None:
    """What compiles is valid, however odd it is."""
    assert complaints_of(name) == []


@pytest.mark.parametrize("name", refusable())
def test_rejected_manifest_is_invalid_if_a_schema_can_tell(name: str) -> None:
    """An editor shows what the compiler would, but for what takes more than a pattern."""
    assert (complaints_of(name) == []) == (name in BEYOND)


def test_every_exception_is_a_case() -> None:
    """The list of what a schema cannot tell goes when the cases go."""
    assert set(BEYOND) <= set(refusable())


def test_manifest_that_compiles_is_valid() -> None:
    """Whatever texts stand in it."""

    @seed(14)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(manifests())
    def is_valid(data: Plain) -> None:
        text = yaml_text(data).encode()
        if has_errors(compile_text(text).diagnostics):
            return
        assert complaints(text) == []

    is_valid()
