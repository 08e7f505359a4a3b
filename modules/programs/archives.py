"""borg, as restoring needs it: with this host's repository, secrets and archives.

Root extracts, because only root may give files their owners back. What root's borg keeps for
itself (caches, the ssh key) goes to a folder below /run that is removed at the end, so that nothing
of root's is left in the repository or in borg's home, where it would lock the user borg out.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import credentials
import processes
from settings import RestoreError, Settings

USER = "borg"
NEWEST = ("newest", "latest")
_BUSY = ("backup.service", "backup-check.service")
_LOCK_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Archive:
    """One archive, by its name and the local time when it was made."""

    name: str
    made: datetime


@dataclass(frozen=True, slots=True)
class Extraction:
    """What an extraction did: how many files and folders, what was not there, borg's warnings."""

    entries: int
    missing: tuple[str, ...]
    warnings: int


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository of this host, reached as root, or as the user borg."""

    settings: Settings
    environment: dict[str, str]
    folder: Path

    def archives(self) -> tuple[Archive, ...]:
        """This host's archives, newest last.

        Raises:
            RestoreError: the repository cannot be read; borg has said why.
        """
        return self._archives(f"--glob-archives={self.settings.archives}")

    def choose(self, name: str | None) -> Archive:
        """The archive of that name (which borg may prefix with `::`), or else the newest.

        Raises:
            RestoreError: there is none.
        """
        wanted = (name or NEWEST[0]).rpartition("::")[2]
        found = self.archives()
        if wanted in NEWEST and found:
            return found[-1]
        everything = found if wanted in NEWEST else self._archives()
        for archive in everything:
            if archive.name == wanted:
                return archive
        what = f'named "{wanted}"' if wanted not in NEWEST else f"of {self.settings.host}"
        names = "\n".join(f"  {archive.name}" for archive in self._archives()[-10:])
        raise RestoreError(
            f"there is no archive {what} in {self.settings.repository}; "
            + (f"the newest ones there are:\n{names}" if names else "it has no archive at all")
        )

    def show(self, archive: str, path: str | None = None) -> bool:
        """Print what is in an archive, or below a path of it, and say whether that was anything.

        Raises:
            RestoreError: borg gave up.
        """
        words = self._words("list", f"::{archive}", "--", *_patterns((path,) if path else ()))
        return processes.shows(words, environment=self.environment)

    def extract(self, archive: str, paths: tuple[str, ...], to: Path, *options: str) -> Extraction:
        """Extract paths into a folder: owners, modes, ACLs, xattrs, holes and links included.

        Raises:
            RestoreError: borg gave up.
        """
        above = _missing_above(paths, to)
        patterns = (*_patterns(paths), *(f"pf:{path}" for path in above))
        words = self._words("extract", "--sparse", "--list", *options, f"::{archive}", "--")
        said = processes.converse([*words, *patterns], environment=self.environment, cwd=to)
        if said.status > 1:
            raise RestoreError(f"borg did not finish: {to} is incomplete; {self._advice(said)}")
        missing = tuple(path for path in said.missing if path not in above)
        return Extraction(said.listed, missing, said.warnings)

    def _archives(self, *options: str) -> tuple[Archive, ...]:
        answer = self.folder / "archives"
        said = processes.converse(
            self._words("list", "--json", *options), environment=self.environment, stdout=answer
        )
        if said.status != 0:
            raise RestoreError(f"borg cannot read {self.settings.repository}; {self._advice(said)}")
        found = json.loads(answer.read_bytes())["archives"]
        return tuple(Archive(one["name"], datetime.fromisoformat(one["time"])) for one in found)

    def _words(self, command: str, *words: str) -> list[str]:
        lock = ("--bypass-lock",) if self.settings.local else (f"--lock-wait={_LOCK_SECONDS}",)
        return ["borg", *lock, command, *words]

    def _advice(self, said: processes.Answer) -> str:
        return self.advice(said.messages) or "what borg has said above is the reason"

    def advice(self, messages: tuple[str, ...]) -> str | None:
        """What to do about one of borg's messages, by their names; None for others."""
        for name, advice in _ADVICE.items():
            if any(message.startswith(name) for message in messages):
                return advice.format(
                    passphrase=self.settings.passphrase,
                    home=self.settings.home,
                    repository=self.settings.repository,
                )
        return None


