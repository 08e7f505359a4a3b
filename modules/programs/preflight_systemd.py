"""What systemd makes of the units: whether it understands them, and what drop-ins do to them.

One call asks for all of them. LoadCredential= it does not print, so that is read in the drop-ins.
"""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from as_user import PATH, exists
from findings import FAIL, GOOD, NOTE, Finding
from preflight_settings import Expected
from preflight_units import AGAIN, UPGRADING, told_dropins

BOOTED = Path("/run/systemd/system")
_INSTANCE = "preflight"
_ASKED = (
    "Id,LoadState,LoadError,ActiveState,DropInPaths,NeedDaemonReload,User,DynamicUser,"
    "ReadWritePaths,ExecStart,ExecStartPre"
)
_CALL = re.compile(r"^\{ path=(.*?) ; argv\[\]=.* ; ignore_errors=no ;")
_CREDENTIAL = re.compile(r"^\s*LoadCredential(?:Encrypted)?\s*=\s*[^:\s]+:(/.*?)\s*$", re.MULTILINE)

About = Mapping[str, str]


def check(expected: Expected) -> Iterator[Finding]:
    """Ask, unless there is nobody to ask, or a package has yet to switch to its units."""
    if not expected.installed or not BOOTED.is_dir() or UPGRADING.exists():
        return
    units = [unit for unit in expected.units if "/" not in unit]
    done = _show([unit.replace("@.", f"@{_INSTANCE}.") for unit in units])
    if done.returncode != 0:
        said = (done.stderr.strip() or "it said nothing").splitlines()[0]
        yield Finding(FAIL, "systemd", f"does not answer ({said}): systemctl is-system-running")
        return
    # In a chroot, systemctl says nothing at all, and that all went well.
    found = list(_found(expected, dict(_shown(done.stdout))))
    yield from found or [Finding(GOOD, "systemd", "has read all units, and timers are active")]


def _show(units: list[str]) -> "subprocess.CompletedProcess[str]":
    words = ["systemctl", "show", f"--property={_ASKED}", "--", *units]
    return subprocess.run(words, check=False, capture_output=True, encoding="utf-8")


def _shown(text: str) -> Iterator[tuple[str, About]]:
    """The properties of each unit, by its name; what there is several times, a line each."""
    for block in text.split("\n\n"):
        about: dict[str, str] = {}
        for line in block.splitlines():
            name, is_property, value = line.partition("=")
            if is_property:
                about[name] = f"{about[name]}\n{value}" if name in about else value
        if unit := about.get("Id"):
            yield unit.replace(f"@{_INSTANCE}.", "@."), about


def _found(expected: Expected, units: Mapping[str, About]) -> Iterator[Finding]:
    yield from _unread(expected, units)
    for unit, about in units.items():
        if about.get("LoadState") == "loaded" and unit.endswith(".timer"):
            yield from _timer(unit, about)
    others = _others(expected, units)
    yield from _dropins(expected, others)
    for unit in sorted({unit for names in others.values() for unit in names}):
        files = [file for file, names in others.items() if unit in names]
        own = _own_text(expected, unit)
        problems = dict.fromkeys(_hindered(units[unit], files, own))
        yield from (Finding(FAIL, f"unit {unit}", problem) for problem in problems)
    stale = [unit for unit, about in units.items() if about.get("NeedDaemonReload") == "yes"]
    if stale and not others and not told_dropins(expected):
        say = f"{_several(stale)} changed since systemd has read the units: systemctl daemon-reload"
        yield Finding(NOTE, "systemd", say)


def _unread(expected: Expected, units: Mapping[str, About]) -> Iterator[Finding]:
    """What systemd has not loaded: a drop-in for all units is one fault, not one for each."""
    states: dict[str, list[str]] = {}
    for unit, about in units.items():
        # Of a file that is gone the check of files tells.
        if (expected.system / unit).is_file():
            states.setdefault(about.get("LoadState", "loaded"), []).append(unit)
    for state in sorted(states.keys() - {"loaded", "masked"}):
        first, several = states[state][0], _several(states[state])
        # The name of an error, and then a sentence in quotes.
        reason = units[first].get("LoadError", "").partition(" ")[2].strip('"') or state
        verify = f"systemd-analyze verify {first}"
        how = "systemctl daemon-reload" if state == "not-found" else verify
        say = f"systemd has not loaded {several}, {state} ({reason}): {how}"
        yield Finding(FAIL, f"unit {first}", say)


def _timer(unit: str, about: About) -> Iterator[Finding]:
    if about.get("ActiveState") != "active":
        what = "the backup" if unit == "backup.timer" else unit.replace(".timer", ".service")
        say = f"is not active, so {what} never starts by itself: systemctl start {unit}"
        yield Finding(FAIL, f"unit {unit}", say)


def _others(expected: Expected, units: Mapping[str, About]) -> dict[Path, list[str]]:
    """The drop-ins that are not of this tree, each with the units that it changes."""
    found: dict[Path, list[str]] = {}
    for unit, about in units.items():
        for file in map(Path, shlex.split(about.get("DropInPaths", ""))):
            own = f"{file.parent.name}/{file.name}" in expected.units
            if not own or file.parent.parent != expected.system:
                found.setdefault(file, []).append(unit)
    return found


def _dropins(expected: Expected, others: Mapping[Path, list[str]]) -> Iterator[Finding]:
    told = told_dropins(expected)
    for file, units in others.items():
        hides = f"{file.parent.name}/{file.name}" in expected.units
        if file in told or hides:
            continue
        control = file.parent.parent.name == "system.control"
        undo = (
            f"systemctl revert {units[0]}" if control else f"rm {shlex.quote(str(file))}, {AGAIN}"
        )
        say = f"{file} is not of this tree, and changes {_several(units)}: unless that is wanted,"
        yield Finding(NOTE, f"unit {units[0]}", f"{say} {undo}")


def _several(units: list[str]) -> str:
    more = len(units) - 1
    return units[0] if not more else f"{units[0]} and {more} other unit{'s' * (more > 1)}"


def _own_text(expected: Expected, unit: str) -> str:
    files = (one for one in expected.units if one == unit or one.startswith(f"{unit}.d/"))
    there = (expected.system / one for one in files)
    return "\n".join(one.read_text("utf-8", "replace") for one in there if one.is_file())


def _hindered(about: About, files: list[Path], own: str) -> Iterator[str]:
    """What drop-ins add that hinders the start; what the tree says is looked at elsewhere."""
    named = files[0] if len(files) == 1 else "a drop-in"
    user = about.get("User", "")
    is_known = user.isdigit() or exists(user) or about.get("DynamicUser") == "yes"
    if user and not is_known and f"User={user}\n" not in own:
        yield f"{named} has it run as {user}, who is not there: adduser --system --group {user}"
    for path in shlex.split(about.get("ReadWritePaths", "")):
        if not path.startswith("-") and path not in own and not os.path.exists(path.lstrip("+")):
            yield f"{named} lets it write to {path}, which is not there: mkdir -p {path}"
    calls = "\n".join(about.get(name, "") for name in ("ExecStartPre", "ExecStart"))
    for call in filter(None, map(_CALL.match, calls.splitlines())):
        if call[1] not in own and shutil.which(call[1], path=PATH) is None:
            yield f"{named} has it run {call[1]}, which is not there, or not executable: install it"
    for file in files:
        text = file.read_text("utf-8", "replace") if file.is_file() else ""
        for secret in _CREDENTIAL.findall(text):
            if secret not in own and not os.path.exists(secret):
                yield f"{file} loads the credential {secret}, which is not there: write it"
