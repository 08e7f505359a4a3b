"""What imports cost: python benchmarks/imports.py.

A host with five imports and ten modules, four of them the user's own, against the same host in one
file, which `hostwright show` writes. Each compile is a process of its own, over the same tree, and
the two take turns; the ratio is that of their medians. Says PASS or over, and always exits with 0.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
TARGET = 1.2
PROFILES = {
    "base": """\
target: !default debian-12
backup:
  passphrase: /etc/credstore.encrypted/borg-passphrase
  ssh_key: /etc/credstore.encrypted/borg-ssh-key
  trust_on_first_use: true
  paths: [/etc, /root, /usr/local]
  exclude: ["*.pyc", sh:/root/.cache]
  schedule: !default {at: "*-*-* 02:00", jitter: 2h}
  keep: !default {daily: 14, weekly: 8, monthly: 12}
  mail: !default backup@shop.example
""",
    "monitoring": """\
modules:
  prometheus:
  healthchecks: {ping_key: /etc/credstore/healthchecks-ping-key, url: https://hc.shop.example}
  ntfy: {topic_file: /etc/credstore/ntfy-topic}
""",
    "database": """\
backup: {drill: !default monthly, paths: [/srv/dumps]}
modules:
  postgresql: {exclude: [scratch], timeout: !default 4h}
units:
  backup-postgresql.service: {Service: {MemoryHigh: !default 2G}}
""",
    "web": """\
backup:
  paths: [/var/www, /var/log/nginx]
  exclude: [sh:/var/www/*/cache, sh:/var/www/*/sessions]
modules:
  gitea: {user: !default git, required: false}
  dump:
    wiki: {user: www-data, command: [/usr/local/bin/wiki-export], timeout: !default 1h}
""",
    "shop": """\
module_path: [modules]
modules: {orders: , parcels: , returns: , stock: {data: /srv/warehouse}}
""",
}
HOST = """\
imports: [base.yaml, monitoring.yaml, database.yaml, web.yaml, shop.yaml]
host: shop1
backup:
  repository: ssh://shop1@vault.shop.example/./shop1
  schedule: {jitter: 30m}
  paths: [!remove /var/log/nginx, /srv/uploads]
modules:
  postgresql: {timeout: 6h}
"""
MODULE = '''"""{name}: its data is archived as files."""

from collections.abc import Iterator

from attrs import frozen

from schema.module import Host, Module
from schema.option import option
from schema.resources import Archive, Resource
from schema.scalars import AbsolutePath


@frozen(eq=False, repr=False)
class {title}(Module):
    """A part of the shop."""

    data: AbsolutePath = option(default=AbsolutePath.known("/srv/{name}"), help="its data")

    def declare(self, host: Host) -> Iterator[Resource]:
        yield Archive(self.data, "its data", option=("data",))
'''


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=30, help="runs of each (30)")
    rounds = parser.parse_args().rounds
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with TemporaryDirectory(dir=memory) as folder:
        _write(Path(folder))
        bench = Bench(Path(folder))
        imports, one = bench.medians(("host", "one"), rounds)
    ratio = imports / one
    verdict = "PASS" if ratio <= TARGET else "over"
    print(f"  five imports, ten modules {imports:8.1f} ms")
    print(f"  the same in one file      {one:8.1f} ms")
    print(f"  ratio {ratio:.3f}, target {TARGET}: {verdict}")


def _write(folder: Path) -> None:
    (folder / "modules").mkdir()
    for name in ("orders", "parcels", "returns", "stock"):
        text = MODULE.format(name=name, title=name.title())
        (folder / "modules" / f"{name}.py").write_text(text)
    for name, text in {**PROFILES, "host": HOST}.items():
        (folder / f"{name}.yaml").write_text(text)


class Bench:
    """The measurements, in a folder with the host."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {
            name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
        }
        shown = self._run("show", str(folder / "host.yaml"))
        (folder / "one.yaml").write_text(shown)
        for name in ("host", "one"):
            self._compile(name)
        if subprocess.call(["diff", "-r", str(folder / "out-host"), str(folder / "out-one")]):
            sys.exit("imports: the two trees are not the same")

    def medians(self, names: tuple[str, str], rounds: int) -> list[float]:
        """Milliseconds of each compile; they take turns, and which comes first changes."""
        taken: dict[str, list[float]] = {name: [] for name in names}
        for number in range(rounds):
            for name in names if number % 2 else reversed(names):
                began = time.perf_counter()
                self._compile(name)
                taken[name].append((time.perf_counter() - began) * 1_000)
        return [statistics.median(taken[name]) for name in names]

    def _compile(self, name: str) -> None:
        self._run("compile", str(self._folder / f"{name}.yaml"), "-o", f"{self._folder}/out-{name}")

    def _run(self, *words: str) -> str:
        command = [sys.executable, "-m", "compiler", *words]
        done = subprocess.run(
            command, check=True, cwd=ROOT, env=self._environment, stdout=subprocess.PIPE, text=True
        )
        return done.stdout


if __name__ == "__main__":
    main()
