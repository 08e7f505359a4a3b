"""Whether the options of `backup` agree with one another."""

from collections.abc import Iterator

import attrs

from schema.borg import SshRepository
from schema.diagnostics import Diagnostic, Related, Severity
from schema.host import Manifest


def repository(manifest: Manifest) -> Iterator[Diagnostic]:
    """Encryption and its passphrase, ssh and its keys, and rules that keep at least one archive."""
    yield from _encryption(manifest)
    where = manifest.backup.repository
    if isinstance(where, SshRepository):
        yield from _ssh(manifest, where)
    else:
        yield from _local(manifest)
    if not manifest.backup.append_only and not any(attrs.astuple(manifest.backup.keep)):
        yield Diagnostic(
            "HW021",
            "keep has no rule, and borg refuses to prune without one",
            ("backup", "keep"),
            "keep at least something: keep: {daily: 30}",
            about=("backup", "keep"),
        )


def _encryption(manifest: Manifest) -> Iterator[Diagnostic]:
    options = manifest.backup
    if options.encryption == "none":
        yield Diagnostic(
            "HW062",
            "encryption: none lets everybody who reaches the repository read the backups",
            ("backup", "encryption"),
            "leave it out: the default is repokey-blake2",
            Severity.WARNING,
        )
        if options.passphrase is not None:
            yield Diagnostic(
                "HW020",
                "a passphrase means nothing with encryption: none",
                ("backup", "passphrase"),
                "take one of the two out",
                at="key",
            )
    elif options.passphrase is None:
        yield Diagnostic(
            "HW020",
            f"encryption {options.encryption} needs a passphrase",
            ("backup",),
            "for example: passphrase: /etc/credstore/borg-passphrase",
            at="key",
            about=("backup", "passphrase"),
        )


def _ssh(manifest: Manifest, repository: SshRepository) -> Iterator[Diagnostic]:
    options = manifest.backup
    server = repository.host.strip("[]")
    if repository.port not in (None, 22):
        server = f"[{server}]:{repository.port}"
    if not options.known_hosts and not options.trust_on_first_use:
        yield Diagnostic(
            "HW020",
            "an ssh repository needs the server's host keys",
            ("backup", "repository"),
            "add known_hosts (ssh-keyscan prints them), or trust_on_first_use: true",
            about=("backup", "known_hosts"),
        )
    if options.known_hosts and not any(key.is_for(server) for key in options.known_hosts):
        yield Diagnostic(
            "HW022",
            f"no line of known_hosts is for {server}: ssh would refuse to connect",
            ("backup", "known_hosts"),
            f"add the line that begins with {server}",
            related=(Related("the server", path=("backup", "repository")),),
        )
    if options.known_hosts and options.trust_on_first_use:
        yield Diagnostic(
            "HW020",
            "known_hosts pins the server's keys, so nothing is left to trust",
            ("backup", "trust_on_first_use"),
            "take trust_on_first_use out",
            at="key",
        )
    if options.ssh_key is None:
        yield Diagnostic(
            "HW020",
            "an ssh repository needs a key to log in with",
            ("backup", "repository"),
            "for example: ssh_key: /etc/credstore/borg-ssh-key",
            about=("backup", "ssh_key"),
        )


def _local(manifest: Manifest) -> Iterator[Diagnostic]:
    options = manifest.backup
    for name in ("ssh_key", "known_hosts", "trust_on_first_use"):
        if getattr(options, name):
            yield Diagnostic(
                "HW020",
                f"{name} means nothing for a repository on this host",
                ("backup", name),
                "take it out, or give an ssh repository",
                at="key",
            )
