#!/usr/bin/python3 -EsB
"""borg COMMAND...: runs borg, and tells its warnings apart, all of which end it with status 1.

A file that changed or vanished while it was read is a success, with a note. Whatever else borg
could not read is missing in the archive, and would be each night: then `borg create` fails, after
the archive of all the rest was made, so that nothing is pruned and no success is claimed. Status 1
of another command is a success.

A cache that a disk error or a power cut has damaged is removed, and the command run once more: it
holds nothing that borg cannot read in the repository.

borg is asked for JSON, an object a line: the name of a file may hold anything, line feeds
included. What reaches the journal are the sentences in it. BORG_EXIT_CODES=modern would not do:
it gives one status for a whole run, and borg 1.2 does not know it.

SuccessExitStatus=1 cannot say this: systemd applies it to ExecStartPre= as well, where
"systemctl start" exits with 1 when a dump has failed, and the run would go on without the dump.
Not for "borg check", which exits with 1 when the repository is damaged.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

BORG = "/usr/bin/borg"
WARNING = 1
SHOWN = 10

# How the messages of borg 1.2 and 1.4 end; archiver.py and archive.py of either.
CHANGED = ": file changed while we backed it up"
REPLACED = (
    ": file type changed (race condition), skipping file",
    ": file inode changed (race condition), skipping file",
    ": file type or inode changed while we backed it up (race condition, skipped file)",
)
FRAME = re.compile(r'File "[^"]*/borg/(\w+)\.py"')
ERROR = re.compile(r"\[Errno (\d+)\]")
NO_SUCH_FILE = "2"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run of borg ended.

    Attributes:
        status: its exit status, 128 and the signal's number if it was killed.
        warnings: what it said of files that it could not archive, or not as they stood still.
        stumbled: whether it came to grief over its own cache.
    """

    status: int
    warnings: list[str] = field(default_factory=list)
    stumbled: bool = False


def main(arguments: list[str]) -> int:
    """Run borg; gives the exit status."""
    # Stopping the unit signals borg as well; wait until it has given its lock back. Not SIG_IGN,
    # which borg would inherit.
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda *_: None)
    outcome = run(arguments)
    if outcome.stumbled and remove_caches():
        say("borg: its cache is damaged; it is removed, and built anew from the repository")
        outcome = run(arguments)
    if outcome.status != WARNING:
        return outcome.status
    if arguments[0] != "create":
        return 0
    if not outcome.warnings:
        say("borg: ended with a warning that names no file; see above what it is about")
        return WARNING
    unread = [one for one in outcome.warnings if is_missing(one, arguments)]
    if unread:
        report(unread)
    return WARNING if unread else 0


def run(arguments: list[str]) -> Outcome:
    """Run borg to its end, and show what it says as it says it."""
    warnings = []
    stumbled = False
    command = [BORG, "--log-json", "--show-rc", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as borg:
        for line in borg.stderr or ():
            entry = parsed(line)
            message = entry.get("message", "")
            if is_about_a_file(entry):
                warnings.append(message)
                message = one_line(message)
            stumbled = stumbled or is_about_the_cache(message)
            say(message)
    status = borg.returncode if borg.returncode >= 0 else 128 - borg.returncode
    return Outcome(status, warnings, stumbled)


def is_about_the_cache(message: str) -> bool:
    """Whether it is the traceback of an exception that began in borg's module of that name.

    Half a file, an empty one and one with a wrong checksum each raise another exception.
    """
    frames = FRAME.findall(message) if message.startswith("Traceback") else []
    return frames[-1:] == ["cache"]


def remove_caches() -> bool:
    """Remove borg's caches of repositories, and say whether there were any."""
    place = Path(os.environ.get("BORG_BASE_DIR", ""), ".cache", "borg")
    caches = [one for one in place.glob("*") if re.fullmatch("[0-9a-f]{64}", one.name)]
    for cache in caches:
        shutil.rmtree(cache)
    return bool(caches)


def parsed(line: bytes) -> dict[str, str]:
    """An entry of borg's log; what is none (a traceback, the words of ssh) becomes a message."""
    with suppress(ValueError):
        entry = json.loads(line)
        if isinstance(entry, dict):
            return entry
    return {"message": line.decode(errors="backslashreplace").removesuffix("\n")}


def is_about_a_file(entry: dict[str, str]) -> bool:
    """Whether it is a warning about a file; those of the server begin with "Remote: "."""
    kind = (entry.get("levelname"), entry.get("name"))
    return kind == ("WARNING", "borg.archiver") and entry.get("message", "").startswith("/")


def is_missing(warning: str, arguments: list[str]) -> bool:
    """Whether something that is there is not in the archive.

    The end of a warning is borg's own, but for the quoted name after an error. So one that speaks
    of errors says so whatever the names in it are; a name may at worst add an error of its own.
    """
    if warning.endswith(CHANGED):
        return False
    if warning.endswith(REPLACED) or set(ERROR.findall(warning)) == {NO_SUCH_FILE}:
        # Of a path of the manifest nothing is archived then. "paths" tells when it is still away.
        return any(warning.startswith(f"{path}: ") and os.path.lexists(path) for path in arguments)
    return True


def report(unread: list[str]) -> None:
    """Say at the very end what is missing, and what to do about it."""
    say("borg: these could not be read, and are not in the archive:")
    for warning in unread[:SHOWN]:
        say(f"  {one_line(warning)}")
    if len(unread) > SHOWN:
        say(f"  and {len(unread) - SHOWN} more, see above")
    say(
        "borg: all the rest is archived, and no older archive is removed. Make them readable,"
        " or leave them out with backup.exclude in the manifest"
    )


def one_line(text: str) -> str:
    """The text with its line feeds, and whatever else cannot be printed, as escapes."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def say(text: str) -> None:
    """Show a line at once; a journal that is gone is no reason to fail a backup.

    Not through sys.stderr: Python would end with 120 when what it still holds cannot be written.
    """
    with suppress(OSError):
        os.write(sys.stderr.fileno(), f"{text}\n".encode(errors="backslashreplace"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
