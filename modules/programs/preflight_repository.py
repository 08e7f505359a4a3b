"""Does borg open the repository, as the backup's own user and with the backup's own secrets?

Nothing is written: borg takes no lock, and its notes about the repository, like ssh's about the
server, go to copies that are thrown away. Only an index that a crash has cost the repository is
made anew by borg, as by the next backup.
"""

import json
import os
import shlex
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path

import preflight_credentials
import preflight_folder
import preflight_settings
import processes
from archives import USER, Repository, reached
from as_user import exists, run_as
from findings import FAIL, GOOD, NOTE, Finding
from preflight_folder import LAST, gone, locked
from preflight_settings import Expected
from settings import RestoreError, Settings

_SUBJECT = "repository"
_SSH = ("-o", "ConnectTimeout=10", "-o", "ConnectionAttempts=1")
_TRACEBACK = "Traceback (most recent call last)"
_MISSING = ("Repository.DoesNotExist", "Repository.InvalidRepository")
_BUSY = ("backup.service", "backup-check.service", "backup-drill.service")

_ADVICE_OF_SSH = {
    "Host key verification failed": "the server's host key is not the pinned one: compare it with"
    " what ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub says there, and mend"
    " backup.known_hosts",
    "Permission denied": "the server does not take this host's ssh key: add its public part"
    " (ssh-keygen -yf KEY) to authorized_keys there",
    "Could not resolve hostname": "nobody knows the server's name: is DNS up, and"
    " backup.repository right?",
    "Connection refused": "the server is up, but no sshd answers there: start it, or mend the port"
    " in backup.repository",
    "timed out": "the server is down, or a firewall is in the way",
    "No route to host": "the server, or the network to it, is down",
    "Network is unreachable": "this host's network is down",
}


def check(expected: Expected, known: Settings) -> Iterator[Finding]:
    """Look at the repository; what other checks report, such as a missing secret, is left out."""
    if known.local:
        found = list(preflight_folder.check(expected, known))
        yield from found
        if any(one.level != NOTE for one in found):
            return
    if known.local and not Path(known.repository, "config").exists():
        yield _none_yet(expected, known)
        return
    busy = next((unit for unit in _BUSY if processes.is_busy(unit)), None)
    if busy:
        yield Finding(NOTE, _SUBJECT, f"{busy} is at work in it: not opened meanwhile")
        return
    if known.local and (lock := locked(known)):
        yield lock
    if exists(USER) and (opened := _opened(expected, known)):
        yield opened


def _none_yet(expected: Expected, known: Settings) -> Finding:
    if LAST.exists():
        return Finding(FAIL, _SUBJECT, gone(known.repository))
    if not expected.initialize:
        say = (
            f"there is none at {known.repository}, and backup.initialize is false: create it with"
            " hostwright-restore borg init"
        )
        return Finding(FAIL, _SUBJECT, say)
    return Finding(GOOD, _SUBJECT, f"none at {known.repository} yet: the first backup creates it")


def _opened(expected: Expected, known: Settings) -> Finding | None:
    if known.ssh and shutil.which("ssh") is None:
        return Finding(FAIL, _SUBJECT, "ssh is not installed: apt-get install openssh-client")
    try:
        with reached(known, USER) as repository, _scratch(repository) as place:
            return _asked(expected, repository, place)
    except RestoreError as error:
        return None if _is_told(expected) else Finding(FAIL, _SUBJECT, str(error))


def _is_told(expected: Expected) -> bool:
    """Whether a credential is at fault, which is reported as such."""
    checks = (preflight_credentials.check(*credential) for credential in expected.credentials)
    return any(finding.level == FAIL for check in checks for finding in check)


def _asked(expected: Expected, repository: Repository, place: Path) -> Finding:
    known = repository.settings
    words = ["borg", "--log-json", "--bypass-lock", "list", "--last=1"]
    answer = run_as(USER, words, _environment(repository, place))
    if answer.returncode in {0, 1}:  # a borg that was killed has opened nothing
        return Finding(GOOD, _SUBJECT, f"borg opens {known.repository}")
    names, texts = _messages(answer.stderr)
    if any(name in _MISSING for name in names):
        return _none_yet(expected, known)
    return Finding(FAIL, _SUBJECT, why(repository, place, names, texts))


