"""`hostwright explain`: the answers as people read them, and every question that can be asked.

The answers are in golden/explain, a file per host with the commands and what they print. To accept
what changed: pytest --snapshot-update, then read `git diff golden/explain`.
"""

import json
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from compiler import cli
from compiler.verbs import Outcome
from tests.snapshots import GoldenFile
from tests.support import ROOT
from tests.support import tree_of as tree_of_host

QUESTIONS: dict[str, tuple[str, ...]] = {
    "demo": (
        "backup.service:ProtectHome",
        "backup.service:10",
        "backup.service:ExecStart",
        "backup.service:PrivateUsers",
        "backup.timer",
        "50-postgresql.conf:6",
        "/usr/lib/tmpfiles.d/backup.conf:8",
        "sysusers.d/backup.conf:5",
        "hostwright/dump:1",
        "restore.toml:9",
        "timers.target.wants/backup.timer",
        "backup.service:2",
        "backup.service:4",
        "backup.service:5",
        ".hostwright",
        "backup.paths",
        "backup.keep.daily",
        "modules.postgresql.port",
        "modules.ntfy.server",
        "demo/host.yaml:5",
        "gitea",
        "--from backup.paths.1",
        "--from modules.postgresql.port",
        "--from external.users",
        "--from golden/demo/host.yaml:4",
    ),
    "overrides": (
        "backup.service:Nice",
        "backup.service:ExecStartPre",
        "backup.service:42",
        "units.backup.service.Service.IOSchedulingPriority",
        "--from units.backup.service.Service.Nice",
    ),
    "fleet/hosts/staging1.yaml": (
        "backup.keep.daily",
        "backup.keep",
        "backup.paths",
        "modules.healthchecks",
        "backup.service:49",
        "--from golden/fleet/profiles/staging.yaml:3",
        "imports",
    ),
    "rejected/conflict-of-two-profiles": ("backup.schedule.at", "backup.keep", "backup.service:14"),
}


@pytest.fixture(autouse=True)
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    """The repository, from which the manifests are named."""
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("host", ["explain"])
@pytest.mark.parametrize("about", QUESTIONS)
def test_answer_is_golden(
    host: str,  # noqa: ARG001 - the folder of the snapshots
    about: str,
    snapshot: SnapshotAssertion,
) -> None:
    """What is printed reads well, and stays as it was reviewed."""
    name = about.rpartition("/")[2].removesuffix(".yaml")

    assert transcript(about) == snapshot.use_extension(GoldenFile)(name=name)


def transcript(about: str) -> str:
    """The questions about a host, each with its answer."""
    manifest = f"golden/{about}" if about.endswith(".yaml") else f"golden/{about}/host.yaml"
    parts = []
    for question in QUESTIONS[about]:
        outcome = explain(manifest, *question.split(" "))
        parts.append(f"$ hostwright explain {manifest} {question}\n{outcome.text}{outcome.errors}")
    return "\n".join(parts)


def explain(*words: str) -> Outcome:
    """What a question is answered."""
    return cli.run(["explain", *words])


DEMO = "golden/demo/host.yaml"


@pytest.mark.parametrize(
    "name",
    [
        "/usr/lib/systemd/system/backup.service",
        "usr/lib/systemd/system/backup.service",
        "system/backup.service",
        "backup.service",
    ],
)
def test_a_file_is_named_by_any_tail_that_is_its_own(name: str) -> None:
    """Nobody types the whole path at night."""
    assert explain(DEMO, f"{name}:6").text == explain(DEMO, "backup.service:6").text


def test_a_tail_of_several_files_lists_them() -> None:
    """Two files are called backup.conf: one makes folders, one makes users."""
    outcome = explain(DEMO, "backup.conf:5")

    assert outcome.status == 2
    assert "  /usr/lib/sysusers.d/backup.conf\n" in outcome.errors
    assert "  /usr/lib/tmpfiles.d/backup.conf\n" in outcome.errors


@pytest.mark.parametrize(
    ("question", "hint"),
    [
        ("backup.servce", 'did you mean "backup.service"?'),
        ("backup.pathes", 'did you mean "backup.paths"?'),
        ("backup.service:ProtectHomes", 'did you mean "ProtectHome"?'),
        ("backup.service:999", "backup.service has "),
        ("backup.service:Timer", "backup.service has no section [Timer]"),
        ("backup.paths.7", 'did you mean "backup.paths.'),
        ("restore.toml:foo", "has no directives; ask for the number of a line"),
        ("", "Units and drop-ins:"),
        (":", "Units and drop-ins:"),
        ("backup.service:\0", "has no directive"),
        ("units.foo", 'did you mean "'),
    ],
)
def test_what_is_not_there_is_a_wrong_command_line(question: str, hint: str) -> None:
    """Exit status 2, with what was probably meant or what there is; never a traceback."""
    outcome = explain(DEMO, question)

    assert (outcome.status, outcome.text) == (2, "")
    assert hint in outcome.errors


