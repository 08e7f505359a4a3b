"""preflight.toml says what the units really use, overrides included; and the verb that reads it."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from compiler.cli import run
from tests.programs import installed, library
from tests.support import GOLDEN, compile_text, files_of, give_up, host_names

HOST = """
host: web1
target: debian-12
backup:
  repository: /mnt/vault/web1
  passphrase: /etc/credstore/borg-passphrase
  paths: [/etc]
modules:
  postgresql: {databases: [shop], port: 5433, required: false}
  dump:
    redis: {user: redis, command: [/usr/bin/redis-cli, --rdb, "-"], version: [/usr/bin/redis-cli]}
external: {users: [redis, helper], groups: [keys]}
units:
  backup.service:
    Service:
      SupplementaryGroups: keys
      LoadCredential: "second:/etc/credstore/second one"
      ExecStartPre: [[/usr/local/bin/before, word], [-/usr/local/bin/maybe]]
  backup-postgresql.service:
    Service: {User: helper, Environment: PGHOST=/run/other}
"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The part of the program that reads the file."""
    with library(installed(tmp_path_factory.mktemp("preflight")), "preflight_settings") as part:
        yield part


@pytest.fixture
def expected(reader: Any, tmp_path: Path) -> Any:
    """What the program reads on that host."""
    tree = compile_text(HOST).tree
    assert tree is not None, compile_text(HOST).diagnostics
    file = tmp_path / "preflight.toml"
    file.write_text(dict(tree.items())["usr/lib/hostwright/preflight.toml"].text)  # type: ignore[union-attr]
    return reader.read(file)


@pytest.mark.parametrize("host", host_names())
def test_every_golden_host_can_be_read(reader: Any, host: str, tmp_path: Path) -> None:
    """Whatever the names of a host are, the file is good TOML, with every unit of the tree."""
    files = files_of(host)
    [path] = [path for path in files if path.endswith("/preflight.toml")]
    (tmp_path / "preflight.toml").write_text(files[path].text)
    found = reader.read(tmp_path / "preflight.toml")
    folder = f"{str(found.system)[1:]}/"
    units = {one.removeprefix(folder) for one in files if one.startswith(folder)}
    assert set(found.units) == units


def test_users_and_groups_are_those_of_the_units(expected: Any) -> None:
    """Overrides count; who is replaced by one does not."""
    assert expected.users == ("borg", "helper", "postgres", "redis")
    assert expected.groups == ("borg", "keys")
    assert expected.accounts == ("borg",)


def test_credentials_are_those_of_the_units(expected: Any) -> None:
    """A path may have blanks in it."""
    assert expected.credentials == (
        ("passphrase", Path("/etc/credstore/borg-passphrase")),
        ("second", Path("/etc/credstore/second one")),
    )


def test_programs_of_overrides_must_be_there(expected: Any) -> None:
    """But for those whose failure the manifest ignores."""
    assert expected.programs == ("/usr/local/bin/before",)


def test_a_dump_is_looked_at_as_its_unit_makes_it(expected: Any) -> None:
    """With the unit's user and environment; of a job only its programs are known."""
    postgresql, redis = expected.dumps
    assert (postgresql.user, postgresql.required) == ("helper", False)
    assert postgresql.environment == {
        "LANG": "C.UTF-8",
        "PGPORT": "5433",
        "PGHOST": "/run/other",
    }
    assert "--database=shop" in postgresql.command
    assert (redis.user, redis.programs, redis.program) == ("redis", ("/usr/bin/redis-cli",), None)


def test_the_verb_compiles_a_manifest_and_looks() -> None:
    """This machine is none of the golden hosts: what it lacks is told."""
    if os.geteuid() != 0:
        give_up("a preflight takes root")
    outcome = run(["preflight", "--offline", str(GOLDEN / "watched" / "host.yaml")])
    assert outcome.status == 1
    assert "FAIL  credential ping_key: /etc/credstore/healthchecks-ping-key is not there" in (
        outcome.text
    )


def test_the_verb_takes_a_tree(tmp_path: Path) -> None:
    """The tree stays as it was written."""
    if os.geteuid() != 0:
        give_up("a preflight takes root")
    tree = f"{tmp_path}/tree"
    assert run(["compile", str(GOLDEN / "minimal" / "host.yaml"), "-o", tree]).status == 0
    assert run(["preflight", "--offline", tree]).text.startswith("FAIL  ")
    assert run(["verify", tree]).status == 0


def test_the_verb_refuses_a_folder_that_is_no_tree(tmp_path: Path) -> None:
    """There is nothing to look with."""
    outcome = run(["preflight", str(tmp_path)])
    assert (outcome.status, outcome.text) == (1, "")
    assert "no tree with a preflight in it" in outcome.errors


def test_the_verb_shows_what_is_wrong_with_a_manifest(tmp_path: Path) -> None:
    """Then this machine is not looked at."""
    (tmp_path / "host.yaml").write_text("host: web1\n")
    outcome = run(["preflight", f"{tmp_path}/host.yaml"])
    assert (outcome.status, outcome.text) == (1, "")
    assert "error" in outcome.errors


@pytest.mark.parametrize("words", [[], ["--offlin", "x"], ["one", "two"]])
def test_wrong_words_are_status_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """As with every verb."""
    assert run(["preflight", *words]).status == 2
    assert "hostwright preflight: error: " in capsys.readouterr().err
