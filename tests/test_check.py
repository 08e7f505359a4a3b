"""Rules about the whole host: each refuses what would go wrong at night, and nothing else.

What they refuse, and how they say it, stands in golden/rejected; here are the near misses.
"""

import pytest

from compiler.check import check
from compiler.evaluate import evaluate
from compiler.load import load
from compiler.lower import lower
from compiler.structure import structure
from schema.diagnostics import has_errors
from schema.host_keys import HostKey
from tests.support import GOLDEN, compile_text, host_names

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


@pytest.mark.parametrize("host", host_names())
def test_golden_hosts_break_no_rule(host: str) -> None:
    """A rule that refuses a good manifest is worse than none."""
    found, _ = structure(load("host.yaml", (GOLDEN / host / "host.yaml").read_bytes()))
    assert found is not None
    catalog, _ = evaluate(found)
    configuration, _ = lower(found, catalog)

    assert not has_errors(check(found, catalog, configuration))


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        (manifest('exclude: ["pp:/srv/vault"]', repository="/srv/vault", paths="[/srv]"), []),
        (manifest('exclude: ["sh:/srv/vau*"]', repository="/srv/vault", paths="[/srv]"), []),
        (manifest(repository="/srv/vault", paths="[/srv/vaults]"), []),
        (manifest(repository="/srv/vault", paths="[/srv]"), ["HW057"]),
    ],
)
def test_repository_may_lie_in_a_path_that_excludes_it(text: str, reported: list[str]) -> None:
    """What borg leaves out is not archived again and again."""
    assert codes(text) == reported


@pytest.mark.parametrize(
    ("pattern", "reported"),
    [
        ("pp:/var/lib/postgresql", []),
        ("sh:/var/lib/p*", []),
        ("pp:/var/lib/postgresql/15", ["HW058"]),
        ("pf:/var/lib/mysql", ["HW058"]),
    ],
)
def test_live_files_may_lie_in_a_path_that_excludes_them(pattern: str, reported: list[str]) -> None:
    """Only a copy that could be taken for a backup is worth a warning."""
    text = manifest(f'exclude: ["{pattern}"]', paths="[/var/lib]", modules="[postgresql]")

    assert codes(text) == reported


def test_root_may_be_archived_without_what_the_kernel_makes_up() -> None:
    """A whole host is a fair thing to back up."""
    exclude = 'exclude: ["pp:/dev", "pp:/proc", "pp:/run", "pp:/sys", "pp:/mnt"]'

    assert codes(manifest(exclude, paths="[/]")) == []


@pytest.mark.parametrize(
    ("pattern", "reported"),
    [
        ("*.dumps", []),
        ("pp:/backups", []),
        ("pf:/backup/wik", []),
        ("sh:*/wiki.dump", []),
        ("sh:/backup", ["HW054"]),
        ("pf:/backup/wiki", ["HW054"]),
        ("fm:*/wiki.d?mp", ["HW054"]),
    ],
)
def test_exclude_is_refused_only_if_it_takes_out_a_dump(pattern: str, reported: list[str]) -> None:
    """What a pattern takes out is what borg takes out (test_patterns)."""
    assert codes(manifest(f'exclude: ["{pattern}"]', modules=job(""))) == reported


@pytest.mark.parametrize(
    ("folder", "reported"), [("/var/lib", []), ("/srv/spool", []), ("/srv/other", ["HW051"])]
)
def test_folder_of_other_software_is_known_once_it_is_said(
    folder: str, reported: list[str]
) -> None:
    """Folders of Debian's packages are known, others must be named in external."""
    options = job(f"needs: {{write: [{folder}]}}")

    assert codes(manifest(modules=options, more="external: {paths: [/srv/spool]}")) == reported


@pytest.mark.parametrize(
    ("user", "reported"), [("www-data", []), ("redis", []), ("wiki", []), ("shop", ["HW052"])]
)
def test_user_of_other_software_is_known_once_it_is_said(user: str, reported: list[str]) -> None:
    """Users of Debian's packages are known, others must be named in external."""
    jobs = f"{{dump: {{wiki: {{user: {user}, command: [/bin/true]}}}}}}"

    assert codes(manifest(modules=jobs, more="external: {users: [wiki]}")) == reported