@contextmanager
def _scratch(repository: Repository) -> Iterator[Path]:
    """A home for this borg alone, with what borg and ssh have noted in the real one."""
    outer = Path(tempfile.mkdtemp(prefix="hostwright-preflight-", dir="/run"))
    try:
        outer.chmod(0o711)
        place = outer / "home"
        place.mkdir(mode=0o700)
        shutil.chown(place, USER, USER)
        notes = f"{repository.settings.home}/.config/borg"
        # As borg, which owns both places: root would follow a link that was planted there.
        copy = (
            "mkdir -p .config/borg && for one; do test ! -e $one || cp -r $one .config/borg; done"
        )
        words = ["sh", "-c", f"cd {shlex.quote(str(place))} && {copy}", "sh"]
        run_as(USER, [*words, f"{notes}/security", f"{notes}/known_hosts"], {})
        yield place
    finally:
        shutil.rmtree(outer, ignore_errors=True)


def _environment(repository: Repository, place: Path) -> dict[str, str]:
    environment = repository.environment | {"BORG_BASE_DIR": str(place), "HOME": str(place)}
    if "BORG_RSH" in environment:
        words = [_known_hosts(word, place) for word in shlex.split(environment["BORG_RSH"])]
        environment["BORG_RSH"] = shlex.join([*words, *_SSH, "-E", f"{place}/said"])
    return environment


def _known_hosts(word: str, place: Path) -> str:
    """The file of pinned keys that lies beside this program, or a copy of what ssh has noted."""
    option, is_hosts, file = word.partition("UserKnownHostsFile=")
    if option or not is_hosts:
        return word
    beside = preflight_settings.FILE.parent / "known_hosts"
    if Path(file).parent.name == "hostwright" and beside.exists():
        pinned = place.parent / "known_hosts"
        shutil.copyfile(beside, pinned)
        pinned.chmod(0o644)
        return f"UserKnownHostsFile={pinned}"
    return f"UserKnownHostsFile={place}/.config/borg/known_hosts"


def _messages(errors: bytes) -> tuple[tuple[str, ...], list[str]]:
    """The names and texts of what borg has said."""
    names, texts = [], []
    for line in errors.decode("utf-8", "replace").splitlines():
        entry = None
        with suppress(ValueError):
            entry = json.loads(line)
        if not isinstance(entry, dict):
            entry = {"message": line}
        names.append(str(entry.get("msgid", "")))
        texts.append(str(entry.get("message", "")))
    return tuple(names), [text for text in texts if text]


def why(repository: Repository, place: Path, names: tuple[str, ...], texts: list[str]) -> str:
    """Why borg did not open it, by the names and texts of what it, or ssh, has said."""
    where = repository.settings.repository
    # A traceback, which is of borg on either side, has words of its own for what is denied.
    plain = takewhile(lambda text: _TRACEBACK not in text, texts)
    said = [*_said(place / "said"), *plain] if repository.settings.ssh else []
    for sign, advice in _ADVICE_OF_SSH.items():
        if line := next((line for line in said if sign in line), None):
            return f"{where} cannot be reached ({line.strip()}): {advice}"
    advised = repository.advice(names)
    return f"borg cannot open {where}: {advised or _last(texts)}"


def _last(texts: list[str]) -> str:
    """The last line that says something; of a traceback, the one with the exception."""
    lines = [line.strip("\r") for text in texts for line in text.splitlines() if line.strip()]
    starts = [number for number, line in enumerate(lines) if _TRACEBACK in line]
    after = lines[starts[-1] + 1 :] if starts else []
    ends = [line.strip() for line in after if not line.startswith((" ", "\t"))]
    return ends[0] if ends else lines[-1].strip() if lines else "it said nothing"


def _said(file: Path) -> list[str]:
    """What ssh has written; the folder is borg's, so no link is followed."""
    with suppress(OSError):
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as lines:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                return lines.read(1 << 16).decode("utf-8", "replace").splitlines()
    return []
