#!/usr/bin/python3 -EsB
"""prometheus FOLDER HOST INSTANCE: prints how a run ended, as FOLDER/hostwright-UNIT.prom.

FOLDER is that of node_exporter's textfile collector; INSTANCE is UNIT-success or UNIT-failure. What
is not known is left out; what is still true after a run that failed (the last success of a unit
without a stamp, the last archive) is taken over from the file before.

The unit's standard output is a file in FOLDER, under a name that node_exporter does not read;
"publish" renames it. So nothing in FOLDER, which belongs to root, can be changed by this user.
"""

import os
import re
import stat
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from notice import NoticeError, Run, run_of, told

STAMPS = {"backup": Path("/backup.last"), "backup-drill": Path("/backup.drill")}
"""What a unit touches after each success, and only then."""

_LAST_SUCCESS = "hostwright_last_success_timestamp_seconds"
_DRILL = "hostwright_drill_last_success_timestamp_seconds"
_RESULT = "hostwright_last_run_result"
HELP = {
    _LAST_SUCCESS: "When the last run ended that succeeded.",
    "hostwright_last_run_timestamp_seconds": "When the last run ended.",
    "hostwright_last_run_duration_seconds": "How long the last run took.",
    "hostwright_last_run_exit_status": "Exit status of its last command; 128 + N for signal N.",
    _RESULT: "How the last run ended: 1 for that class, 0 for all others.",
    "hostwright_last_archive_files": "Files in the last archive.",
    "hostwright_last_archive_original_bytes": "Size of the last archive, rounded by borg.",
    "hostwright_last_archive_compressed_bytes": "The same, compressed.",
    "hostwright_last_archive_deduplicated_bytes": "What the last archive added to the repository.",
    "hostwright_repository_bytes": "Size of all archives, compressed and deduplicated.",
    _DRILL: "When the last restore drill succeeded.",
}
_ARCHIVE = {name for name in HELP if "archive" in name or "repository" in name}

CLASSES = ("success", "warning", "failure", "timeout", "signal", "oom-kill", "not-started")
_CLASS_OF = {"core-dump": "signal", "watchdog": "timeout"}

_UNITS = {unit: 1000**power for power, unit in enumerate(("B", "kB", "MB", "GB", "TB", "PB", "EB"))}
_SIZES = re.compile(r"(This archive|All archives):" + 3 * r"\s+([0-9.]+) ([kMGTPE]?B)")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?(e\+[0-9]+)?")
_FILES = re.compile(r"Number of files: ([0-9]+)")


def show(words: list[str]) -> None:
    """Print the metrics of one unit.

    Raises:
        NoticeError: they could not be written to the disk.
    """
    folder, host, instance = words
    run = run_of(instance)
    labels = f'host="{_escaped(host)}",unit="{_escaped(run.unit)}"'
    try:
        kept = _kept(Path(folder, f"hostwright-{run.unit}.prom"), labels, run.unit)
        known = {**kept, **_of(run), **archive(run)}
        _print(text(known, labels, class_of(run)))
    except OSError as error:
        raise NoticeError(f"cannot write below {folder}: {error.strerror}") from None


def text(known: Mapping[str, float], labels: str, result: str) -> str:
    """The whole file, in the format of https://prometheus.io/docs/instrumenting/exposition_formats/."""
    lines = []
    for name, help_text in HELP.items():
        if name == _RESULT:
            each = (_sample(name, f'{labels},class="{one}"', one == result) for one in CLASSES)
            samples = tuple(each)
        else:
            samples = (_sample(name, labels, known[name]),) if name in known else ()
        if samples:
            lines += [f"# HELP {name} {help_text}", f"# TYPE {name} gauge", *samples]
    return "\n".join([*lines, ""])


def _sample(name: str, labels: str, value: float) -> str:
    return "".join((name, "{", labels, "} ", f"{value:.15g}"))


def class_of(run: Run) -> str:
    """How a run ended, in a word for rules and panels."""
    if not run.failed:
        return "warning" if run.warned else "success"
    result = _CLASS_OF.get(run.result, run.result)
    return result if result in CLASSES[2:] else "failure"


def archive(run: Run) -> dict[str, float]:
    """The numbers of `borg create --stats`: the same lines by borg 1.2 and 1.4; empty without."""
    found: dict[str, float] = {}
    for line in run.printed:
        if files := _FILES.search(line):
            found["hostwright_last_archive_files"] = int(files[1])
        if sizes := _SIZES.search(line):
            original, compressed, deduplicated = (
                round(float(sizes[one]) * _UNITS[sizes[one + 1]]) for one in (2, 4, 6)
            )
            if sizes[1] == "All archives":
                found["hostwright_repository_bytes"] = deduplicated
            else:
                found["hostwright_last_archive_original_bytes"] = original
                found["hostwright_last_archive_compressed_bytes"] = compressed
                found["hostwright_last_archive_deduplicated_bytes"] = deduplicated
    return found


def _of(run: Run) -> dict[str, float]:
    now = round(time.time(), 3)
    found = {"hostwright_last_run_timestamp_seconds": now}
    if run.seconds is not None:
        found["hostwright_last_run_duration_seconds"] = run.seconds
    if run.status is not None:
        found["hostwright_last_run_exit_status"] = run.status
    if run.unit not in STAMPS and not run.failed:
        found[_LAST_SUCCESS] = now
    if run.unit in STAMPS and STAMPS[run.unit].exists():
        found[_LAST_SUCCESS] = round(STAMPS[run.unit].stat().st_mtime, 3)
    if run.unit == "backup-drill" and _LAST_SUCCESS in found:
        found[_DRILL] = found[_LAST_SUCCESS]
    return found


def _kept(file: Path, labels: str, unit: str) -> dict[str, float]:
    """What the file before says and is still true. A stamp that is gone is no success any more."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, ValueError):
        return {}
    kept = _ARCHIVE if unit in STAMPS else {*_ARCHIVE, _LAST_SUCCESS}
    found: dict[str, float] = {}
    for line in lines:
        name, _, rest = line.partition("{")
        before, _, number = rest.rpartition("} ")
        if before == labels and name in kept and _NUMBER.fullmatch(number):
            found[name] = float(number)
    return found


def _print(content: str) -> None:
    output = sys.stdout.fileno()
    is_file = stat.S_ISREG(os.fstat(output).st_mode)
    if is_file:
        # What an earlier run left that was killed may be longer.
        os.ftruncate(output, 0)
    sys.stdout.write(content)
    sys.stdout.flush()
    if is_file:
        os.fsync(output)


def _escaped(label: str) -> str:
    return label.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


if __name__ == "__main__":
    sys.exit(told("prometheus", show))
