"""What only a person knows, repository and passphrase, and what the machine hints about them."""

from compiler.init.draft import Draft
from compiler.init.root import Root

PASSPHRASE = "/etc/credstore/borg-passphrase"  # noqa: S105 - where it lies
HOW_TO_MAKE = (
    (
        "The file with the passphrase. It never enters the tree; keep a copy off this host. For a "
        "new repository, as root:"
    ),
    "  install -d -m 0700 /etc/credstore",
    f"  (umask 077; head -c 32 /dev/urandom | base64 > {PASSPHRASE})",
)
_HOW_TO_TYPE = (
    "  install -d -m 0700 /etc/credstore",
    f"  (umask 077; cat > {PASSPHRASE})",
)
_OTHERS = (
    ("/etc/borgmatic/config.yaml", "borgmatic"),
    ("/etc/borgmatic.yaml", "borgmatic"),
    ("/usr/local/sbin/backup.sh", "seed"),
)
_SECURITY = "/root/.config/borg/security"


def hints(root: Root, draft: Draft) -> None:
    """Give `backup.repository` and `backup.passphrase` as placeholders that compile."""
    name = draft.values(("host",))[0]
    draft.put(
        ("backup", "repository"),
        f"/mnt/vault/{name}",
        (
            (
                "CHANGE: where borg writes to, a disk that is mounted there or a server: "
                "ssh://USER@SERVER/./PATH, which also needs ssh_key and known_hosts."
            ),
            *_known(root),
        ),
    )
    draft.put(("backup", "passphrase"), PASSPHRASE, HOW_TO_MAKE)
    _other_tools(root, draft)
    if root.is_file("/etc/postfix/main.cf"):
        said = 'Postfix is installed. "mail: root" would report each success and each failure.'
        draft.section(("backup",)).after.append(said)


def of_existing(where: str = "") -> tuple[str, ...]:
    """The comment on the passphrase of a repository that is there, which no new one opens.

    Parameters:
        where: a clause on where the passphrase is to be found; empty where the file has none.
    """
    if where:
        said = f"CHANGE: the passphrase of the repository, {where}."
    else:
        said = (
            "CHANGE: the passphrase of the repository, which is not in the file. If the repository "
            'has none, write "encryption: none" instead.'
        )
    return f"{said} As root, type it in, Enter, Ctrl-D:", *_HOW_TO_TYPE


def repositories(root: Root) -> list[str]:
    """Where root's borg has written to before: borg notes it for each repository."""
    found = (root.text(f"{_SECURITY}/{name}/location") for name in root.names(_SECURITY))
    return sorted({text.strip() for text in found if text and text.strip()})


def ssh_keys(root: Root) -> list[str]:
    """The private ssh keys of root, which a backup may log in with."""
    names = root.names("/root/.ssh")
    return [f"/root/.ssh/{name}" for name in names if f"{name}.pub" in names]


def _known(root: Root) -> tuple[str, ...]:
    said = [f"Root's borg has used {location} before." for location in repositories(root)[:5]]
    if keys := ssh_keys(root):
        said.append(f"An ssh key of root's: {keys[0]} (a key of its own is better).")
    return tuple(said)


def _other_tools(root: Root, draft: Draft) -> None:
    for path, kind in _OTHERS:
        if root.is_file(path):
            draft.notes += [
                "",
                f"There is a {path}. To carry it over:",
                f"  hostwright init --from {kind} {path}",
            ]
