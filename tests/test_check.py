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
from tests.manifests import HOST_KEY, SECRET, SERVER, codes, job, manifest, units
from tests.support import GOLDEN, host_names


@pytest.mark.parametrize("host", host_names())
def test_golden_hosts_break_no_rule(host: str) -> None:
    """A rule that refuses a good manifest is worse than none."""
    found, _ = structure(load("host.yaml", (GOLDEN / host / "host.yaml").read_bytes()))
    assert found is not None
    catalog, _ = evaluate(found)
    configuration, _ = lower(found, catalog)

    assert not has_errors(check(found, catalog, configuration))


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


@pytest.mark.parametrize(
    ("option", "reported"),
    [
        ("version: [/bin/true, --version]", []),
        ("version: [/bin/true, --, x]", ["HW014"]),
        ("drill: {command: [/bin/true], needs: {read: [/srv/x], just_in_time: true}}", []),
        ("drill: {command: [/bin/true], needs: {network: true}}", ["HW031"]),
        ("drill: {command: [/bin/true], needs: {write: [/srv/x]}}", ["HW031"]),
    ],
)
def test_job_asks_for_nothing_in_vain(option: str, reported: list[str]) -> None:
    """What the host would not hear of is refused, and not left out."""
    assert codes(manifest(modules=job(option))) == reported


@pytest.mark.parametrize("unit", ["backup.service", "backup-check.service"])
def test_borg_never_runs_as_root(unit: str) -> None:
    """Files of root's in the repository would lock borg out."""
    assert codes(manifest(more=units(unit, "Service", "User: root"))) == ["HW055"]
