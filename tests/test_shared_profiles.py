"""Many hosts that share a profile: one report for what is wrong with it, and whose it is."""

from pathlib import Path

import pytest

from compiler import cli
from tests.merging import plain, together

HOST = """\
host: {name}
target: debian-12
imports: [base.yaml]
backup:
  repository: /mnt/vault/{name}
  passphrase: /etc/credstore/borg-passphrase
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two hosts and the profile that they share, that the test works in."""
    (tmp_path / "base.yaml").write_text("backup: {paths: [/etc]}")
    for name in ("web1", "web2"):
        (tmp_path / f"{name}.yaml").write_text(HOST.format(name=name))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_mistake_of_a_profile_is_reported_once_with_its_manifests(shop: Path) -> None:
    """A thousand hosts are not a thousand reports, and it is said whose they are."""
    (shop / "base.yaml").write_text("backup: {paths: [/etc], mial: a@example.org}")

    said = cli.run(["compile", "web1.yaml", "web2.yaml", "--check"]).errors

    assert said.count("base.yaml:1:25: error[HW012]") == 1
    assert '"mial" in backup (manifest: web1.yaml, web2.yaml)\n' in said


def test_mistake_of_a_single_manifest_names_no_other(shop: Path) -> None:
    """There is no doubt whose profile it is."""
    (shop / "base.yaml").write_text("backup: {paths: [/etc], mial: a@example.org}")

    assert "(manifest:" not in cli.run(["compile", "web1.yaml", "--check"]).errors


def test_strict_says_why_nothing_was_written(shop: Path) -> None:
    """A warning that stops a pipeline does not look as if it were none of its business."""
    (shop / "base.yaml").write_text("backup: {paths: [/etc], encryption: none, passphrase: null}")
    manifest = shop / "web1.yaml"
    manifest.write_text(manifest.read_text().replace("  passphrase:", "  # passphrase:"))

    outcome = cli.run(["compile", "web1.yaml", "--check", "--strict"])

    assert outcome.status == 1
    assert outcome.errors.endswith(
        "1 warning\n--strict: a warning is as bad as an error, and nothing was written\n"
    )


def test_second_manifest_of_a_host_is_shown_where_it_names_it(shop: Path) -> None:
    """Not at its first line, which may be about something else."""
    (shop / "other.yaml").write_text("# The same host again.\n" + HOST.format(name="web1"))

    said = cli.run(["compile", "web1.yaml", "other.yaml", "--check"]).errors

    assert said.startswith(
        'other.yaml:2:7: error[HW074]: the host "web1" has a manifest already: web1.yaml\n'
    )


@pytest.mark.usefixtures("shop")
def test_manifest_that_is_given_twice_is_said_to_be() -> None:
    """It does not contradict itself."""
    said = cli.run(["compile", "web1.yaml", "web1.yaml", "--check"]).errors

    assert "the manifest web1.yaml is given twice" in said


def test_brackets_in_the_name_of_a_host_have_no_meaning() -> None:
    """`*` and `?` are all that the documentation promises."""
    document, _ = together(
        "host: db1\nmodules: {gitea: {when: {host: 'db[12]'}}, prometheus: {when: {host: 'd?1'}}}"
    )

    assert plain(document.root)["modules"] == {"prometheus": {}}


@pytest.mark.usefixtures("shop")
def test_a_list_of_commands_can_begin_anew() -> None:
    """As any directive that accumulates: an empty text first clears what the compiler made."""
    manifest = Path("web1.yaml")
    units = 'units: {backup-check.service: {Service: {ExecStartPre: ["", [/bin/true, x]]}}}\n'
    manifest.write_text(manifest.read_text() + units)

    outcome = cli.run(["compile", "web1.yaml", "-o", "out"])
    unit = Path("out/usr/lib/systemd/system/backup-check.service").read_text()

    assert outcome.status == 0
    assert unit.count("ExecStartPre=") == 1
    assert "ExecStartPre=/bin/true x\n" in unit


@pytest.mark.usefixtures("shop")
def test_unit_of_a_module_that_is_not_there_is_said_to_be_one() -> None:
    """The nearest name would send the reader the wrong way."""
    manifest = Path("web1.yaml")
    units = "units: {backup-postgresql.service: {Service: {Nice: 5}}}\n"
    manifest.write_text(manifest.read_text() + units)

    said = cli.run(["compile", "web1.yaml", "--check"]).errors

    assert "it comes with the module postgresql, which is not on this host" in said
