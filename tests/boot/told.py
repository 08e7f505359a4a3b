"""What the servers and files were told of one run on a booted host."""

import json
import re
import time
from pathlib import Path

from attrs import frozen

from tests import receiver
from tests.boot.laboratory import Host
from tests.receiver import Request

KEY = "k3y-of-the-project"
FOLDER = "/root/receiver"
TEXTFILES = "/var/lib/prometheus/node-exporter"
NOTIFIERS = ("healthchecks", "ntfy", "prometheus")


@frozen
class Told:
    """What came of one start: its exit status, and what each server and file was told of it."""

    status: int
    seconds: float
    pings: tuple[Request, ...]
    pushes: tuple[Request, ...]
    metrics: dict[str, float]
    journal: str

    @property
    def paths(self) -> list[str]:
        """Where the pings went, without the server's own part."""
        return [one.path.removeprefix(f"/ping/{KEY}/") for one in self.pings]

    @property
    def push(self) -> dict[str, object]:
        """The one message that was published."""
        [request] = self.pushes
        return dict(json.loads(request.body))

    @property
    def result(self) -> str:
        """The class of the last run that the metrics show."""
        shown = "|".join(name for name, value in self.metrics.items() if "result" in name and value)
        return re.sub(r'.*class="(.*?)".*', r"\1", shown)


def run(host: Host, outcome: str = "success", unit: str = "backup") -> Told:
    """Start a unit, and wait until all notifiers have told of it."""
    began = time.time()
    host.run("systemctl", "reset-failed")
    status = host.run("systemctl", "start", f"{unit}.service", check=False).returncode
    seconds = time.time() - began
    units = " ".join(f"UNIT=backup-{one}@{unit}-{outcome}.service" for one in NOTIFIERS)
    ended = f"journalctl --quiet --since=@{began:.6f} JOB_RESULT=done JOB_RESULT=failed {units}"
    host.wait_for("sh", "-c", f"test $({ended} | wc -l) -ge {len(NOTIFIERS)}")
    return Told(
        status,
        seconds,
        _requests(host, "pings"),
        _requests(host, "pushes"),
        metrics(host, unit),
        host.journal("backup*", began),
    )


def _requests(host: Host, name: str) -> tuple[Request, ...]:
    file = host.path(f"{FOLDER}/{name}/requests")
    lines = file.read_text().splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    return tuple(Request(*json.loads(line)) for line in lines)


def metrics(host: Host, unit: str) -> dict[str, float]:
    """The samples in the file of a unit."""
    text = host.path(f"{TEXTFILES}/hostwright-{unit}.prom").read_text()
    samples = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in samples}


def serve(host: Host, name: str, port: int, *certificate: str) -> None:
    """Start a server on the host."""
    program = ("python3", f"{FOLDER}/receiver.py", str(port), f"{FOLDER}/{name}", *certificate)
    host.run("mkdir", "-p", f"{FOLDER}/{name}")
    host.write(f"{FOLDER}/receiver.py", Path(receiver.__file__).read_text())
    host.run("systemd-run", "--quiet", f"--unit={name}", *program)
    host.wait_for(
        "python3", "-c", f"import socket; socket.create_connection(('127.0.0.1', {port}))"
    )
