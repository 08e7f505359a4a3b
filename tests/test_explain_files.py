"""`explain FILE:LINE` and `explain imports`: what stands on any line of any file of a host."""

from pathlib import Path

import pytest

from compiler import cli
from tests.own import GOOD

FILES = {
    "db1.yaml": """\
imports:
  - profiles/base.yaml
  - {path: profiles/monitoring.yaml, when: {host: "web*"}}
host: db1
backup:
  repository: /mnt/vault/db1
  exclude: [!remove "*.pyc"]
  mail: !remove
modules: !force
  postgresql: {when: {tags: none}, port: 5555}
  gitea: {enable: false}
  ntfy: {when: {tags: database}, topic: night}
units:
  backup.service: {Service: {NoNewPrivileges: null, Nice: 5}}
""",
    "profiles/base.yaml": """\
# common to all
target: !default debian-12

tags: [database]
backup:
  passphrase: /etc/credstore/borg-passphrase
  paths: [/etc, /root]
  exclude:
    - "*.pyc"
  mail: !default ops@example.org
modules: {postgresql: , prometheus: }
""",
    "profiles/monitoring.yaml": """\
when: {tags: database}
modules:
  ntfy:
""",
}

UNTRUE = "db1.yaml:9:1 is stronger, tagged none is not true"
"""Why neither file brings the module postgresql."""


