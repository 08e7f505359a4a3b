#!/usr/bin/python3 -EsB
"""stale EXPRESSION JITTER GRACE: fails when the last successful backup is too long ago.

EXPRESSION is that of the backup's timer. A backup was due at the first time it names after the
last success (the time of /backup.last), and must have succeeded JITTER + GRACE seconds later, or,
once, that long after the machine was started: a run that was missed is made up for then. A host
that never had a backup is late, too, counted from its installation. Nothing but the file, the clock
and the schedule is asked, so the reason may be anything: also a timer that never ran.
"""

import os
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

STAMP = Path("/backup.last")
INSTALLED = Path("/var/lib/hostwright/installed")
_TOLERANCE_SECONDS = 3600
"""How far ahead of the clock a success may be: clocks are set now and then."""

_LOOK_AT = """What to look at:
systemctl list-timers --all backup.timer
systemctl status backup.service
journalctl --unit=backup.service"""


class StaleError(Exception):
    """The last success is too long ago, or that cannot be told. The text is the whole message."""


def look(words: list[str], now: float, started: float = 0, notes: Path | None = None) -> str:
    """Say when the next success is due.

    Args:
        words: the arguments of the program.
        now: in seconds since 1970.
        started: when the machine was, likewise.
        notes: a folder of its own, where it notes when it excused a machine for having been off.

    Raises:
        StaleError: it is overdue.
    """
    expression, jitter, grace = words
    since, story = _last()
    if since > now + _TOLERANCE_SECONDS:
        raise StaleError(f"{story}, which is in the future; is the clock right?\n{_LOOK_AT}")
    due = _next(expression, since)
    if due is None:
        raise StaleError(f"{story}; by {expression}, no other will ever start\n{_LOOK_AT}")
    span = float(jitter) + float(grace)
    latest = due + span
    if latest < now <= started + span and _is_excused(notes, since, now, span):
        latest = started + span
    story += f"; the next was due at {_shown(due)}, and to be done by {_shown(latest)}"
    if latest < now:
        raise StaleError(f"{story}\n{_LOOK_AT}")
    return story


def _is_excused(notes: Path | None, since: float, now: float, span: float) -> bool:
    """Whether a machine that was off gets time to make up for it: once for each success.

    Whoever is switched off each evening would else be excused each morning, for ever.
    """
    if notes is None:
        return True
    note = notes / "excused"
    with suppress(OSError, ValueError):
        success, first = map(int, note.read_text("ascii").split())
        if success == round(since):
            return now <= first + span
    note.write_text(f"{since:.0f} {now:.0f}\n", "ascii")
    return True


def _last() -> tuple[float, str]:
    for file, story in (
        (STAMP, "the last successful backup was at"),
        (INSTALLED, "no backup has ever succeeded on this host, installed at"),
    ):
        try:
            since = file.stat().st_mtime
        except FileNotFoundError:
            continue
        return since, f"{story} {_shown(since)}"
    raise StaleError(
        f"there is neither {STAMP} nor {INSTALLED}; run: systemd-tmpfiles --create backup.conf"
    )


def _next(expression: str, after: float) -> float | None:
    """The first time after another that a calendar expression names, by systemd itself."""
    words = ("systemd-analyze", "calendar", f"--base-time=@{after:.0f}", "--", expression)
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise StaleError(f"systemd does not understand {expression}: {done.stderr.strip()}")
    found: dict[str, str] = {}
    for line in done.stdout.splitlines():
        name, _, value = line.strip().partition(": ")
        found[name] = value
    # The second line is there unless the host's own time is UTC.
    when = found.get("(in UTC)", found.get("Next elapse", "never")).strip()
    if when == "never":
        return None
    utc = when.removesuffix("UTC") + "+0000"
    return datetime.strptime(utc, "%a %Y-%m-%d %H:%M:%S %z").timestamp()


def _shown(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone():%a %Y-%m-%d %H:%M:%S %Z}"


def main() -> int:
    """Look, say, and give the exit status."""
    try:
        now = time.time()
        started = now - time.clock_gettime(time.CLOCK_BOOTTIME)
        notes = Path(os.environ["STATE_DIRECTORY"])
        sys.stdout.write(f"{look(sys.argv[1:], now, started, notes)}\n")
    except StaleError as error:
        sys.stderr.write(f"stale: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
