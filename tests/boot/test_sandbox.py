"""S11: the hardening that must not be is refused, and by hand it breaks what the report says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.boot.backups import back_up, stamp
from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.boot.releases import TARGETS, tree_for
from tests.boot.software import keep_all_mail
from tests.boot.vault import Vault
from tests.support import compile_text

pytestmark = pytest.mark.boot

PASSPHRASE = "correct horse"  # noqa: S105 - of a repository that lasts for a minute
NOTIFY = "backup-notify@.service"
MANIFEST = """
host: web1
target: debian-12
backup:
  repository: /mnt/vault/web1
  passphrase: /etc/credstore/borg-passphrase
  paths: [/home, /srv]
  home: /var/lib/borg
  mail: ops@example.org
modules:
  dump:
    motd: {user: daemon, command: [/bin/cat, /etc/motd]}
"""


@pytest.fixture(scope="module")
def host(root: Path, release: str) -> Iterator[Host]:
    """A host with a letter of alice's in a home, and a file of the games'."""
    with booted(root, "web1") as init:
        host = Host(init)
        keep_all_mail(host)
        host.write("/etc/credstore/borg-passphrase", f"{PASSPHRASE}\n", mode=0o600)
        host.write("/home/alice/letter", "dear diary\n")
        host.write("/srv/score", "100\n", owner="games:games")
        host.install(tree_for(release, MANIFEST))
        yield host


@pytest.fixture(scope="module")
def vault(host: Host) -> Vault:
    """Its repository, after a first run that succeeds."""
    vault = Vault(host, "/mnt/vault/web1", PASSPHRASE)
    first = back_up(vault)
    assert "home/alice/letter" in vault.items(first.archive)
    assert vault.items(first.archive)["srv/score"].user == "games"
    return vault


@pytest.mark.parametrize(
    ("unit", "directive", "reason"),
    [
        ("backup.service", "ProtectHome", 'the homes would be empty to borg, and "/home" is'),
        ("backup.service", "PrivateUsers", "would be archived as nobody"),
        ("backup.service", "SuccessExitStatus", "a dump that failed would count as success"),
        (NOTIFY, "LockPersonality", "it keeps postfix's programs from taking the mail"),
    ],
)
def test_s11_it_is_refused_with_the_reason(
    release: str, unit: str, directive: str, reason: str
) -> None:
    """No manifest compiles that sets it, and the diagnostic says what would break."""
    value = "1" if directive == "SuccessExitStatus" else "true"
    override = f"units:\n  {unit}: {{Service: {{{directive}: {value}}}}}\n"
    text = re.sub("debian-12", TARGETS[release], MANIFEST)
    compiled = compile_text(f"{text}{override}")
    assert compiled.tree is None
    assert [one for one in compiled.diagnostics if reason in one.message] == [*compiled.diagnostics]


def test_s11_protect_home_empties_the_homes(host: Host, vault: Vault) -> None:
    """ProtectHome=true by hand: the homes are in the archive, and there is nothing in them."""
    with host.dropin("backup.service", "ProtectHome=true"):
        run = back_up(vault)
    assert "srv/score" in vault.items(run.archive)
    assert "home/alice/letter" not in vault.items(run.archive)


def test_s11_private_users_makes_owners_nobody(host: Host, vault: Vault) -> None:
    """PrivateUsers=true by hand: whoever is neither root nor borg is archived as nobody."""
    with host.dropin("backup.service", "PrivateUsers=true"):
        run = back_up(vault)
    assert vault.items(run.archive)["srv/score"].user == "nobody"


def test_s11_success_exit_status_hides_a_failed_dump(host: Host, vault: Vault) -> None:
    """SuccessExitStatus=1 by hand: without its dump the run claims to be a success."""
    before = stamp(host)
    with (
        host.dropin("backup.service", "SuccessExitStatus=1"),
        host.dropin("backup-motd.service", "ExecStart=", "ExecStart=/bin/false"),
    ):
        run = back_up(vault)
    assert run.status == 0
    assert run.stamp != before


def test_s11_lock_personality_takes_the_group_of_postfix_away(host: Host, vault: Vault) -> None:
    """LockPersonality=true by hand, in a unit as the seed has it: no mail is handed in.

    systemd lets no program gain rights then, and postdrop is to gain its group. The compiled unit
    has that group from the start, and so its mail goes out all the same.
    """
    assert back_up(vault).subjects == ("web1: backup success",)
    mail = "backup-notify@backup-success.service"
    locked = ("LockPersonality=true", "TimeoutStartSec=5s")
    with host.dropin(NOTIFY, *locked, "SupplementaryGroups="):
        assert host.start(mail) != 0
    with host.dropin(NOTIFY, *locked):
        assert host.start(mail) == 0
