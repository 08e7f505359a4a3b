"""Roots to boot, the host that most tests look at, and its journal when a test fails."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.boot import roots
from tests.boot.backups import Run, back_up
from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.boot.releases import TARGETS, tree_for
from tests.boot.remote import Remote
from tests.boot.software import (
    create_database,
    create_gitea,
    gitea_writing,
    keep_all_mail,
    sql,
)
from tests.boot.vault import Vault

JOURNAL_LINES = 80
SHOWN = ("backup*", "restore*", "drill*", "ssh*")
MANIFEST = Path(__file__).parent / "hosts" / "local.yaml"
PASSPHRASE = "correct horse"  # noqa: S105 - of a repository that lasts for a minute


def _root(release: str) -> Path:
    if reason := roots.missing():
        if os.environ.get("HOSTWRIGHT_BOOT") == "required":
            pytest.fail(f"HOSTWRIGHT_BOOT=required, but {reason}")
        pytest.skip(reason)
    return roots.root(release)


@pytest.fixture(scope="session")
def bookworm() -> Path:
    """The root of Debian 12."""
    return _root("bookworm")


@pytest.fixture(scope="session")
def trixie() -> Path:
    """The root of Debian 13."""
    return _root("trixie")


@pytest.fixture(scope="module", params=TARGETS)
def release(request: pytest.FixtureRequest) -> str:
    """Each Debian release in turn, by its code name: whatever is about a host is about both."""
    return str(request.param)


@pytest.fixture(scope="module")
def root(release: str) -> Path:
    """The root of that release."""
    return _root(release)


@pytest.fixture(scope="module")
def host(root: Path, release: str) -> Iterator[Host]:
    """A host with all its software and the compiled tree, but without the passphrase."""
    tree = tree_for(release, MANIFEST.read_text())
    with booted(root, "web1") as init:
        host = Host(init)
        keep_all_mail(host)
        create_gitea(host)
        create_database(host, "shop", "a row to keep")
        sql(host, "CREATE ROLE clerk LOGIN")
        host.write("/etc/optional", "as good as gold\n")
        host.write("/srv/secret", "for root only\n", mode=0o600)
        host.write("/home/alice/letter", "dear diary\n", mode=0o600)
        host.install(tree)
        yield host


@pytest.fixture(scope="module")
def vault(host: Host) -> Vault:
    """The repository of that host."""
    return Vault(host, "/mnt/vault/web1", PASSPHRASE)


@pytest.fixture(scope="module")
def failed(host: Host, vault: Vault) -> Run:
    """The very first run, which fails: nobody has put the passphrase in place."""
    assert not host.path("/etc/credstore/borg-passphrase").exists()
    return back_up(vault)


@pytest.fixture(scope="module")
def first(host: Host, vault: Vault, failed: Run) -> Run:
    """The first run that succeeds, while Gitea is writing."""
    assert failed.status != 0
    host.write("/etc/credstore/borg-passphrase", f"{PASSPHRASE}\n", mode=0o600)
    with gitea_writing(host, "committed"):
        return back_up(vault)


def _hosts(fixtures: dict[str, object]) -> Iterator[tuple[str, Host]]:
    for name, value in fixtures.items():
        if isinstance(value, Host):
            yield name, value
        elif isinstance(value, Remote):
            yield from (("client", value.client), ("server", value.server))


def _last_words(host: Host) -> str:
    units = (f"--unit={pattern}" for pattern in SHOWN)
    shown = ("journalctl", "--no-pager", "--output=short-iso", f"--lines={JOURNAL_LINES}", *units)
    return host.run(*shown, check=False).stdout


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the units of its hosts logged last, when a test fails."""
    report = yield
    if report.when == "call" and report.failed:
        for name, host in _hosts(getattr(item, "funcargs", {})):
            report.sections.append((f"journal of {name}", _last_words(host)))
    return report