@pytest.mark.parametrize(
    ("words", "told"),
    [((), "explain what?"), (("backup.paths", "--from", "host"), "not both")],
)
def test_one_question_at_a_time(words: tuple[str, ...], told: str) -> None:
    """WHAT or --from: without either, and with both, the command line is wrong."""
    outcome = explain(DEMO, *words)

    assert outcome.status == 2
    assert told in outcome.errors


def test_a_line_of_a_manifest_without_an_option_is_a_wrong_command_line() -> None:
    """A line behind the end of the file: how many there are."""
    outcome = explain(DEMO, "--from", f"{DEMO}:99")

    assert outcome.status == 2
    assert outcome.errors == f"hostwright: {DEMO} has 9 lines\n"


def test_a_manifest_that_is_not_there_is_said_so() -> None:
    """The manifest is wrong, not the command line."""
    outcome = explain("golden/absent.yaml", "backup.paths")

    assert (outcome.status, outcome.text) == (1, "")
    assert "cannot read golden/absent.yaml" in outcome.errors


def test_a_manifest_that_is_no_yaml_gives_its_report() -> None:
    """Nothing can be explained of it, and the report says why."""
    outcome = explain("golden/rejected/yaml-tab/host.yaml", "backup.paths")

    assert (outcome.status, outcome.text) == (1, "")
    assert "error[HW004]" in outcome.errors


def test_an_option_of_a_wrong_manifest_is_explained_beside_the_report() -> None:
    """A conflict is when one needs it most: both definitions, and exit status 1."""
    outcome = explain("golden/rejected/conflict-of-two-profiles/host.yaml", "backup.schedule.at")

    assert outcome.status == 1
    assert outcome.text.startswith("backup.schedule.at  (undecided)\n")
    assert outcome.text.count("as strong as another value (HW024)") == 2
    assert "error[HW024]" in outcome.errors


def test_a_refused_value_is_shown_as_it_was_written() -> None:
    """Not the default that the other checks went on with."""
    outcome = explain("golden/rejected/several-stages/host.yaml", "backup.compression")

    assert outcome.text.startswith('backup.compression = "zstd,99"\n')


@pytest.mark.parametrize(
    ("case", "option", "secret"),
    [
        ("secret-passphrase", "backup.passphrase", "correct-horse"),
        ("secret-dump-environment", "dump.wiki.environment", "correct-horse"),
        ("secret-dump-command", "dump.shop.command", "correct-horse"),
        ("secret-repository-url", "backup.repository", "correct-horse"),
    ],
)
def test_no_answer_repeats_a_secret(case: str, option: str, secret: str) -> None:
    """An answer is pasted into a ticket as easily as a report is."""
    manifest = f"golden/rejected/{case}/host.yaml"
    outcome = explain(manifest, option)

    assert secret in Path(manifest).read_text()
    assert "***" in outcome.text
    assert secret not in outcome.text + outcome.errors


def test_a_definition_of_a_profile_has_the_file_of_the_profile() -> None:
    """Where was this set? Not in the manifest of the host."""
    text = explain("golden/fleet/hosts/staging1.yaml", "backup.keep.daily").text

    assert "golden/fleet/profiles/staging.yaml:3:" in text
    assert "golden/fleet/profiles/base.yaml:" in text
    assert "when tagged staging" in text


def test_json_says_the_same_for_tools() -> None:
    """Values, definitions and positions, without a line to take apart."""
    [answer] = json.loads(explain(DEMO, "backup.service:6", "--format", "json").text)["answers"]

    assert answer["answer"] == "line"
    assert answer["file"] == "/usr/lib/systemd/system/backup.service"
    assert answer["lines"] == ["Description=Back up web1 with borg"]
    assert answer["option"]["said"][0]["place"] == f"{DEMO}:1:7"


def test_json_lists_every_line_that_an_option_touches() -> None:
    """The headers, too, which a person gets as a number only."""
    [answer] = json.loads(explain(DEMO, "--from", "host", "--format", "json").text)["answers"]
    files = {one["file"] for one in answer["touched"]}

    links = ("timers.target", "usr/sbin/")
    assert {
        f"/{path}" for path in tree_of_host("demo") if not any(link in path for link in links)
    } <= files
