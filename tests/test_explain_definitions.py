"""What `explain` says of an option that several files define: each of them, and what came of it."""

from pathlib import Path

import pytest

from compiler import cli

HOST = """\
imports: [base.yaml, database.yaml]
host: db1
backup:
  repository: /mnt/vault/db1
  paths: [/srv, !remove /root]
  exclude: !force ["*.iso"]
  schedule: {jitter: 3h}
"""
BASE = """\
target: !default debian-12
backup:
  passphrase: /etc/credstore/borg-passphrase
  paths: !before [/etc, /root]
  exclude: ["*.tmp"]
  schedule: !default "02:00"
  mail: !override:70 a@example.org
modules:
  postgresql: {when: {tags: none}, port: 5555}
"""
DATABASE = """\
when: {host: "db*"}
backup:
  paths: !after [/opt]
  mail: b@example.org
"""


@pytest.fixture(autouse=True)
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host of three files, in the working directory."""
    for name, text in (("host", HOST), ("base", BASE), ("database", DATABASE)):
        (tmp_path / f"{name}.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)


def said(option: str) -> list[str]:
    """The lines between the value and what the option means: the definitions and the parts."""
    outcome = cli.run(["explain", "host.yaml", option])
    assert outcome.status == 0, outcome.errors
    lines = [" ".join(line.split()) for line in outcome.text.splitlines()]
    return lines[: next(place for place, line in enumerate(lines) if line.startswith("means "))]


def test_a_list_has_the_items_of_all_its_definitions() -> None:
    """With their order, the condition of a profile, and what was removed by whom."""
    assert said("backup.paths") == [
        "backup.paths = [/etc, /srv, /opt]",
        "base.yaml:4:18 plain 100 !before [/etc, /root] wins",
        "database.yaml:3:17 plain 100 !after [/opt] wins",
        "when host is db*",
        "host.yaml:5:10 plain 100 [/srv, !remove /root] wins",
        "base.yaml:4:25 plain 100 !before /root loses: host.yaml:5:25 removes it",
        "holds backup.paths.0 /etc (base.yaml:4:19)",
        "backup.paths.1 /srv (host.yaml:5:11)",
        "backup.paths.2 /opt (database.yaml:3:18)",
    ]


def test_the_strongest_definition_wins_and_the_others_say_to_whom_they_lost() -> None:
    """A number in between, with the word that was written."""
    assert said("backup.mail") == [
        "backup.mail = a@example.org",
        "base.yaml:7:22 !override 70 a@example.org wins",
        "database.yaml:4:9 plain 100 b@example.org loses: base.yaml:7:22 is stronger",
        "when host is db*",
        "declared in schema.backup.Backup default 1500 null loses: weaker than what is written",
    ]


def test_a_forced_list_drops_the_weaker_ones() -> None:
    """What a profile left out is still to be seen."""
    assert said("backup.exclude")[:3] == [
        "backup.exclude = [*.iso]",
        'host.yaml:6:19 !force 50 ["*.iso"] wins',
        'base.yaml:5:12 plain 100 ["*.tmp"] loses: host.yaml:6:19 is stronger',
    ]


def test_a_lone_text_defines_the_option_that_it_is_short_for() -> None:
    """A schedule written as its time alone, beside another file's jitter."""
    assert said("backup.schedule.at") == [
        "backup.schedule.at = 02:00",
        'base.yaml:6:22 !default 1000 "02:00" wins',
    ]


def test_a_definition_whose_condition_is_not_true_is_shown_as_lost() -> None:
    """A module that another host has: its options are there to be seen, and count for nothing."""
    assert said("postgresql.port") == [
        "modules.postgresql.port = 5432 (the module postgresql is not on this host)",
        "base.yaml:9:42 plain 100 5555 loses: tagged none is not true",
        "when tagged none",
        "declared in modules.postgresql.Postgresql default 1500 5432 wins",
    ]


def test_an_option_that_nobody_set_has_its_default() -> None:
    """And the class that declares it, for whoever wants to read on."""
    assert said("backup.keep.daily") == [
        "backup.keep.daily = 30 (not set)",
        "declared in schema.backup.Backup default 1500 30 wins",
    ]


def test_a_line_names_the_profile_that_it_comes_from() -> None:
    """From a generated file back to another file than the host's own."""
    outcome = cli.run(["explain", "host.yaml", "backup.service:OnFailure"])

    assert "from       backup.mail = a@example.org\n" in outcome.text
    assert "base.yaml:7:22" in outcome.text


def test_a_line_of_a_profile_is_asked_for_by_its_own_file() -> None:
    """What does this line of the profile do to this host?"""
    outcome = cli.run(["explain", "host.yaml", "--from", "database.yaml:3"])

    assert outcome.text.startswith("backup.paths.2 touches ")
    assert "RequiresMountsFor=/opt\n" in outcome.text