_ADVICE = {
    "PassphraseWrong": "the passphrase in {passphrase} is not that of this repository: write the"
    " right one into it",
    "NoPassphraseFailure": "put the passphrase of the repository into {passphrase}",
    "KeyfileNotFoundError": "the key of the repository is not on this machine: bring back the"
    " exported one: hostwright-restore borg key import :: - < KEYFILE",
    "RepoKeyNotFoundError": "the key is missing in the repository: bring back the exported one:"
    " hostwright-restore borg key import :: - < KEYFILE",
    "Repository.DoesNotExist": "is its disk mounted, and the path right? {repository}",
    "Repository.InvalidRepository": "is its disk mounted, and the path right? {repository}",
    "LockTimeout": "somebody else is at work in it: wait, or systemctl stop backup.service; when"
    " nobody is any more: hostwright-restore borg break-lock",
    "ConnectionClosed": "is the server up, does it know this machine's ssh key, and is its own host"
    " key the pinned one?",
}


@contextmanager
def reached(settings: Settings, user: str | None = None) -> Iterator[Repository]:
    """The repository, with what borg needs to reach it, as root or as the user borg.

    Raises:
        RestoreError: borg, the repository or a secret is missing, or a backup runs.
    """
    if shutil.which("borg") is None:
        raise RestoreError("borg is not installed; apt-get install borgbackup")
    if settings.local and user is None:
        _check_local(settings.repository)
    folder = Path(tempfile.mkdtemp(prefix="hostwright-restore-", dir="/run"))
    try:
        yield Repository(settings, _environment(settings, folder, user), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if settings.local and user is None:
            _give_back(settings.repository)


def _give_back(repository: str) -> None:
    """Give borg what root's borg has made in the repository: an index, where one was missing."""
    owner = os.stat(repository)
    for entry in os.scandir(repository):
        if entry.stat(follow_symlinks=False).st_uid == 0 != owner.st_uid:
            os.lchown(entry.path, owner.st_uid, owner.st_gid)


def _check_local(repository: str) -> None:
    """Root goes past borg's lock, so that it leaves none of its own: nobody may be writing."""
    if not Path(repository, "config").exists():
        raise RestoreError(
            f"there is no repository at {repository}; mount its disk, or copy the repository there"
        )
    for unit in _BUSY:
        if processes.is_busy(unit):
            raise RestoreError(
                f"{unit} is running and writes to the repository; wait for it to end"
                f" (journalctl -fu {unit}), or stop it: systemctl stop {unit}"
            )


def _environment(settings: Settings, folder: Path, user: str | None) -> dict[str, str]:
    environment = {
        **{name: os.environ[name] for name in ("TERM", "TZ") if name in os.environ},
        **settings.environment,
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": settings.home if user else "/root",
        "BORG_BASE_DIR": settings.home if user else str(folder),
        "BORG_KEYS_DIR": f"{settings.home}/.config/borg/keys",
    }
    if settings.passphrase:
        environment["BORG_PASSPHRASE"] = credentials.passphrase(settings.passphrase)
    if settings.ssh:
        environment["BORG_RSH"] = credentials.ssh(settings, settings.ssh, folder, user)
    if user:
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, user, user)
    return environment


def _patterns(paths: tuple[str, ...]) -> list[str]:
    """Paths as borg takes them literally: without the style it would look for one in the path."""
    return [f"pp:{path}" for path in paths]


def _missing_above(paths: tuple[str, ...], to: Path) -> tuple[str, ...]:
    """The folders that lead to the paths, where they are not there: borg would make them root's.

    Not all need be in the archive: of /var/lib/gitea it may hold nothing above that.
    """
    above = (str(folder) for path in paths for folder in Path(path).parents if folder.name)
    return tuple(path for path in dict.fromkeys(above) if not (to / path).exists())


def print_error(text: str) -> None:
    """Say something on the terminal that is no result."""
    print(text, file=sys.stderr)


def run_as_borg(settings: Settings, words: list[str]) -> int:
    """Run any borg command as the user borg, whose repository and caches it may write to.

    Raises:
        RestoreError: there is no user borg yet, or a secret is missing.
    """
    if subprocess.run(["id", USER], check=False, capture_output=True).returncode != 0:
        raise RestoreError("there is no user borg on this machine yet; systemd-sysusers makes it")
    identity = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups", "--")
    with reached(settings, USER) as repository:
        return processes.run([*identity, "borg", *words], environment=repository.environment)
