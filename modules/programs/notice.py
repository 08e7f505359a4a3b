"""What the notifiers share: how a run ended, and what it logged.

systemd starts a notifier as NAME@UNIT-success.service or NAME@UNIT-failure.service, by OnSuccess=
and OnFailure= of UNIT.service, and says more in MONITOR_* (systemd.exec(5)). One instance for both
would not do: systemd then cannot tell which of the two it was, and leaves MONITOR_* out.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_MOST_ENTRIES = 10_000
_UNITS = ("backup-*.service", "drill-*.service")
"""Dumps and drills run in their own units: what they say belongs to the run that started them."""

_WARNING = "terminating with warning status"
_NOT_STARTED = "not-started"
_FIELDS = "MESSAGE,SYSLOG_IDENTIFIER,UNIT,_SYSTEMD_UNIT,_SYSTEMD_INVOCATION_ID,JOB_RESULT"


class NoticeError(Exception):
    """Word could not be sent. The text says why and what to do, and names no secret."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal. Times are in microseconds: since 1970, and since the boot."""

    time: int
    monotonic: int
    source: str
    unit: str
    invocation: str
    job_result: str
    message: str

    def __str__(self) -> str:
        when = datetime.fromtimestamp(self.time / 1e6, UTC).astimezone()
        return f"{when:%Y-%m-%dT%H:%M:%S%z} {self.source}: {self.message}"


@dataclass(frozen=True, slots=True)
class Run:
    """A run that has ended.

    Attributes:
        unit: the name of the unit, without `.service`.
        failed: whether it failed.
        result: $SERVICE_RESULT of systemd.exec(5), `not-started`, or `unknown`.
        status: the exit status of the last command, 128 + N for signal N; None when not known.
        seconds: how long it took; None when not known.
        failures: the units of the backup that have failed.
        log: what the unit and the dumps have logged since it began.
        printed: what its own commands have printed.
    """

    unit: str
    failed: bool
    result: str
    status: int | None
    seconds: float | None
    failures: tuple[str, ...]
    log: tuple[Entry, ...]
    printed: tuple[str, ...]

    @property
    def warned(self) -> bool:
        """Whether it succeeded, but somebody should have a look."""
        said = any(_WARNING in line for line in self.printed)
        return not self.failed and (said or bool(self.failures))

    @property
    def outcome(self) -> str:
        """How it ended, in the words of the mail."""
        return "FAILED" if self.failed else f"success{' with warnings' * self.warned}"

    def summary(self, host: str) -> str:
        """How it ended, in a few lines."""
        status = "" if self.status is None else f", exit status of the last command: {self.status}"
        lines = [f"{self.unit}.service on {host}: {self.outcome}", f"Result: {self.result}{status}"]
        if self.seconds is not None:
            lines.append(f"Took: {self.seconds:.0f} s")
        if self.failures:
            lines.append(f"Units that have failed: {' '.join(self.failures)}")
        return "\n".join(lines)

    def report(self, host: str, lines: int, limit: int) -> str:
        """The summary, and as many of the last `lines` lines as fit into `limit` bytes of UTF-8."""
        summary = f"{self.summary(host)}\n\n"
        tail = "\n".join(map(str, self.log[-lines:])) if lines else ""
        return f"{summary}{_last_bytes(tail, limit - len(summary.encode()))}".rstrip()


def told(name: str, tell: Callable[[list[str]], None]) -> int:
    """Call a notifier's own function with the words of its command line; gives the exit status."""
    try:
        tell(sys.argv[1:])
    except NoticeError as error:
        sys.stderr.write(f"{name}: {error}\n")
        return 1
    return 0


