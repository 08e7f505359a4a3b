"""gpg: the key that signs a suite, and its signatures."""

import os

from attrs import frozen

from compiler.repository.failures import FailedError
from compiler.repository.tools import last_words, run

_UNUSABLE = {"d": "disabled", "e": "expired", "i": "invalid", "n": "not valid", "r": "revoked"}
_BATCH = ("gpg", "--batch", "--yes", "--no-tty", "--quiet")


@frozen
class Key:
    """A secret key, and what opens it.

    Attributes:
        fingerprint: of the primary key; gpg takes the newest of its subkeys that can sign.
        passphrase_file: a file whose first line opens it, or None to have gpg-agent asked.
    """

    fingerprint: str
    passphrase_file: str | None = None


def key(name: str, passphrase_file: str | None = None) -> Key:
    """Find the one secret key that a name means.

    Raises:
        FailedError: there is none, or several, or it cannot sign any more.
    """
    done = run(*_BATCH, "--with-colons", "--list-secret-keys", "--", name)
    lines = [line.split(":") for line in done.stdout.decode(errors="replace").splitlines()]
    found = [line for line in lines if line[0] == "sec"]
    fingerprints = _primary_fingerprints(lines)
    if not found:
        home = os.environ.get("GNUPGHOME")
        where = f"in GNUPGHOME={home}" if home else "among this user's keys (GNUPGHOME is not set)"
        raise FailedError(f'there is no secret key "{name}" {where}: gpg --list-secret-keys')
    if len(found) > 1:
        several = ", ".join(fingerprints)
        raise FailedError(f'"{name}" names several keys; give the fingerprint of one: {several}')
    if (state := found[0][1]) in _UNUSABLE:
        raise FailedError(f'the key "{name}" is {_UNUSABLE[state]}: no host would believe it')
    if "S" not in found[0][11]:
        raise FailedError(f'the key "{name}" cannot sign, nor can a subkey of it')
    if passphrase_file is not None and not os.path.isfile(passphrase_file):
        raise FailedError(f"there is no file {passphrase_file} with the key's passphrase")
    return Key(fingerprints[0], passphrase_file)


def sign(folder: str, signing: Key) -> None:
    """Sign `Release` in a folder: `InRelease` has it inside, `Release.gpg` is for old clients.

    Raises:
        FailedError: gpg does not sign.
    """
    release = os.path.join(folder, "Release")
    for how, name in (("--clearsign", "InRelease"), ("--detach-sign", "Release.gpg")):
        output = os.path.join(folder, name)
        done = run(*_BATCH, *_opened(signing), "--armor", "--output", output, how, release)
        if done.returncode != 0:
            said = _last(done.stderr)
            raise FailedError(
                f"gpg does not sign with {signing.fingerprint}: {said}{_fix(signing)}"
            )


def refuse_unsigned(folder: str, release: bytes) -> None:
    """Refuse the Release of a folder if no key of the publisher's has signed it.

    Those are the keys whose secret half is here, and those that are trusted as one's own, as after
    a secret half was lost.

    Raises:
        FailedError: the signature is missing or bad, or somebody else's.
    """
    signature = os.path.join(folder, "Release.gpg")
    words = ("--no-auto-key-retrieve", "--status-fd", "1", "--verify", "--", signature, "-")
    done = run(*_BATCH, *words, given=release)
    said = [line.split()[1:] for line in done.stdout.decode(errors="replace").splitlines()]
    marks = {line[0] for line in said if line}
    signers = {line[-1] for line in said if line and line[0] == "VALIDSIG"}
    if done.returncode or not signers or "REVKEYSIG" in marks:
        raise FailedError(
            f"{folder} is signed by no key that is known here ({_last(done.stderr)}): if it is "
            "yours, gpg --import the key; if somebody else has changed it, remove the folder, and "
            "add what your manifests compile to"
        )
    if not signers & _own() and "TRUST_ULTIMATE" not in marks:
        signer = min(signers)
        raise FailedError(
            f"{folder} is signed by {signer}, whose secret half is not here: if that was your own "
            f"key, echo {signer}:6: | gpg --import-ownertrust"
        )


def _own() -> set[str]:
    done = run(*_BATCH, "--with-colons", "--list-secret-keys")
    lines = [line.split(":") for line in done.stdout.decode(errors="replace").splitlines()]
    return set(_primary_fingerprints(lines))


def _last(said: bytes) -> str:
    return last_words(said, ("gpg: ",))


def _opened(signing: Key) -> tuple[str, ...]:
    words = ("--local-user", signing.fingerprint, "--digest-algo", "SHA512")
    if signing.passphrase_file is None:
        return words
    return (*words, "--pinentry-mode", "loopback", "--passphrase-file", signing.passphrase_file)


def _fix(signing: Key) -> str:
    if signing.passphrase_file is not None:
        return f" (is the passphrase in {signing.passphrase_file} the right one?)"
    return " (for a key with a passphrase, where nobody can type it: --passphrase-file)"


def _primary_fingerprints(lines: list[list[str]]) -> list[str]:
    """The fingerprint that follows each primary key: the others are those of subkeys."""
    found = []
    primary = False
    for line in lines:
        if line[0] in ("sec", "ssb"):
            primary = line[0] == "sec"
        elif line[0] == "fpr" and primary:
            found.append(line[9])
            primary = False
    return found
