"""`hostwright init --from borgmatic`: all is carried over or listed, and the result compiles."""

from pathlib import Path

import pytest

from compiler.cli import run
from tests.configurations import BORG_FILE, FLAT, SECTIONED, backup, carried, left
from tests.read_back import read_back
from tests.support import compile_text


@pytest.mark.parametrize("text", [FLAT, SECTIONED])
def test_both_forms_compile_without_a_warning(text: str, tmp_path: Path) -> None:
    """The form of Debian 12, with sections, and that of Debian 13, without."""
    assert compile_text(carried(text, tmp_path)[0]).diagnostics == ()


def test_paths_and_patterns_are_the_same(tmp_path: Path) -> None:
    """A tilde is root's home, for whom borgmatic runs."""
    found = backup(FLAT, tmp_path)
    assert found["paths"] == ["/etc", "/home", "/root/notes"]
    assert found["exclude"] == ["*.pyc", "/home/*/.cache", "/root/.cache"]


def test_ssh_gives_its_key_and_port(tmp_path: Path) -> None:
    """The words of ssh_command have places of their own in a manifest."""
    found = backup(FLAT, tmp_path)
    assert found["repository"] == "ssh://web1@vault.example.org:2222/./web1"
    assert found["ssh_key"] == "/root/.ssh/backup"


def test_known_host_keys_are_pinned(tmp_path: Path) -> None:
    """What root's ssh has trusted until now is pinned, and nothing else is trusted."""
    key = "AAAAC3NzaC1lZDI1NTE5AAAAIBunQZ0vLu5BQwkqIES8AAf0xa+2MqZ3JuN+AZ7CLCaV"
    (tmp_path / "root/.ssh").mkdir(parents=True)
    line = f"[vault.example.org]:2222 ssh-ed25519 {key}"
    (tmp_path / "root/.ssh/known_hosts").write_text(f"other ssh-ed25519 {key}\n{line}\n")
    found = backup(FLAT, tmp_path)
    assert (found["known_hosts"], "trust_on_first_use" in found) == ([line], False)


def test_a_passcommand_that_prints_a_file_is_that_file(tmp_path: Path) -> None:
    """As root, systemd can read what borgmatic could."""
    assert backup(SECTIONED, tmp_path)["passphrase"] == str(BORG_FILE)


def test_rules_are_kept(tmp_path: Path) -> None:
    """Each rule that borg prunes by here has its place."""
    assert backup(FLAT, tmp_path)["keep"] == {"daily": 7, "within": "2d"}


@pytest.mark.parametrize("rule", ["keep_minutely: 60", "keep_daily: -1", "keep_13weekly: 4"])
def test_a_rule_that_is_lost_costs_no_archive(rule: str, tmp_path: Path) -> None:
    """Pruning by some of the rules would remove what the others keep."""
    text = f"source_directories: [/etc]\nkeep_weekly: 4\n{rule}\n"
    assert backup(text, tmp_path)["append_only"] is True
    assert rule.partition(":")[0] in left(text, tmp_path)


@pytest.mark.parametrize("rule", ["", "keep_daily: 0", "keep_daily: 7\nskip_actions: [prune]"])
def test_without_a_rule_nothing_is_pruned(rule: str, tmp_path: Path) -> None:
    """Our default rules are not what the file says."""
    assert backup(f"source_directories: [/etc]\n{rule}\n", tmp_path)["append_only"] is True


def test_the_most_frequent_check_counts(tmp_path: Path) -> None:
    """No check becomes rarer, and the data are read as often."""
    assert backup(FLAT, tmp_path)["check"] == {"at": "*-*-01,11,21", "verify_data": True}


def test_archives_are_cut_as_before(tmp_path: Path) -> None:
    """Other pieces would store the whole repository once more."""
    assert backup(FLAT, tmp_path)["chunker_params"] == "default"


def test_no_secret_is_copied(tmp_path: Path) -> None:
    """Neither the manifest nor the report has a passphrase, a topic, or an address with a key."""
    manifest, draft = carried(FLAT, tmp_path)
    told = manifest + "".join(one.source.key + one.reason for one in draft.unused)
    secrets = ("battery", "geheim", "hush-hush", "0b8e3f6a", "secret-word")
    assert [secret for secret in secrets if secret in told] == []


def test_notifiers_keep_what_is_no_secret(tmp_path: Path) -> None:
    """The servers and what is told are as before; the keys come from files."""
    modules = read_back(carried(FLAT, tmp_path)[0])["modules"]
    assert modules["healthchecks"] == {
        "ping_key": "/etc/credstore/healthchecks-ping-key",
        "url": "https://hc.example.org/ping",
        "log_lines": 0,
    }
    assert modules["ntfy"] == {
        "topic_file": "/etc/credstore/ntfy-topic",
        "server": "https://ntfy.example.org",
        "success": True,
    }


