"""A host as the notifiers see it: a journal, credentials, failed units, and MONITOR_*."""

import contextlib
import importlib
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from attrs import frozen

from tests.programs import PROGRAMS

KEY = "k3y-of-the-project"
_SPEAKS = {"healthchecks": "ping", "ntfy": "publish", "prometheus": "show"}
_MODULES = ("notice", "web", "stale", *_SPEAKS)
_JOURNALCTL = """#!/bin/sh
cd "$(dirname "$0")"
case $* in
    *INVOCATION_ID=*) cat run ;;
    *JOB_TYPE=start*) cat jobs ;;
    *--unit=backup.service*) cat log ;;
esac
"""
_SYSTEMCTL = """#!/bin/sh
cat "$(dirname "$0")/failed"
"""


@frozen
class Stage:
    """A host as the notifiers see it: a journal, credentials and failed units of our choice."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch

    def journal(self, *messages: str | list[int], name: str = "log", **fields: str) -> None:
        """What `journalctl` has to show: one entry a second."""
        first = {"SYSLOG_IDENTIFIER": "borg", "_SYSTEMD_INVOCATION_ID": "this"} | fields
        entries = (
            {
                "__REALTIME_TIMESTAMP": f"{1_795_431_786 + second}000000",
                "__MONOTONIC_TIMESTAMP": f"{second}500000",
                "MESSAGE": message,
                **first,
            }
            for second, message in enumerate(messages)
        )
        (self.folder / name).write_text("".join(f"{json.dumps(one)}\n" for one in entries))

    def ended(self, **monitor: str) -> None:
        """What systemd says about the run in MONITOR_*."""
        for name, value in (
            {"SERVICE_RESULT": "success", "INVOCATION_ID": "this"} | monitor
        ).items():
            self.monkeypatch.setenv(f"MONITOR_{name}", value)

    def credential(self, name: str, text: str) -> None:
        """A file in $CREDENTIALS_DIRECTORY."""
        (self.folder / "credentials" / name).write_text(text)

    def failed_units(self, *names: str) -> None:
        """What `systemctl list-units --failed` has to show."""
        lines = "".join(f"{name} loaded failed failed It is broken\n" for name in names)
        (self.folder / "failed").write_text(lines)

    def program(self, name: str) -> ModuleType:
        """A program, or a library of theirs, imported as its siblings do."""
        return importlib.import_module(name)

    def tell(self, name: str, *words: str) -> tuple[int, str]:
        """Call a notifier with words; gives its exit status and what it printed as an error."""
        self.monkeypatch.setattr(sys, "argv", [name, *words])
        with contextlib.redirect_stderr(io.StringIO()) as said:
            function = getattr(self.program(name), _SPEAKS[name])
            status: int = self.program("notice").told(name, function)
        return status, said.getvalue()


@contextlib.contextmanager
def staged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A host where a run of three seconds has just succeeded, and logged three lines."""
    for name, script in (("journalctl", _JOURNALCTL), ("systemctl", _SYSTEMCTL)):
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    (folder / "credentials").mkdir()
    (folder / "jobs").touch()
    (folder / "failed").touch()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder / "credentials"))
    monkeypatch.syspath_prepend(PROGRAMS)
    stage = Stage(folder, monkeypatch)
    monkeypatch.setattr(stage.program("web"), "PAUSE_SECONDS", 0)
    stage.journal("Starting", "in between", "more", "Finished", name="run")
    stage.journal("one", "two", "three")
    stage.credential("ping_key", f"{KEY}\n")
    stage.ended()
    yield stage
    for name in _MODULES:
        sys.modules.pop(name, None)
