"""What a compile costs, as ratios of things measured in turn with it: python benchmarks/run.py.

Milliseconds differ from machine to machine and from minute to minute; ratios of medians of runs
that took turns hardly do. Says whether each is within its target, and always exits with 0.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "golden" / "demo" / "host.yaml"
BARE = [sys.executable, "-I", "-c", "pass"]

Action = Callable[[], object]


def main() -> None:
    """Measure and print."""
    arguments = _parser().parse_args()
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with TemporaryDirectory(dir=memory) as folder:
        bench = Bench(Path(folder))
        print(f"Python {sys.version.split()[0]}, {len(os.sched_getaffinity(0))} processors\n")
        bench.one_host(arguments.rounds)
        bench.fleet(arguments.hosts, max(2, arguments.rounds // 10))


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
        script = Path(sys.executable).with_name("compile")
        checkout = [sys.executable, "-m", "compiler", "compile"]
        self._compile = [str(script)] if script.exists() else checkout

    def one_host(self, rounds: int) -> None:
        """The README's manifest in its own process, against an interpreter that does nothing."""
        out, other = self._folder / "out", self._folder / "other.yaml"
        other.write_text(MANIFEST.read_text().replace("daily", "weekly") + "layout: etc\n")
        manifests = [str(MANIFEST), str(other)]

        def fresh() -> None:
            self._run([*self._compile, manifests[0], "-o", str(out)])

        def replaced() -> None:
            manifests.reverse()
            self._run([*self._compile, manifests[0], "-o", str(out)])

        def unchanged() -> None:
            self._run([*self._compile, manifests[0], "-o", str(out)])

        def remove() -> None:
            shutil.rmtree(out, ignore_errors=True)

        fresh()  # writes the bytecode
        bare, *taken = medians(
            rounds,
            [(None, lambda: self._run(BARE)), (remove, fresh), (None, replaced), (None, unchanged)],
        )
        print(
            f"one host, a process of its own; an interpreter that does nothing takes {bare:.0f} ms"
        )
        for name, milliseconds, target in zip(
            ("into a new folder", "over an old tree", "over the same tree"),
            taken,
            (10, 10, 10),
            strict=True,
        ):
            say(name, milliseconds, bare, target)

    def fleet(self, hosts: int, rounds: int) -> None:
        """Many hosts in one run, against `cp -r` of what they come to, on tmpfs."""
        out, copy = self._folder / "fleet", self._folder / "copy"
        files = []
        for number in range(hosts):
            file = self._folder / f"web{number}.yaml"
            file.write_text(MANIFEST.read_text().replace("host: web1", f"host: web{number}"))
            files.append(str(file))

        def compiled() -> None:
            self._run([*self._compile, *files, "-o", str(out)])

        def copied() -> None:
            self._run(["cp", "-r", str(out), str(copy)])

        compiled()
        copying, compiling = medians(
            rounds,
            [
                (lambda: shutil.rmtree(copy, ignore_errors=True), copied),
                (lambda: shutil.rmtree(out, ignore_errors=True), compiled),
            ],
        )
        print(f"\n{hosts} hosts in one run; cp -r of their trees takes {copying:.0f} ms")
        say("into a new folder", compiling, copying, 5)

    def _run(self, words: list[str]) -> None:
        subprocess.run(
            words, check=True, cwd=ROOT, env=self._environment, stdout=subprocess.DEVNULL
        )


def medians(rounds: int, actions: list[tuple[Action | None, Action]]) -> list[float]:
    """Milliseconds of each action, which take turns; what comes before an action is not counted."""
    taken: list[list[float]] = [[] for _ in actions]
    for _ in range(rounds):
        for times, (before, action) in zip(taken, actions, strict=True):
            if before:
                before()
            began = time.perf_counter()
            action()
            times.append((time.perf_counter() - began) * 1_000)
    return [statistics.median(times) for times in taken]


def say(name: str, milliseconds: float, unit: float, target: float) -> None:
    """A line with the ratio, and whether it is within the target."""
    ratio = milliseconds / unit
    verdict = "PASS" if ratio <= target else "over"
    print(f"  {name:<20}{milliseconds:8.0f} ms {ratio:6.1f} times, target {target}: {verdict}")


if __name__ == "__main__":
    main()
