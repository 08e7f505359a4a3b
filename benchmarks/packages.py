"""What packages cost, against dpkg-deb -b of the same trees: python benchmarks/packages.py.

Both take turns, and are compared by their medians; nothing is left out of either: dpkg-deb packs a
build tree that stands ready, Hostwright reads the tree, checks it against its stamp and packs it.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from run import MANIFEST, ROOT, medians, say

DPKG = ["dpkg-deb", "--root-owner-group", "--build"]


def main() -> None:
    """Measure and print."""
    arguments = _parser().parse_args()
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with TemporaryDirectory(dir=memory) as folder:
        print(f"Python {sys.version.split()[0]}, {len(os.sched_getaffinity(0))} processors\n")
        bench = Bench(Path(folder))
        bench.one_package(arguments.rounds)
        bench.fleet(arguments.hosts)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=30, help="runs of each (30)")
    parser.add_argument("--hosts", type=int, default=1_000, help="manifests in the fleet (1000)")
    return parser


class Bench:
    """The measurements, in a scratch folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {
            name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
        }
        self._environment["SOURCE_DATE_EPOCH"] = "1790000000"
        script = Path(sys.executable).with_name("hostwright")
        self._hostwright = [str(script)] if script.exists() else [sys.executable, "-m", "compiler"]

    def one_package(self, rounds: int) -> None:
        """The README's tree, by each program in a process of its own."""
        tree, packages = self._folder / "out", self._folder / "packages"
        self._run([*self._hostwright, "compile", str(MANIFEST), "-o", str(tree)])
        package = [*self._hostwright, "deb", str(tree), "-o", str(packages)]
        self._run(package)  # writes the bytecode
        (ours,) = packages.iterdir()
        build, theirs = self._folder / "build", self._folder / "theirs.deb"
        self._run(["dpkg-deb", "--raw-extract", str(ours), str(build)])
        size = ours.stat().st_size
        theirs_taken, ours_taken = medians(
            rounds,
            [
                (None, lambda: self._run([*DPKG, str(build), str(theirs)])),
                (lambda: shutil.rmtree(packages), lambda: self._run(package)),
            ],
        )
        print(f"one package, a process of its own; dpkg-deb --build takes {theirs_taken:.0f} ms")
        say("hostwright deb", ours_taken, theirs_taken, 1.5)
        other = theirs.stat().st_size
        print(f"  {size} bytes, dpkg-deb's {other} ({size / other:.2f} times)")

    def fleet(self, hosts: int) -> None:
        """Many packages in one compile; dpkg-deb packs a fiftieth of their trees one by one."""
        files = []
        for number in range(hosts):
            file = self._folder / f"web{number}.yaml"
            file.write_text(MANIFEST.read_text().replace("host: web1", f"host: web{number}"))
            files.append(str(file))
        out, packages = self._folder / "fleet", self._folder / "fleet-packages"
        words = [*self._hostwright, "compile", *files, "-o", str(out), "--deb", str(packages)]
        seconds = self._seconds(words)
        made = sorted(packages.iterdir())
        if len(made) != hosts:
            raise SystemExit(f"{len(made)} packages of {hosts} hosts")
        build = self._folder / "builds"
        build.mkdir()
        sample = made[:: max(1, hosts // 20)]
        for package in sample:
            self._run(["dpkg-deb", "--raw-extract", str(package), str(build / package.name)])
        each = sum(
            self._seconds([*DPKG, str(build / package.name), str(self._folder / "one.deb")])
            for package in sample
        ) / len(sample)
        print(f"\n{hosts} trees and packages in one compile: {seconds:.1f} s")
        print(
            f"  {seconds / hosts * 1_000:.1f} ms each; dpkg-deb alone takes {each * 1_000:.1f} ms"
        )

    def _seconds(self, words: list[str]) -> float:
        began = time.perf_counter()
        self._run(words)
        return time.perf_counter() - began

    def _run(self, words: list[str]) -> None:
        subprocess.run(
            words, check=True, cwd=ROOT, env=self._environment, stdout=subprocess.DEVNULL
        )


if __name__ == "__main__":
    main()
