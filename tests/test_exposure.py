"""How exposed each unit is, by `systemd-analyze security`: 0 is nothing, 10 is everything.

The ceilings are what was reached on a booted Debian with real backups, dumps and mail working. What
remains of a local backup is one capability, the homes and the other users, all of which borg reads;
of a remote one, the network.
"""

import re
import subprocess
from pathlib import Path

import pytest

from compiler.write import write
from tests.support import files_of, host_names, need, tree_of

_LOCAL, _REMOTE = 0.7, 1.6
_CEILINGS = {
    "backup-notify@.service": 1.2,
    "backup-postgresql.service": 0.5,
    "backup-gitea.service": 0.5,
}
_NOTIFIERS = {
    # Talk to another host.
    "backup-healthchecks@.service": 1.2,
    "backup-ntfy@.service": 1.2,
}
_JOB = 0.5
_OWN_CEILINGS = {
    # Reads /tmp and /usr/lib/modules, which the sandbox would hide.
    ("relaxed", "backup.service"): 1.0,
    # Needs the network, devices and memory that is both writable and executable.
    ("relaxed", "backup-tapes.service"): 1.7,
    # Needs the network.
    ("all-modules", "backup-telephones.service"): 1.2,
}
_OVERALL = re.compile(r"Overall exposure level for \S+: ([0-9.]+) ")


@pytest.mark.parametrize("host", host_names())
def test_no_unit_is_more_exposed_than_it_must_be(host: str, tmp_path: Path) -> None:
    """Each service of a golden host stays below the ceiling of its kind."""
    need("systemd-analyze")
    write(tree_of(host), str(tmp_path / "root"))
    services = [name for name in map(_name, files_of(host)) if name.endswith(".service")]
    measured = {service: _exposure(tmp_path / "root", service) for service in services}
    too_high = {
        service: f"{number}, allowed is {_ceiling(host, service)}"
        for service, number in measured.items()
        if number > _ceiling(host, service)
    }
    assert too_high == {}, f"all of {host}: {measured}"


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _exposure(root: Path, service: str) -> float:
    instance = service.replace("@.", "@backup-success.")
    words = ("security", "--offline=yes", f"--root={root}", "--no-pager", instance)
    answer = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=True)
    found = _OVERALL.search(answer.stdout)
    assert found is not None, answer.stderr
    return float(found[1])


def _ceiling(host: str, service: str) -> float:
    if (own := _OWN_CEILINGS.get((host, service))) is not None:
        return own
    if service in {"backup.service", "backup-check.service", "backup-drill.service"}:
        return _REMOTE if _is_remote(host) else _LOCAL
    return (_CEILINGS | _NOTIFIERS).get(service, _JOB)


def _is_remote(host: str) -> bool:
    unit = next(file for path, file in files_of(host).items() if _name(path) == "backup.service")
    return "BORG_REPO=ssh://" in unit.text
