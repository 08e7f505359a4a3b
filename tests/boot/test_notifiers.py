"""Healthchecks, ntfy and Prometheus: who is told what, by real units to real servers."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.boot.container import booted
from tests.boot.laboratory import Host
from tests.boot.releases import tree_for
from tests.boot.told import FOLDER, KEY, TEXTFILES, Told, metrics, run, serve

pytestmark = pytest.mark.boot

MANIFEST = """
host: web1
target: debian-12
backup:
  repository: /mnt/vault/web1
  passphrase: /etc/credstore/borg-passphrase
  paths: [/etc]
modules:
  dump: {motd: {user: daemon, command: [/bin/cat, /etc/motd]}}
  healthchecks:
    url: https://hc.example.org:8443/ping
    ping_key: /etc/credstore/ping-key
    log_lines: 100
  ntfy:
    server: http://push.example.org:8080
    topic_file: /etc/credstore/topic
    token: /etc/credstore/token
    success: true
  prometheus:
"""
TOPIC, TOKEN = "nobody-guesses-this", "tk_s3cret"
CERTIFY = """
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=hc \
    -addext subjectAltName=DNS:hc.example.org -keyout key.pem -out certificate.pem
cp certificate.pem "/etc/ssl/certs/$(openssl x509 -hash -noout -in certificate.pem).0"
"""
NOTHING = ("ExecStart=", "ExecStart=/bin/true")
READ = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())"


@pytest.fixture(scope="module")
def host(root: Path, release: str) -> Iterator[Host]:
    """A host with two servers: one that it trusts by a certificate, and one without TLS."""
    with booted(root, "web1") as init:
        host = Host(init)
        host.write("/etc/hosts", "127.0.0.1 localhost\n127.0.0.8 hc.example.org push.example.org\n")
        host.write("/etc/motd", "hello\n")
        for name, secret in (("ping-key", KEY), ("topic", TOPIC), ("token", TOKEN)):
            host.write(f"/etc/credstore/{name}", f"{secret}\n", mode=0o600)
        host.write("/etc/credstore/borg-passphrase", "correct horse\n", mode=0o600)
        host.run("mkdir", FOLDER)
        host.run("sh", "-ec", f"cd {FOLDER}; {CERTIFY}")
        serve(host, "pings", 8443, f"{FOLDER}/certificate.pem", f"{FOLDER}/key.pem")
        serve(host, "pushes", 8080)
        host.install(tree_for(release, MANIFEST))
        yield host


@pytest.fixture(scope="module")
def first(host: Host) -> Told:
    """The first run, which succeeds."""
    return run(host)


@pytest.fixture(scope="module")
def failed(host: Host, first: Told) -> Told:
    """A run whose dump fails, after one that succeeded."""
    assert first.status == 0
    says = """ExecStart=/bin/sh -c "echo das Gerät ist weg; exit 3\""""
    with host.dropin("backup-motd.service", "ExecStart=", says):
        return run(host, "failure")


def test_healthchecks_hears_of_start_and_success(first: Told) -> None:
    """Over HTTPS, in this order; the second with what borg has logged."""
    assert first.paths == ["web1-backup/start?create=1", "web1-backup?create=1"]
    assert first.pings[1].body.startswith("backup.service on web1: success\n")
    assert "Archive name: web1-" in first.pings[1].body


def test_healthchecks_hears_of_a_failure(failed: Told) -> None:
    """With what the dump has said, which ran in a unit of its own."""
    assert failed.paths == ["web1-backup/start?create=1", "web1-backup/fail?create=1"]
    assert "sh: das Gerät ist weg" in failed.pings[1].body
    assert "Units that have failed: backup-motd.service\n" in failed.pings[1].body