@pytest.fixture(autouse=True)
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host of three files, in the working directory."""
    (tmp_path / "profiles").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)


def told(*words: str) -> str:
    """The answer, with single spaces."""
    outcome = cli.run(["explain", "db1.yaml", *words])
    return "\n".join(
        " ".join(line.split()) for line in (outcome.text or outcome.errors).split("\n")
    )


def first(*words: str) -> str:
    """The first line of the answer."""
    return told(*words).partition("\n")[0]


def test_imports_are_listed_with_their_places_and_conditions() -> None:
    """Which files count, and why the others do not."""
    assert told("imports") == (
        "imports: 2 files, of which 1 counts\n"
        "profiles/base.yaml imported at db1.yaml:2:5 counts\n"
        "profiles/monitoring.yaml imported at db1.yaml:3:12 does not count: host is web* is not "
        "true\n"
        "when host is web*, tagged database\n"
    )


@pytest.mark.parametrize("question", ["imports.1", "db1.yaml:3", "monitoring.yaml:1"])
def test_one_import_is_asked_for_by_number_line_or_condition(question: str) -> None:
    """All three are about the same file."""
    answer = told(question)

    assert answer.startswith(f"{question}: 1 file, of which 0 count\nprofiles/monitoring.yaml ")


@pytest.mark.parametrize("question", ["imports[]", "imports[].when", "imports.N.path"])
def test_each_import_is_all_imports(question: str) -> None:
    """As the list of options writes it."""
    assert first(question) == f"{question}: 2 files, of which 1 counts"


def test_a_list_is_named_by_each_of_its_items() -> None:
    """With brackets, as other tools write it."""
    assert told("backup.paths[]") == told("backup.paths")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("base.yaml:1", "profiles/base.yaml:1 is a comment"),
        ("base.yaml:3", "profiles/base.yaml:3 is a blank line"),
        ("base.yaml:99", "profiles/base.yaml has 11 lines"),
        ("base.yaml:0", "profiles/base.yaml has 11 lines"),
        ("web.yaml:1", "web.yaml is no manifest of this host, which reads:"),
    ],
)
@pytest.mark.parametrize("form", [(), ("--from",)])
def test_a_line_that_says_nothing_is_told_so(form: tuple[str], line: str, message: str) -> None:
    """Whether it is asked for itself, or for the lines that come of it."""
    assert first(*form, line) == f"hostwright: {message}"


def test_the_lines_of_an_import_are_those_of_its_file() -> None:
    """An import alone touches nothing."""
    assert "through what its file says" in first("--from", "db1.yaml:3")


@pytest.mark.parametrize(
    ("line", "option"),
    [
        ("db1.yaml:7", "backup.exclude = []"),
        ("base.yaml:8", "backup.exclude = []"),
        ("base.yaml:9", "backup.exclude = []"),
    ],
)
def test_the_line_of_a_list_is_about_the_list(line: str, option: str) -> None:
    """Its key, an item that was taken out, and the order to do so."""
    answer = told(line)

    assert answer.startswith(f"{option}\n")
    assert "db1.yaml:7:21 removes it" in answer


def test_a_removed_definition_is_as_strong_as_its_tag() -> None:
    """Asked for by the line that removes it."""
    answer = told("db1.yaml:8").split("\n")

    assert answer[0] == "backup.mail = null (taken out: db1.yaml:8:3 removes it)"
    assert answer[1] == (
        "profiles/base.yaml:10:18 !default 1000 ops@example.org loses: db1.yaml:8:3 removes it"
    )


def test_all_options_of_a_line_are_explained() -> None:
    """Two modules on one line, which a stronger file drops."""
    answer = told("base.yaml:11")

    assert "modules.postgresql (the module postgresql is not on this host)\n" in answer
    assert "profiles/base.yaml:11:11 plain 100 loses: db1.yaml:9:1 is stronger\n" in answer
    assert "modules.prometheus (the module prometheus is not on this host)\n" in answer


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        (
            "postgresql.when",
            (
                "modules.postgresql.when = {tags: none} (is not true)",
                "db1.yaml:10:16",
                "is not true",
            ),
        ),
        (
            "modules.ntfy.when.tags",
            ("modules.ntfy.when = {tags: database} (is true)", "db1.yaml:12:10", "is true"),
        ),
    ],
)
def test_the_condition_of_a_module_is_true_or_not(
    option: str, expected: tuple[str, str, str]
) -> None:
    """What it asks for, where it stands, and what came of it."""
    equation, definition, *_ = told(option).split("\n")

    assert (equation, definition.split(" ")[0]) == expected[:2]
    assert definition.endswith(f" {expected[2]}")


def test_a_directive_that_a_null_takes_out_names_its_place() -> None:
    """Asked for by its unit."""
    assert first("backup.service:NoNewPrivileges") == (
        "backup.service has no NoNewPrivileges=: taken out at db1.yaml:14:30"
    )


@pytest.mark.parametrize(
    ("option", "note"),
    [
        (
            "units.backup.service.Service.NoNewPrivileges",
            "it takes the line out, at db1.yaml:14:30: systemd's own default holds",
        ),
        ("modules.gitea.required", "the module gitea is switched off (db1.yaml:11:19)"),
        (
            "postgresql.port",
            f"the module postgresql is not on this host: {UNTRUE}",
        ),
    ],
)
def test_an_option_without_lines_says_why(option: str, note: str) -> None:
    """Rather than that nobody reads it."""
    answer = told("--from", option)

    assert " ".join(answer.split("\n")[1:]).strip() == f"note {note}"


def test_a_part_of_a_default_names_the_whole() -> None:
    """Nobody wrote a schedule, and `at` has no default of its own."""
    assert first("backup.schedule.at") == (
        "backup.schedule.at = daily (from the default {at: daily} of backup.schedule)"
    )


def test_a_section_of_a_unit_is_a_part_of_its_file() -> None:
    """Line by line, under the numbers of the file."""
    answer = told("backup.timer:Timer")

    assert answer.startswith("/usr/lib/systemd/system/backup.timer: [Timer], ")
    assert "OnCalendar=daily backup.schedule.at\n" in answer
    assert "[Install]" not in answer


def test_an_option_of_an_own_module_is_declared_in_its_file() -> None:
    """The file, as its folder was named; not the name under which Python knows it."""
    Path("mm").mkdir()
    Path("mm/redis.py").write_text(GOOD)
    text = FILES["db1.yaml"].replace("  gitea:", "  redis:\n  gitea:")
    Path("db1.yaml").write_text(f"module_path: [mm]\n{text}")

    assert "\ndefault /run/redis, declared in mm/redis.py\n" in told("redis.socket")
