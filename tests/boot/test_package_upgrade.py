"""An upgrade while a backup runs: the run goes on as it began, and the next one is a new one."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import frozen

from tests.boot.backups import stamp
from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.boot.packages import PACKAGE, PINS, Edit, Package, deliver, replaced, status
from tests.boot.vault import Vault

pytestmark = pytest.mark.boot

PASSPHRASE = "correct horse"  # noqa: S105 - of a repository that lasts for a minute
OLD = """\
host: web1
target: debian-12
backup:
  repository: /mnt/vault/web1
  passphrase: /etc/credstore/borg-passphrase
  paths: [/srv/old]
external: {paths: [/srv/metrics]}
modules:
  prometheus: {folder: /srv/metrics}
  dump:
    shells: {user: games, command: [/usr/local/bin/slow, /etc/shells]}
    zone: {user: daemon, command: [/bin/cat, /etc/hosts]}
"""
NEW = """\
host: web1
target: debian-12
backup:
  repository: /mnt/vault/web1
  passphrase: /etc/credstore/borg-passphrase
  paths: [/srv/new]
  compression: none
modules:
  dump:
    tape: {user: daemon, command: [/usr/local/bin/slow, /etc/motd]}
    zone: {user: games, command: [/bin/cat, /etc/shells]}
"""
# Stands in for a slow machine: each of these waits as long as its gate is closed.
GATES = "/var/gates"
SLOW = f"#!/bin/sh\nwhile [ -e {GATES}/dump ]; do sleep 0.1; done\ncat $1\n"
BORG = f"""#!/bin/sh
for word; do
    while [ "$word" = "${{word#-}}" ] && [ -e "{GATES}/$word" ]; do sleep 0.1; done
done
exec /usr/bin/borg.slow "$@"
"""
MOMENTS = {
    "dump": "^/bin/sh /usr/local/bin/slow",
    "create": "^/bin/sh /usr/bin/borg .* create",
    "prune": "^/bin/sh /usr/bin/borg .* prune",
}
# Stands in for a machine that is so busy that systemd does not answer who asks what runs.
MUTE = "/var/mute"
SYSTEMCTL = """#!/bin/sh
case " $* " in *" list-units "* | *" list-jobs "*) exit 1 ;; esac
exec /usr/bin/systemctl "$@"
"""
NO_STOP = "#!/bin/sh\nexit 101\n"
PROGRAMS = "usr/lib/hostwright"
DONE = {
    "1": {
        "backup",
        "backup-prometheus@backup-success",
        "backup-shells",
        "backup-zone",
        "record of version 1",
        "paths of version 1",
        "srv/old/file",
    },
    "2": {
        "backup",
        "backup-tape",
        "backup-zone",
        "record of version 2",
        "paths of version 2",
        "srv/new/file",
    },
}
"""What a run of each version does, by the journal and by its archive."""


@frozen
class Site:
    """A host, its repository, and the versions of its package, by their numbers."""

    host: Host
    vault: Vault
    versions: dict[str, Package]

    def has(self, version: str) -> None:
        """Go up or down to a version, unless it is there."""
        if status(self.host) != f"installed {version}":
            self.versions[version].install(self.host)
        self.settle()

    @contextmanager
    def in_the_middle(self, moment: str) -> Iterator[None]:
        """Have a backup run that stands still at a moment, and goes on when the context ends."""
        gate = f"{GATES}/{moment}"
        self.host.write(gate, "")
        self.host.run("systemctl", "start", "--no-block", "backup.service")
        self.host.wait_for("pgrep", "--full", MOMENTS[moment])
        try:
            yield
        finally:
            self.host.run("rm", gate)
            self.settle()

    def settle(self) -> None:
        """Wait until nothing runs, and what was installed counts."""
        jobs = "systemctl list-jobs --no-legend 'backup*'"
        self.host.wait_for("sh", "-c", f'[ -z "$({jobs})" ] && [ ! -e {PINS} ]')

    def done(self, since: float) -> set[str]:
        """What the one run since a time (seconds since 1970) did; nothing of it may have failed."""
        journal = self.host.journal("backup*", since)
        assert "vanished" not in journal
        assert "Failed" not in journal, journal
        archive = self.vault.archives()[-1]
        paths = {path for path in self.vault.items(archive) if path.startswith("srv/")}
        units = re.findall(r"^Finished (\S+)\.service", journal, re.MULTILINE)
        said = re.findall(r"^\w+ of version \d$", journal, re.MULTILINE)
        return {*units, *said, *(path for path in paths if path.endswith("/file"))}


@pytest.fixture(scope="module")
def site(root: Path, release: str) -> Iterator[Site]:
    """A host with the first version, on a machine that can be made to stand still."""
    with booted(root, "web1") as init:
        host = Host(init)
        host.write("/etc/credstore/borg-passphrase", f"{PASSPHRASE}\n", mode=0o600)
        host.write("/usr/local/bin/slow", SLOW, mode=0o755)
        host.run("mv", "/usr/bin/borg", "/usr/bin/borg.slow")
        host.write("/usr/bin/borg", BORG, mode=0o755)
        host.run("mkdir", "--mode=755", GATES, "/srv/metrics")
        for name in ("old", "new"):
            host.write(f"/srv/{name}/file", name)
        versions = {
            version: deliver(host, release, text, version, *_signed(version))
            for version, text in (("1", OLD), ("2", NEW))
        }
        versions["1"].install(host)
        yield Site(host, Vault(host, "/mnt/vault/web1", PASSPHRASE), versions)


def _signed(version: str) -> Iterator[Edit]:
    """Have programs say which version they are of, and refuse to work with the other's."""
    said, word = f"of version {version}", f"--of={version}"
    main = 'def main() -> int:\n    """Read the command line."""\n'
    taken = f'    sys.argv.remove("{word}")\n    print("record {said}", file=sys.stderr)\n'
    yield replaced(f"{PROGRAMS}/paths", "set -eu\n", f"set -eu\necho paths {said}\n")
    yield replaced(f"{PROGRAMS}/dump", '"$record" --began', f'"$record" {word} --began')
    yield replaced(f"{PROGRAMS}/record", main, main + taken)