@pytest.mark.parametrize(
    ("unit", "section", "directive", "reported"),
    [
        ("backup.service", "Service", "ReadWritePaths: -/may/be/missing", []),
        ("backup.service", "Service", "ReadWritePaths: /is/missing", ["HW051"]),
        ("backup.service", "Service", "SupplementaryGroups: [adm, 4242]", []),
        ("backup.service", "Service", "ProtectHome: yes", []),
        ("backup.service", "Service", "ProtectHome: tmpfs", []),
        ("backup.service", "Service", "PrivateTmp: yes", []),
        ("backup.service", "Service", "ProtectKernelModules: yes", []),
        ("backup.service", "Service", "PrivateUsers: no", []),
        ("backup.service", "Service", "PrivateUsers: TRUE", ["HW044", "HW055"]),
        ("backup.service", "Service", "SuccessExitStatus: 7", []),
        ("backup.service", "Service", "InaccessiblePaths: /srv", []),
        ("backup.service", "Service", "SystemCallFilter: ''", []),
        ("backup.service", "Service", "AmbientCapabilities: CAP_DAC_READ_SEARCH", []),
        ("backup.service", "Service", "User: borg", []),
        ("backup.service", "Service", "Type: oneshot", []),
        ("backup.service", "Service", "Restart: on-failure", []),
        ("backup-check.service", "Service", "PrivateUsers: yes", []),
        ("backup-check.service", "Service", "User: null", ["HW055"]),
        ("backup-postgresql.service", "Service", "User: root", []),
        ("backup-postgresql.service", "Service", "Type: null", ["HW055"]),
        ("backup-check.service", "Unit", "After: backup.service", []),
        ("backup-postgresql.service", "Unit", "After: network.target", []),
        ("backup-postgresql.service", "Unit", "Before: backup.service", []),
        ("backup-postgresql.service", "Unit", "After: backup.service", ["HW053"]),
        ("backup.timer", "Timer", "OnCalendar: [Mon 03:00, Thu 03:00]", []),
        ("backup.timer", "Timer", "OnCalendar: ['', daily]", []),
        ("backup.timer", "Timer", "OnCalendar: ['']", ["HW055"]),
        ("backup.timer", "Timer", "OnCalendar: null, OnBootSec: 5min", []),
        ("backup.timer", "Timer", "OnBootSec: ['']", []),
        ("backup.timer", "Timer", "Unit: backup.service", []),
    ],
)
def test_override_is_refused_only_where_it_breaks_something(
    unit: str, section: str, directive: str, reported: list[str]
) -> None:
    """The same directive can be good on one unit, or with other paths, and fatal elsewhere."""
    text = manifest(modules="[postgresql]", more=units(unit, section, directive))

    assert codes(text) == reported


@pytest.mark.parametrize(
    ("line", "reported"),
    [
        (f"known_hosts: ['{HOST_KEY}']", []),
        (f"known_hosts: ['other.{HOST_KEY}']", ["HW022"]),
        (f"known_hosts: ['[{HOST_KEY.replace(' ', ']:22 ', 1)}']", ["HW022"]),
        (f"known_hosts: ['@revoked {HOST_KEY}']", ["HW022"]),
        (f"known_hosts: ['@cert-authority {HOST_KEY}']", []),
        (f"known_hosts: ['*.example.org,!{HOST_KEY}']", ["HW022"]),
        (f"known_hosts: ['V?ULT.*,!*.example.com,x.{HOST_KEY}']", []),
        (f"known_hosts: ['|1|YQ==|YQ== {HOST_KEY.partition(' ')[2]}']", []),
        ("trust_on_first_use: true", []),
    ],
)
def test_ssh_needs_a_key_of_its_server(line: str, reported: list[str]) -> None:
    """Pinned, or trusted at the first connection."""
    text = manifest(line, "ssh_key: /etc/credstore/ssh", repository=SERVER)

    assert codes(text) == reported