def run_of(instance: str) -> Run:
    """The run that an instance (`UNIT-success`, `UNIT-failure`) tells of.

    Raises:
        NoticeError: the instance is another one.
    """
    unit, _, event = instance.rpartition("-")
    if not unit or event not in {"success", "failure"}:
        raise NoticeError(f"{instance} is neither UNIT-success nor UNIT-failure; use one of these")
    # Missing when this is started by hand, or when the unit runs again already (systemd.exec(5)).
    result = os.environ.get("MONITOR_SERVICE_RESULT", "unknown")
    invocation = os.environ.get("MONITOR_INVOCATION_ID", "")
    failed = event == "failure"
    run = tuple(_entries(f"INVOCATION_ID={invocation}")) if invocation else ()
    given_up = tuple(_given_up(unit)) if failed else ()
    if given_up or (failed and result == "success"):
        # Then all that systemd says is about the run before.
        result, run = _NOT_STARTED, ()
    began = next(iter(run or given_up), None)
    since = (f"--since=@{began.time / 1e6:.6f}",) if began else ()
    units = (f"--unit={one}" for one in (f"{unit}.service", *_UNITS))
    # Of a start that the journal does not know, its end could only be that of the run before.
    log = tuple(_entries(*units, *since)) if began or result != _NOT_STARTED else ()
    return Run(
        unit,
        failed,
        result,
        _status(failed=failed) if run else None,
        (run[-1].monotonic - run[0].monotonic) / 1e6 if run else None,
        tuple(_failures(f"{unit}.service")),
        # Of notifiers, there is nothing to tell.
        tuple(entry for entry in log if "@" not in entry.unit),
        tuple(entry.message for entry in log if run and entry.invocation == invocation),
    )


def _given_up(unit: str) -> Iterator[Entry]:
    """The end of its last start, if that was given up, such as for a mount that failed."""
    # systemd says it in two lines, as it says nothing else.
    last = tuple(_entries(f"UNIT={unit}.service", "JOB_TYPE=start", "--lines=2"))
    if last and _is_given_up(last[-1]):
        yield from filter(_is_given_up, last)


def _is_given_up(entry: Entry) -> bool:
    return entry.job_result not in {"", "done", "failed"}


def _status(*, failed: bool) -> int | None:
    text = os.environ.get("MONITOR_EXIT_STATUS", "")
    if text.isdecimal():
        # The status of the main process: 0 also when another command was the one that failed.
        return None if failed and int(text) == 0 else int(text)
    number = getattr(signal, f"SIG{text}", None) if text else None
    return None if number is None else 128 + int(number)


def _failures(itself: str) -> Iterator[str]:
    listing = ("list-units", "--failed", "--plain", "--no-legend", "--no-pager")
    for line in _output("systemctl", *listing, "backup.service", *_UNITS).splitlines():
        name = line.split(maxsplit=1)[0]
        # Neither a notifier nor an alarm of the past says anything about this run.
        if "@" not in name and name not in {itself, "backup-stale.service"}:
            yield name


def _entries(*filters: str) -> Iterator[Entry]:
    how = ("--quiet", "--no-pager", "--all", "--output=json", f"--output-fields={_FIELDS}")
    text = _output("journalctl", *how, f"--lines={_MOST_ENTRIES}", *filters)
    for line in text.splitlines():
        fields = json.loads(line)
        yield Entry(
            int(fields["__REALTIME_TIMESTAMP"]),
            int(fields["__MONOTONIC_TIMESTAMP"]),
            _text(fields.get("SYSLOG_IDENTIFIER")),
            _text(fields.get("UNIT", fields.get("_SYSTEMD_UNIT"))),
            _text(fields.get("_SYSTEMD_INVOCATION_ID")),
            _text(fields.get("JOB_RESULT")),
            _text(fields.get("MESSAGE")),
        )


def _text(value: str | list[int | str] | None) -> str:
    """A field of the journal, which is a list of bytes when it is not plain text."""
    if isinstance(value, list):
        numbers = bytes(one for one in value if isinstance(one, int))
        value = numbers.decode(errors="replace")
    return _plain(value or "")


def _plain(text: str) -> str:
    return "".join(one if one.isprintable() else " " for one in text).rstrip()


def _output(*command: str) -> str:
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.decode(errors="replace")


def _last_bytes(text: str, limit: int) -> str:
    """The end of a text: whole lines of at most `limit` bytes of UTF-8, if one of them fits."""
    data = text.encode(errors="replace")
    if len(data) <= limit:
        return text
    end = data[len(data) - limit :].decode(errors="ignore")
    return end.partition("\n")[2] or end