def test_telephones_ring_for_a_failure_only(first: Told, failed: Told) -> None:
    """A success has low priority, a failure a high one; the token is sent."""
    assert (first.push["title"], first.push["priority"]) == ("web1: backup success", 2)
    assert (failed.push["title"], failed.push["priority"]) == ("web1: backup FAILED", 4)
    assert "das Gerät ist weg" in str(failed.push["message"])
    assert failed.pushes[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert failed.push["topic"] == TOPIC


def test_metrics_of_success_and_failure(host: Host, first: Told, failed: Told) -> None:
    """The time of the last success is that of the stamp, and stays; so does the last archive."""
    labels = '{host="web1",unit="backup"}'
    success = f"hostwright_last_success_timestamp_seconds{labels}"
    size = f"hostwright_last_archive_original_bytes{labels}"
    assert first.result == "success"
    assert failed.result == "failure"
    stamp = host.path("/backup.last").stat().st_mtime
    assert first.metrics[success] == failed.metrics[success] == pytest.approx(stamp, abs=0.001)
    assert first.metrics[size] == failed.metrics[size] > 100_000
    assert first.metrics[f"hostwright_last_archive_files{labels}"] > 100


def test_node_exporter_shows_the_metrics(host: Host, first: Told) -> None:
    """Debian's own reads the file, and shows what is in it over HTTP."""
    host.run(
        "systemd-run", "--quiet", "--uid=prometheus", "--unit=exporter", "prometheus-node-exporter"
    )
    host.wait_for("python3", "-c", READ, "http://127.0.0.1:9100/metrics")
    shown = host.run("python3", "-c", READ, "http://127.0.0.1:9100/metrics").stdout
    host.run("systemctl", "stop", "exporter.service")
    assert "\nnode_textfile_scrape_error 0\n" in shown
    assert first.status == 0
    names = {name for name in metrics(host, "backup") if "class=" not in name}
    assert len(names) > 5
    assert {name for name in names if f"\n{name} " not in shown} == set()


def test_the_metrics_are_out_of_reach_of_their_writer(host: Host, first: Told) -> None:
    """The folder is root's, and nothing else is in it; everybody can read the file."""
    assert first.status == 0
    file = host.path(f"{TEXTFILES}/hostwright-backup.prom").stat()
    assert (file.st_uid, file.st_mode & 0o777) == (0, 0o644)
    assert not host.succeeds("test", "-w", TEXTFILES, user="backup-notify")
    assert list(host.path(TEXTFILES).glob("*.new")) == []


@pytest.mark.parametrize(
    ("lines", "result"),
    [
        (("ExecStart=", "ExecStart=/bin/sh -c 'kill -9 $$$$'"), "signal"),
        (("ExecStart=", "ExecStart=/bin/sleep 60", "TimeoutStartSec=2"), "timeout"),
        (("ExecStart=", "ExecStart=/bin/sh -c 'exit 2'"), "failure"),
    ],
)
def test_the_class_says_how_it_failed(host: Host, lines: tuple[str, ...], result: str) -> None:
    """What systemd says about a run becomes a word for rules and panels."""
    with host.dropin("backup.service", *lines):
        assert run(host, "failure").result == result


def test_a_run_that_could_not_start_is_told(host: Host, failed: Told) -> None:
    """When a mount that it requires fails, nothing is said about the run before."""
    assert failed.result == "failure"
    host.write(
        "/etc/systemd/system/broken.service", "[Service]\nExecStart=/nothing\nType=oneshot\n"
    )
    unit = "[Unit]\nRequires=broken.service\nAfter=broken.service\n"
    host.write("/etc/systemd/system/backup.service.d/98-broken.conf", unit)
    host.run("systemctl", "daemon-reload")
    told = run(host, "failure")
    host.run("rm", "/etc/systemd/system/backup.service.d/98-broken.conf")
    host.run("systemctl", "daemon-reload")
    assert told.result == "not-started"
    assert "Result: not-started" in told.pings[-1].body
    assert "das Gerät ist weg" not in told.pings[-1].body
    assert "Dependency failed for backup.service" in told.pings[-1].body


def test_silent_servers_do_not_harm_the_backup(host: Host) -> None:
    """It is late by the tries of the start ping at most; the units of the notifiers have failed."""
    host.run("systemctl", "stop", "pings.service", "pushes.service")
    told = run(host)
    serve(host, "pings", 8443, f"{FOLDER}/certificate.pem", f"{FOLDER}/key.pem")
    serve(host, "pushes", 8080)
    assert told.status == 0
    assert told.seconds < 60
    assert told.result == "success"
    assert "did not take it: [Errno 111] Connection refused" in told.journal
    assert "Failed to start backup-healthchecks@backup-success.service" in told.journal


def test_a_refusal_is_logged_without_secrets(host: Host) -> None:
    """Even when the server repeats them, keys, tokens and secret topics are in no journal."""
    for name, secrets in (("pings", KEY), ("pushes", f"{TOKEN} {TOPIC}")):
        host.write(f"{FOLDER}/{name}/answers", json.dumps([[403, f"{secrets} may not"]]))
    with host.dropin("backup.service", *NOTHING):
        told = run(host)
    for name in ("pings", "pushes"):
        host.write(f"{FOLDER}/{name}/answers", "[[200]]")
    assert told.status == 0
    assert (
        "healthchecks: https://hc.example.org:8443 did not take it: 403 Forbidden" in told.journal
    )
    assert not any(secret in host.journal("*") for secret in (KEY, TOKEN, TOPIC))


def test_a_certificate_of_nobody_is_refused(host: Host) -> None:
    """The server must be the one that was asked for: no key is sent to another."""
    other = "127.0.0.8 imposter.example.org\n"
    host.path("/etc/hosts").write_text(f"{host.path('/etc/hosts').read_text()}{other}")
    program = "/usr/lib/hostwright/healthchecks https://imposter.example.org:8443 web1 0 %i"
    with (
        host.dropin("backup-healthchecks@.service", "ExecStart=", f"ExecStart={program}"),
        host.dropin("backup.service", *NOTHING),
    ):
        told = run(host)
    assert told.pings == ()
    assert "CERTIFICATE_VERIFY_FAILED" in told.journal


@pytest.mark.parametrize(
    ("name", "ceiling"), [("healthchecks", 1.6), ("ntfy", 1.6), ("prometheus", 1.0)]
)
def test_a_notifier_is_hardly_exposed(host: Host, name: str, ceiling: float) -> None:
    """What talks to the network is as little exposed as a backup that does."""
    assert host.exposure(f"backup-{name}@backup-success.service") <= ceiling
