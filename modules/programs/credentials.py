"""The passphrase and the ssh key, from where the backup's units have them."""

import getpass
import shlex
import subprocess
import sys
from pathlib import Path

from settings import RestoreError, Settings

ENCRYPTED = Path("/etc/credstore.encrypted")


def passphrase(file: Path) -> str:
    """The passphrase of the repository; asked for when its file is of no use and somebody is there.

    Raises:
        RestoreError: there is no passphrase, and nobody to ask.
    """
    try:
        return _stored(file)
    except RestoreError as error:
        if not sys.stdin.isatty():
            raise
        print(f"hostwright-restore: {error}", file=sys.stderr)
        return getpass.getpass("Until then, the passphrase of the repository: ")


def _stored(file: Path) -> str:
    found = read(file, "passphrase").decode("utf-8", "surrogateescape").rstrip("\n")
    if not found:
        raise RestoreError(f"{file} is empty; write the passphrase into it{how(file)}")
    return found


def read(file: Path, name: str) -> bytes:
    """The content of a credential's file, decrypted where systemd would decrypt it.

    Raises:
        RestoreError: it is missing, or was encrypted by another machine.
    """
    if not file.exists():
        raise RestoreError(f"{file} is missing; put it back{how(file, name)}")
    if not _is_encrypted(file):
        return file.read_bytes()
    result = subprocess.run(
        ["/usr/bin/systemd-creds", "decrypt", f"--name={name}", file, "-"],
        check=False,
        capture_output=True,
    )
    if result.returncode != 0:
        said = result.stderr.decode(errors="replace").strip()
        raise RestoreError(
            f"{file} cannot be decrypted on this machine ({said}): only the machine that encrypted"
            f" it can; encrypt it again{how(file, name)}"
        )
    return result.stdout


def ssh(settings: Settings, command: str, folder: Path, user: str | None) -> str:
    """The ssh command line, with a copy of the key that only this borg's user can read."""
    program, *options = shlex.split(command)
    chosen: list[str] = []
    if settings.ssh_key:
        key = folder / "ssh_key"
        key.touch(mode=0o600)
        key.write_bytes(read(settings.ssh_key, "ssh_key"))
        chosen = ["-i", str(key), "-o", "IdentitiesOnly=yes"]
    hosts = next((word for word in options if word.startswith("UserKnownHostsFile=")), "")
    pinned = Path(hosts.partition("=")[2])
    if user is None and hosts and pinned.is_relative_to(settings.home):
        # ssh notes a server it trusts on first use there, and what root notes is root's.
        noted = folder / "known_hosts"
        noted.write_bytes(pinned.read_bytes() if pinned.exists() else b"")
        options[options.index(hosts)] = f"UserKnownHostsFile={noted}"
    return shlex.join([program, *chosen, *options])


def _is_encrypted(file: Path) -> bool:
    return file.is_relative_to(ENCRYPTED)


def how(file: Path, name: str = "passphrase") -> str:
    """The command line that writes a credential, to be typed as it stands."""
    if name == "ssh_key":
        return " from where you keep a copy, or authorize a new key on the server"
    ask = "systemd-ask-password -n"
    if _is_encrypted(file):
        return f": {ask} | systemd-creds encrypt --name={name} - {file}"
    return f": (umask 077; mkdir -p {file.parent}; {ask} > {file})"
