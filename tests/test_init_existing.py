"""`hostwright init --from borgmatic`: the repository that is there, and how often it is checked."""

from pathlib import Path

import pytest

from tests.configurations import carried
from tests.read_back import read_back


@pytest.mark.parametrize(
    ("frequency", "calendar", "is_told"),
    [
        ("6 hours", "daily", True),
        ("1 day", "daily", False),
        ("3 days", "*-*-01/3", False),
        ("5 days", "*-*-01/3", True),
        ("10 days", "weekly", True),
        ("3 weeks", "*-*-01,15", True),
        ("1 month", "monthly", False),
        ("5 weeks", "monthly", True),
        ("2 months", "*-01/2-01", False),
        ("1 year", "yearly", False),
        ("2 years", "yearly", True),
    ],
)
def test_a_span_becomes_no_rarer(
    frequency: str, calendar: str, *, is_told: bool, tmp_path: Path
) -> None:
    """What no calendar can say is the next more frequent one, and a comment says so."""
    checks = f"checks: [{{name: archives, frequency: {frequency}}}]"
    manifest, _ = carried(f"source_directories: [/etc]\n{checks}\n", tmp_path)
    assert read_back(manifest)["backup"]["check"] == {"at": calendar}
    assert (f"The file says {frequency}" in manifest) == is_told


@pytest.mark.parametrize(
    ("repository", "is_told"), [("ssh://u@vault.example.org/./x", False), ("/mnt/x", True)]
)
def test_a_repository_on_this_host_alone_needs_an_owner(
    repository: str, *, is_told: bool, tmp_path: Path
) -> None:
    """Behind ssh, the server decides whose it is."""
    manifest, _ = carried(f"repositories: ['{repository}']\n", tmp_path)
    assert ("must belong to the user borg" in manifest) == is_told


@pytest.mark.parametrize(
    "line",
    [
        "",
        "encryption_passphrase: x",
        "encryption_passcommand: pass borg",
        "encryption_passcommand: cat /etc/x y",
    ],
)
def test_no_new_passphrase_is_made(line: str, tmp_path: Path) -> None:
    """A random one cannot open the repository that is there."""
    manifest, _ = carried(f"repositories: [/mnt/x]\n{line}\n", tmp_path)
    assert ("urandom" in manifest, "cat > /etc/credstore/borg-passphrase" in manifest) == (
        False,
        True,
    )


@pytest.mark.parametrize(
    ("host", "said"), [("web1", "these rules prune them"), ("web1.example.org", "called web1-2026")]
)
def test_names_of_archives_end_at_the_first_dot(host: str, said: str, tmp_path: Path) -> None:
    """Archives of borgmatic's bear no domain, so they are not those of a host that has one."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/hostname").write_text(f"{host}\n")
    text = "archive_name_format: '{hostname}-{now}'\nkeep_daily: 7\n"
    assert said in carried(text, tmp_path)[0].replace("\n  # ", " ")