@pytest.mark.parametrize(
    ("repository", "home", "reported"),
    [
        ("/home/borg/web1", "/home/borg", []),
        ("/var/lib/borg", "/srv/borg", []),
        ("/mnt/usb", "/var/borg", []),
        ("/srv", "/home/borg", ["HW023"]),
        ("/bin/borg", "/home/borg", ["HW023"]),
        ("/etc/credstore/borg-passphrase", "/home/borg", ["HW023", "HW057"]),
        ("/mnt/vault", "/mnt/vault/home", ["HW023"]),
        ("/mnt/vault", "/run/borg", ["HW023"]),
        ("/home/borg", "/home/borg", ["HW050"]),
        (SERVER, "/opt", ["HW023"]),
    ],
)
def test_borg_takes_no_folder_of_others(repository: str, home: str, reported: list[str]) -> None:
    """The repository and borg's home are made borg's own, so they must be nobody else's."""
    ssh = ["ssh_key: /etc/credstore/ssh", "trust_on_first_use: true"] if ":" in repository else []

    assert codes(manifest(*ssh, f"home: {home}", repository=repository)) == reported


@pytest.mark.parametrize(
    ("paths", "reported"),
    [
        ("[/library, /var/spool, /a~b, '/srv/[abc]']", []),
        ("[/sbin/]", ["HW063"]),
        ("[/var/run/postgresql]", ["HW063"]),
        ("[/srv/web?]", ["HW064"]),
        ("[/~borg]", ["HW064"]),
    ],
)
def test_path_is_taken_by_the_letter(paths: str, reported: list[str]) -> None:
    """Where borg follows or expands nothing, the manifest must not look as if it did."""
    assert codes(manifest(paths=paths)) == reported


@pytest.mark.parametrize(
    ("pattern", "reported"),
    [
        ("sh:/srv/[!.]*", []),
        ("sh:/srv/[!a-z]*", []),
        ("/srv/*/*.pyc", []),
        ("re:^srv/[a-z]+$", []),
        ("*", ["HW059"]),
        ("/srv/*", ["HW059"]),
        ("sh:**", ["HW059"]),
        ("re:^srv/", ["HW059"]),
    ],
)
def test_exclude_leaves_something_of_a_path(pattern: str, reported: list[str]) -> None:
    """A path of which nothing is archived stands in the manifest by mistake."""
    assert codes(manifest(f'exclude: ["{pattern}"]', paths="[/srv]")) == reported


@pytest.mark.parametrize(
    ("word", "reported"),
    [
        *((word, ["HW065"]) for word in ("|", "||", "&&", ">", ">>", "<", "2>&1", "2>")),
        *((word, []) for word in (";", "#", "a|b", "<xml>", "--to=>", "&")),
    ],
)
def test_shell_syntax_is_a_word_of_its_own(word: str, reported: list[str]) -> None:
    """Whoever writes a pipe into a list of words thinks of a shell that is not there."""
    jobs = f"{{dump: {{wiki: {{user: www-data, command: [/bin/true, '{word}']}}}}}}"

    assert codes(manifest(modules=jobs)) == reported


@pytest.mark.parametrize(
    ("options", "reported"),
    [
        (f"environment: {{PASSWORD: {SECRET}}}", ["HW019"]),
        (f"environment: {{API_TOKEN: {SECRET}}}", ["HW019"]),
        (f"environment: {{URL: 'http://a:{SECRET}@b/'}}", ["HW019"]),
        ("environment: {PASSWORD_FILE: ../password}", []),
        ("environment: {PGPASSFILE: /etc/pgpass, PASSWORD: /etc/password}", []),
        ("environment: {TOKENIZER: words, BYPASS: x, SECRETARY: ann}", []),
        ("environment: {URL: 'http://a@b:80/c'}", []),
    ],
)
def test_variable_is_a_secret_by_its_name_or_its_shape(options: str, reported: list[str]) -> None:
    """A path, or a name that only sounds like a secret, is none."""
    assert codes(manifest(modules=job(options))) == reported
