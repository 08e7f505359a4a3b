"""Paths, names and words with blanks, quotes, `%`, `$`, braces and emoji, in real programs."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler.load import load
from compiler.structure import structure
from modules.dump import DumpJobs, Job
from modules.postgresql import Postgresql
from schema.borg import LocalRepository
from schema.host import Manifest
from tests.boot.backups import Run, back_up
from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.boot.releases import tree_for
from tests.boot.software import create_database, restored_rows
from tests.boot.vault import Vault
from tests.support import GOLDEN

pytestmark = [pytest.mark.boot, pytest.mark.usefixtures("first")]

FILE = GOLDEN / "hostile" / "host.yaml"
PASSPHRASE = "correct horse"  # noqa: S105 - of a repository that lasts for a minute
REPEAT = """#!/usr/bin/python3
import json, os, sys
print(json.dumps({"words": sys.argv, "environment": dict(os.environ)}))
"""


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    """What the manifest says, value by value."""
    manifest, problems = structure(load(str(FILE), FILE.read_text().encode()))
    assert problems == []
    assert manifest is not None
    return manifest


@pytest.fixture(scope="module")
def job(manifest: Manifest) -> Job:
    """The one dump job."""
    dump = manifest.modules["dump"]
    assert isinstance(dump, DumpJobs)
    return next(iter(dump.jobs.values()))


@pytest.fixture(scope="module")
def databases(manifest: Manifest) -> tuple[str, ...]:
    """The names of all databases."""
    postgresql = manifest.modules["postgresql"]
    assert isinstance(postgresql, Postgresql)
    assert isinstance(postgresql.databases, tuple)
    return tuple(str(name) for name in postgresql.databases)


@pytest.fixture(scope="module")
def host(
    root: Path, release: str, manifest: Manifest, job: Job, databases: tuple[str, ...]
) -> Iterator[Host]:
    """A host where everything that the manifest names exists."""
    tree = tree_for(release, FILE.read_text())
    with booted(root, manifest.host) as init:
        host = Host(init)
        for path in manifest.backup.paths:
            host.write(f"{path}/kept", f"{path}\n", mode=0o600)
            host.write(f"{path}/left out.tmp file", "")
        for path in manifest.external.paths:
            host.run("mkdir", "-p", "--", path)
        for number, name in enumerate(databases):
            create_database(host, name, f"row of {number}")
        host.write(job.command[0], REPEAT, mode=0o755)
        host.write(str(manifest.backup.passphrase), f"{PASSPHRASE}\n", mode=0o600)
        host.install(tree)
        yield host


@pytest.fixture(scope="module")
def vault(host: Host, manifest: Manifest) -> Vault:
    """The repository."""
    assert isinstance(manifest.backup.repository, LocalRepository)
    return Vault(host, manifest.backup.repository.path, PASSPHRASE)


@pytest.fixture(scope="module")
def first(vault: Vault) -> Run:
    """The first run."""
    return back_up(vault)


def test_s2_every_path_is_archived(vault: Vault, first: Run, manifest: Manifest) -> None:
    """Each path is archived as it stands in the manifest, whatever is in it."""
    assert first.status == 0
    wanted = {f"{path}/kept".removeprefix("/") for path in manifest.backup.paths}
    assert wanted <= vault.items(first.archive).keys()


def test_s2_an_exclude_with_a_blank_leaves_out(vault: Vault, first: Run) -> None:
    """A pattern arrives at borg as one word."""
    items = vault.items(first.archive)
    assert [path for path in items if path.endswith(".tmp file")] == []


def test_words_and_environment_arrive_as_they_are(vault: Vault, first: Run, job: Job) -> None:
    """The command of a job gets exactly the words and variables of the manifest."""
    printed = json.loads(vault.content(first.archive, "backup/words/words.dump"))
    assert printed["words"] == list(job.command)
    assert {name: printed["environment"].get(name) for name in job.environment} == job.environment


def test_f6_every_database_is_dumped_and_restores(
    vault: Vault, first: Run, databases: tuple[str, ...]
) -> None:
    """Any name is dumped to a file of its own, which loads into a new database."""
    dumps = [path for path in vault.items(first.archive) if path.endswith(".dump")]
    found = [restored_rows(vault, first.archive, path) for path in dumps if "postgresql" in path]
    assert sorted(found) == sorted(f"row of {number}" for number in range(len(databases)))


def test_the_repository_can_be_checked(vault: Vault) -> None:
    """The check finds the repository as well."""
    assert back_up(vault, "backup-check").status == 0


def test_systemd_has_no_complaint(host: Host) -> None:
    """systemd-analyze verify, systemd-sysusers and systemd-tmpfiles find nothing to warn about."""
    assert host.complaints() == ""
