"""A package over a setup that was made by hand, as the seed of this project has it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import frozen

from tests.boot.backups import back_up
from tests.boot.bad_day import Entry, everything
from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.boot.packages import PACKAGE, Package, deliver, status, timers
from tests.boot.vault import Vault

pytestmark = pytest.mark.boot

PASSPHRASE = "correct horse"  # noqa: S105 - of a repository that lasts for a minute
REPOSITORY = "/mnt/vault/web1"
SYSTEM = "/etc/systemd/system"
DUMP = f"{SYSTEM}/backup-postgresql.service"
DROPIN = f"{SYSTEM}/backup.service.d/10-postgresql.conf"
TIMERS = ("backup-check.timer", "backup-stale.timer", "backup.timer")
SCRIPT = "/usr/local/bin/backup.sh"
HAND_MADE = {
    SCRIPT: f"""\
#!/bin/bash
set -e
export BORG_PASSPHRASE="{PASSPHRASE}"
borg create "{REPOSITORY}::web1-$(date +%F-%H%M%S)" /etc/hosts /backup
borg prune --glob-archives 'web1-*' --keep-daily=30 "{REPOSITORY}"
""",
    f"{SYSTEM}/backup.service": f"""\
[Unit]
Description=borg backup

[Service]
Type=oneshot
User=borg
Group=borg
ExecStart={SCRIPT}
ExecStartPost=+/usr/bin/touch /backup.last
AmbientCapabilities=CAP_DAC_READ_SEARCH
ProtectSystem=strict
ReadWritePaths=/home/borg/.cache/borg /home/borg/.config/borg {REPOSITORY}
""",
    f"{SYSTEM}/backup.timer": """\
[Timer]
OnCalendar=03:00

[Install]
WantedBy=timers.target
""",
    DROPIN: "[Service]\nExecStartPre=!/bin/systemctl start backup-postgresql.service\n",
    DUMP: """\
[Service]
Type=oneshot
User=postgres
SupplementaryGroups=borg
UMask=0027
ExecStart=/bin/sh -c 'pg_dumpall >/backup/postgresql.sql'
""",
}
MANIFEST = f"""\
host: web1
target: debian-12
backup:
  repository: {REPOSITORY}
  encryption: repokey-blake2
  passphrase: /etc/credstore/borg-passphrase
  paths: [/srv]
package: {{preflight: warn}}
"""
PACKAGES = {
    "1": MANIFEST,
    "2": f"{MANIFEST}modules: {{postgresql: }}\n",
    "3": MANIFEST.replace("warn", "strict"),
}


HIDES, CHANGES, LEFT = "hides the compiled unit", "changes the unit", "is not of this tree"
TOLD = {
    f"{SYSTEM}/backup.service": f"FAIL {HIDES}",
    f"{SYSTEM}/backup.timer": f"FAIL {HIDES}",
    DROPIN: f"note {CHANGES}",
    DUMP: f"note {LEFT}",
}
_LINE = re.compile(rf" *(FAIL|note)  unit \S+: (/\S+) ({HIDES}|{CHANGES}|{LEFT})")
_COMMAND = re.compile(r"(?:systemctl disable --now \S+; )?rm \S+(?=, then systemctl daemon-reload)")


@frozen
class Site:
    """A host with the setup, and packages for it by their versions."""

    host: Host
    vault: Vault
    versions: dict[str, Package]

    def hand_made(self) -> dict[str, Entry]:
        """All that was made by hand, and the repository."""
        return everything(self.host, "/etc", "/usr/local", REPOSITORY)

    @contextmanager
    def installed(self, version: str) -> Iterator[str]:
        """Have a version installed that is purged afterwards; gives what was said."""
        # The name of the timer is that of the package's, which is stopped with it.
        self.host.run("systemctl", "start", "backup.timer")
        try:
            yield self.versions[version].install(self.host, check=False).stderr
        finally:
            self.host.run("dpkg", "--purge", PACKAGE)


@pytest.fixture(scope="module")
def site(root: Path, release: str) -> Iterator[Site]:
    """A host that has been backed up by the setup."""
    with booted(root, "web1") as init:
        host = Host(init)
        host.run("useradd", "--system", "--create-home", "borg")
        host.run("install", "-d", "-o", "borg", "-g", "borg", "-m", "770", "/backup", REPOSITORY)
        for folder in (".cache", ".cache/borg", ".config", ".config/borg"):
            host.run(
                "install", "-d", "-o", "borg", "-g", "borg", "-m", "700", f"/home/borg/{folder}"
            )
        for path, text in HAND_MADE.items():
            host.write(path, text, mode=0o700 if path == SCRIPT else 0o644)
        host.run("chown", "borg:", SCRIPT)
        host.write("/etc/credstore/borg-passphrase", f"{PASSPHRASE}\n", mode=0o600)
        host.run("chmod", "700", "/etc/credstore")
        host.run("systemctl", "enable", "--now", "backup.timer")
        vault = Vault(host, REPOSITORY, PASSPHRASE)
        vault.run("borg", "init", "--encryption=repokey-blake2", user="borg")
        assert back_up(vault).status == 0
        versions = {one: deliver(host, release, text, one) for one, text in PACKAGES.items()}
        yield Site(host, vault, versions)


def told(said: str) -> dict[str, str]:
    """What was said about each file, and how grave it is."""
    return {file: f"{level} {what}" for level, file, what in _LINE.findall(said)}


def test_each_file_is_told_by_what_it_does(site: Site) -> None:
    """What hides a unit, what changes one, and what only lies there: and all of it stays."""
    before = site.hand_made()
    with site.installed("1") as said:
        assert told(said) == TOLD
        assert site.hand_made() == before
        assert status(site.host) == "installed 1"
        assert timers(site.host) == TIMERS
        assert site.host.show("backup.service", "FragmentPath") == f"{SYSTEM}/backup.service"
    assert site.hand_made() == before


def test_a_module_makes_a_leftover_hide_its_unit(site: Site) -> None:
    """The dump that was made by hand goes before the compiled one."""
    before = site.hand_made()
    with site.installed("2") as said:
        assert told(said) == TOLD | {DUMP: f"FAIL {HIDES}"}
        assert site.hand_made() == before


def test_strict_refuses_until_the_report_is_followed(site: Site) -> None:
    """What was made by hand backs up until then; from then on, into the same repository."""
    before = site.hand_made()
    with site.installed("3") as said:
        assert told(said) == TOLD
        assert status(site.host) == "half-configured 3"
        assert site.hand_made() == before
        assert timers(site.host) == ("backup.timer",)
        old = back_up(site.vault)
        assert old.status == 0
        for command in _COMMAND.findall(said):
            site.host.run("sh", "-euc", command)
        site.host.run("systemctl", "daemon-reload")
        assert told(site.host.run("dpkg", "--configure", "--pending").stderr) == {}
        assert status(site.host) == "installed 3"
        assert timers(site.host) == TIMERS
        assert "/lib/systemd/system/" in site.host.show("backup.service", "FragmentPath")
        archives = site.vault.archives()
        new = back_up(site.vault)
        assert new.status == 0
        assert site.vault.archives() == (*archives, new.archive)
        assert old.archive in archives
