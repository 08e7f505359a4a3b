"""What every unit that talks to the repository has: where it is, who it is, and its secrets."""

from collections.abc import Iterator

from compiler.lower.lines import Lines, Paths
from compiler.lower.notify import notified
from schema.borg import LocalRepository, SshRepository
from schema.catalog import Catalog
from schema.diagnostics import ManifestPath
from schema.host import Manifest
from schema.layout import library, lies_in
from schema.units import Expanded

USER = "borg"
REPOSITORY: ManifestPath = ("backup", "repository")

_STATE = (".cache/borg", ".config/borg")


def reach_repository(lines: Lines, manifest: Manifest, catalog: Catalog) -> None:
    """What every unit that talks to the repository has."""
    repository = manifest.backup.repository
    at = REPOSITORY
    lines.unit("Documentation", "man:borg(1)", "where to read on")
    if isinstance(repository, LocalRepository):
        lines.unit(
            "RequiresMountsFor", repository.path, "the repository's disk must be mounted", at
        )
    else:
        lines.unit("Wants", "network-online.target", "the repository is on another host", at)
        lines.unit("After", "network-online.target", "the repository is on another host", at)
    notified(lines, manifest, catalog, failures_only=False)
    lines.service("Type", "oneshot", "is done when its commands are")
    lines.service("User", USER, "borg runs without root")
    lines.service("Group", USER, "borg runs without root")
    lines.service("UMask", "0077", "what borg writes is for borg alone")
    lines.service("Nice", "10", "leaves the processor to the host's real work")
    lines.service("IOSchedulingClass", "best-effort", "leaves the disk to the host's real work")
    lines.service("IOSchedulingPriority", "7", "leaves the disk to the host's real work")
    for name, value, reason, paths in (*environment(manifest), *_unit_environment(manifest)):
        kind = Expanded if isinstance(value, Expanded) else str
        lines.service("Environment", kind(f"{name}={value}"), reason, paths[0], paths[1:])
    for credential, secret in (
        ("passphrase", manifest.backup.passphrase),
        ("ssh_key", manifest.backup.ssh_key),
    ):
        if secret is not None:
            encrypted = lies_in(secret, "/etc/credstore.encrypted")
            lines.service(
                "LoadCredentialEncrypted" if encrypted else "LoadCredential",
                f"{credential}:{secret}",
                "only this unit can read the secret",
                ("backup", credential),
            )


def written_by_borg(manifest: Manifest) -> tuple[tuple[str, ManifestPath], ...]:
    """The folders that borg writes to (a local repository, cache, keys), with their options."""
    repository = manifest.backup.repository
    local = isinstance(repository, LocalRepository)
    home = (f"{manifest.backup.home}/{name}" for name in _STATE)
    return (
        *(((repository.path, REPOSITORY),) if local else ()),
        *((path, ("backup", "home")) for path in home),
    )


def environment(manifest: Manifest) -> Iterator[tuple[str, str, str, Paths]]:
    """The variables of every borg, on the host's units and by hand: name, value, why, options."""
    options = manifest.backup
    yield "LANG", "C.UTF-8", "file names are bytes of UTF-8 to borg", (("backup",),)
    yield "BORG_REPO", options.repository.location, "where to", (REPOSITORY,)
    yield (
        "BORG_HOST_ID",
        manifest.host,
        "lets borg know its own stale locks although the network is hidden",
        (("host",),),
    )
    if options.encryption == "none":
        yield (
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK",
            "yes",
            "nobody is there to answer borg's question",
            (("backup", "encryption"),),
        )


def _unit_environment(manifest: Manifest) -> Iterator[tuple[str, str, str, Paths]]:
    options = manifest.backup
    yield "BORG_BASE_DIR", options.home, "where borg keeps cache and keys", (("backup", "home"),)
    if options.encryption != "none" and options.passphrase is not None:
        yield (
            "BORG_PASSCOMMAND",
            Expanded("/bin/cat %d/passphrase"),
            "the passphrase is a credential",
            (("backup",), ("backup", "passphrase"), ("backup", "encryption")),
        )
    if isinstance(options.repository, SshRepository):
        key = ("-i", "%d/ssh_key", "-o", "IdentitiesOnly=yes") if options.ssh_key else ()
        words = Expanded(" ".join((*ssh(manifest), *key)))
        paths = (REPOSITORY, *ssh_options(manifest), ("backup", "ssh_key"))
        yield "BORG_RSH", words, "how borg reaches the server", paths


def ssh_options(manifest: Manifest) -> Paths:
    """The options that `ssh` is made of."""
    hosts = ("backup", "known_hosts")
    return (hosts, ("layout",) if manifest.backup.known_hosts else ("backup", "home"))


def ssh(manifest: Manifest) -> tuple[str, ...]:
    """The ssh command line, but for the key: no configuration of the host's takes part in it."""
    options = manifest.backup
    if options.known_hosts:
        hosts, checking = f"{library(manifest.layout)}/hostwright/known_hosts", "yes"
    else:
        hosts, checking = f"{options.home}/.config/borg/known_hosts", "accept-new"
    return (
        "ssh",
        "-F",
        "none",
        "-o",
        f"UserKnownHostsFile={hosts}",
        "-o",
        "GlobalKnownHostsFile=none",
        "-o",
        f"StrictHostKeyChecking={checking}",
        "-o",
        "BatchMode=yes",
        "-o",
        "ServerAliveInterval=30",
        "-o",
        "ServerAliveCountMax=10",
    )