@pytest.mark.parametrize(
    ("moment", "before", "after"), [("dump", "1", "2"), ("create", "2", "1"), ("prune", "1", "2")]
)
def test_a_run_goes_on_undisturbed(site: Site, moment: str, before: str, after: str) -> None:
    """Whatever it is at, it ends as the version that it began as; the next one is new."""
    site.has(before)
    last, began = stamp(site.host), time.time()
    with site.in_the_middle(moment):
        site.versions[after].install(site.host)
        site.host.run("systemctl", "daemon-reload")
    assert site.done(began) == DONE[before]
    assert stamp(site.host) != last
    began = time.time()
    assert site.host.start("backup.service") == 0
    site.settle()
    assert site.done(began) == DONE[after]


def test_two_upgrades_during_one_run(site: Site) -> None:
    """It still ends as the version that it began as, and the next one is the last that came."""
    site.has("1")
    began = time.time()
    with site.in_the_middle("create"):
        site.versions["2"].install(site.host)
        site.versions["1"].install(site.host)
        site.versions["2"].install(site.host)
    assert site.done(began) == DONE["1"]
    began = time.time()
    assert site.host.start("backup.service") == 0
    site.settle()
    assert site.done(began) == DONE["2"]


def test_a_systemd_that_does_not_answer_is_no_leave_to_switch(site: Site) -> None:
    """Who cannot know whether a backup runs leaves it alone, and says so."""
    site.has("1")
    site.host.write(f"{MUTE}/systemctl", SYSTEMCTL, mode=0o755)
    began = time.time()
    with site.in_the_middle("create"):
        path = f"PATH={MUTE}:/usr/sbin:/usr/bin:/sbin:/bin"
        upgrade = ("dpkg", "--install", site.versions["2"].file)
        assert site.host.run("env", path, *upgrade, check=False).returncode != 0
        site.host.run("systemctl", "daemon-reload")
        site.host.run("dpkg", "--configure", "--pending")
    assert site.done(began) == DONE["1"]


def test_a_removal_during_a_run_claims_no_success(site: Site) -> None:
    """A run that the package of its units has left is stopped, whatever policy-rc.d says."""
    site.has("1")
    last = stamp(site.host)
    site.host.write("/usr/sbin/policy-rc.d", NO_STOP, mode=0o755)
    with site.in_the_middle("create"):
        site.versions["2"].install(site.host)
        site.host.run("dpkg", "--remove", PACKAGE)
        assert site.host.show("backup.service", "LoadState") == "not-found"
        assert site.host.run("ls", "/run/systemd/system").stdout == ""
    assert stamp(site.host) == last
