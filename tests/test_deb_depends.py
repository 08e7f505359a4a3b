"""What a host's package depends on: what its tree uses, and nothing else."""

import tomllib

import pytest

from tests.support import compile_text

MANIFEST = """\
host: web1
target: {target}
backup:
  repository: {repository}
  passphrase: /etc/credstore/borg-passphrase
  paths: [/etc]
{backup}
{more}
"""
ALWAYS = {
    "debian-12": {"systemd (>= 252)", "borgbackup (>= 1.2.4)", "python3 (>= 3.11)"},
    "debian-13": {"systemd (>= 257)", "borgbackup (>= 1.4.0)", "python3 (>= 3.11)"},
}
REMOTE = "ssh://web1@vault.example.org/./web1"


def depends(
    backup: str = "", more: str = "", target: str = "debian-12", repository: str = "/mnt/vault"
) -> set[str]:
    """What comes on top of what every host needs."""
    backup = "".join(f"  {line}\n" for line in backup.splitlines())
    text = MANIFEST.format(target=target, repository=repository, backup=backup, more=more)
    compiled = compile_text(text)
    assert compiled.tree is not None, compiled.diagnostics
    entry = compiled.tree["usr/lib/hostwright/package.toml"]
    said = tomllib.loads(getattr(entry, "text", ""))["depends"]
    assert len(said) == len(set(said))
    assert ALWAYS[target] <= set(said)
    return set(said) - ALWAYS[target]


@pytest.mark.parametrize("target", ALWAYS)
def test_every_host_needs_systemd_borg_and_python(target: str) -> None:
    """Of at least the versions that its target has."""
    assert depends(target=target) == set()


def test_a_remote_repository_takes_ssh() -> None:
    """A local one does not."""
    backup = "ssh_key: /etc/credstore/key\ntrust_on_first_use: true"
    assert depends(backup, repository=REMOTE) == {"openssh-client"}


def test_mail_takes_postfix() -> None:
    """The unit that sends it is in postfix's group."""
    assert depends("mail: ops@example.org") == {"postfix"}


@pytest.mark.parametrize(("target", "major"), [("debian-12", 15), ("debian-13", 17)])
def test_postgresql_takes_the_client_of_its_major_version(target: str, major: int) -> None:
    """An older pg_dump refuses a newer server."""
    more = "modules: [postgresql]"
    assert depends(more=more, target=target) == {f"postgresql-client-{major}"}


def test_a_drill_takes_the_server() -> None:
    """It starts a cluster of its own."""
    found = depends("drill: monthly", "modules: [postgresql]")
    assert found == {"postgresql-client-15", "postgresql-15"}


def test_a_drill_that_leaves_the_dump_out_takes_no_server() -> None:
    """Only what is tried out needs what it is tried out with."""
    more = "modules: {postgresql: {drill: false}, dump: {x: {user: root, command: [/bin/true]}}}"
    assert "postgresql-15" not in depends("drill: monthly", more)


@pytest.mark.parametrize(
    ("module", "found"),
    [
        ("gitea", {"sqlite3"}),
        ("healthchecks: {ping_key: /etc/credstore/key}", {"ca-certificates"}),
        ("ntfy: {topic: backups}", {"ca-certificates"}),
        ("prometheus", {"prometheus-node-exporter"}),
    ],
)
def test_a_module_says_what_it_takes(module: str, found: set[str]) -> None:
    """Its own packages, once."""
    name, _, options = module.partition(": ")
    assert depends(more=f"modules: {{{name}: {options or '{}'}}}") == found


def test_a_job_names_the_packages_of_its_commands() -> None:
    """Nobody else can know where a command is from."""
    job = "{user: redis, command: [/usr/bin/redis-cli], packages: [redis-tools]}"
    assert depends(more=f"modules: {{dump: {{redis: {job}}}}}") == {"redis-tools"}


def test_a_manifest_may_name_more() -> None:
    """With a version, or an alternative."""
    more = 'package: {depends: [jq, "redis-tools (>= 5:7.0)", exim4 | postfix]}'
    assert depends(more=more) == {"jq", "redis-tools (>= 5:7.0)", "exim4 | postfix"}