def test_all_else_is_listed_with_its_line(tmp_path: Path) -> None:
    """What has no place in a manifest is named, by its key and its line."""
    assert left(FLAT, tmp_path) == {
        "repositories[0].label": 4,
        "repositories[1]": 5,
        "encryption_passphrase": 8,
        "archive_name_format": 10,
        "before_backup": 18,
        "postgresql_databases[0].username": 21,
        "postgresql_databases[0].password": 22,
        "healthchecks.ping_url": 24,
        "ntfy.topic": 27,
    }


def test_sections_are_named_in_the_list(tmp_path: Path) -> None:
    """An option in a section is listed by both names; a umask of 0077 is ours as well."""
    wanted = {"hooks.on_error[0]": 17, "hooks.cronitor": 20}
    assert left(SECTIONED, tmp_path) == wanted


def test_a_lost_path_is_told_above_the_paths(tmp_path: Path) -> None:
    """What would not be backed up any more is said where it is seen."""
    manifest, _ = carried("source_directories:\n  - /etc\n  - /srv/*/data\n", tmp_path)
    assert "CHANGE: line 3 of config.yaml could not be carried over" in manifest


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("compression: !include common.yaml", "compression"),
        ("<<: !include common.yaml", "<<"),
        ("compression: ${COMPRESSION}", "compression"),
        ("constants: {x: zstd}\ncompression: '{x}'", "compression"),
    ],
)
def test_what_is_filled_in_elsewhere_is_listed(line: str, key: str, tmp_path: Path) -> None:
    """Includes, variables and constants are not guessed at."""
    text = f"source_directories: [/etc]\n{line}\n"
    assert key in left(text, tmp_path)
    assert "compression" not in backup(text, tmp_path)


def test_the_repository_in_a_path_is_excluded(tmp_path: Path) -> None:
    """Each archive would hold all earlier ones."""
    text = "source_directories: [/srv]\nrepositories: [/srv/borg]\n"
    assert backup(text, tmp_path)["exclude"] == ["pp:/srv/borg"]


def test_the_repository_is_no_path(tmp_path: Path) -> None:
    """A repository that archives itself is left out, and something else stands in for it."""
    text = "source_directories: [/mnt/vault/host1]\nrepositories: [/mnt/vault/host1]\n"
    assert backup(text, tmp_path)["paths"] == ["/etc"]
    assert "source_directories[0]" in left(text, tmp_path)


def test_other_software_on_the_machine_is_named(tmp_path: Path) -> None:
    """What the file says nothing of is written by nobody, but a note says that it is there."""
    (tmp_path / "etc/gitea").mkdir(parents=True)
    (tmp_path / "etc/gitea/app.ini").write_text("")
    assert "found on this machine: gitea." in carried(FLAT, tmp_path)[0]


def test_a_database_in_a_container_is_listed(tmp_path: Path) -> None:
    """The socket of the host leads to another server, or to none."""
    text = "postgresql_databases:\n- name: all\n  pg_dump_command: docker exec db pg_dump\n"
    assert left(f"source_directories: [/etc]\n{text}", tmp_path)["postgresql_databases[0]"] == 3


def test_a_huge_configuration_is_one_line(tmp_path: Path) -> None:
    """What is larger than a manifest may be gives a message, and no traceback."""
    file = tmp_path / "config.yaml"
    file.write_text(f'source_directories: ["/{"x/" * 500_000}"]\n')
    outcome = run(["init", "--root", str(tmp_path), "--from", "borgmatic", str(file)])
    assert outcome.status in {0, 1}


def test_a_value_that_the_compiler_refuses_is_listed(tmp_path: Path) -> None:
    """An exclude that takes out a whole path is an error here, and so it stays behind."""
    text = "source_directories: [/etc, /srv]\nexclude_patterns: [/srv]\n"
    assert "exclude_patterns[0]" in left(text, tmp_path)


def test_the_report_is_on_standard_error(tmp_path: Path) -> None:
    """Standard output is the manifest alone, and it is valid with the report at its end."""
    (tmp_path / "config.yaml").write_text(FLAT)
    words = ["init", "--root", str(tmp_path), "--from", "borgmatic", str(tmp_path / "config.yaml")]
    outcome = run(words)
    assert "line 18, before_backup: a hook" in outcome.errors
    assert "#   line 18, before_backup: a hook" in outcome.text
    assert compile_text(outcome.text).tree is not None


@pytest.mark.parametrize(
    "content",
    [b"", b"- a", b"a: [", b"a: b\n---\nc: d\n", b"a: {b: {{ c }}}\n", b"a: \xff", b"a: \0"],
)
def test_what_is_no_configuration_is_one_line(content: bytes, tmp_path: Path) -> None:
    """No file gives a traceback, nor a manifest out of nothing."""
    (tmp_path / "config.yaml").write_bytes(content)
    words = ["init", "--root", str(tmp_path), "--from", "borgmatic", str(tmp_path / "config.yaml")]
    outcome = run(words)
    assert (outcome.status, outcome.errors.count("\n")) == (1, 1)
