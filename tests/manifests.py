"""Good manifests, but for what a test gives, and what is reported of them."""

from schema.host_keys import HostKey
from tests.support import compile_text

HOST_KEY = HostKey.example
SERVER = "borg@vault.example.org:web1"
SECRET = "correct-horse"  # noqa: S105 - the secret that the examples give away


def manifest(
    *backup: str,
    paths: str = "[/etc]",
    repository: str = "/mnt/vault/web1",
    modules: str = "{}",
    more: str = "",
) -> str:
    """A good manifest, but for what is given."""
    lines = (
        "host: web1",
        "target: debian-12",
        "backup:",
        f"  paths: {paths}",
        f"  repository: {repository}",
        "  passphrase: /etc/credstore/borg-passphrase",
        *(f"  {line}" for line in backup),
        f"modules: {modules}",
        more,
    )
    return "\n".join(lines) + "\n"


def codes(text: str) -> list[str]:
    """What is reported of a manifest."""
    return [diagnostic.code for diagnostic in compile_text(text).diagnostics]


def units(unit: str, section: str, directive: str) -> str:
    """An override of one directive."""
    return f"units: {{{unit}: {{{section}: {{{directive}}}}}}}"


def job(options: str) -> str:
    """A dump job called wiki."""
    return f"{{dump: {{wiki: {{user: www-data, command: [/bin/true], {options}}}}}}}"
