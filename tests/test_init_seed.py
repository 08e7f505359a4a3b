"""`hostwright init --from seed`: the seed's own script, its placeholders filled in or not."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.cli import run
from compiler.init.draft import Draft
from compiler.init.root import Root
from compiler.init.seed import seed
from compiler.init.settled import settled
from tests.read_back import read_back
from tests.support import compile_text

SCRIPT = """\
#!/bin/bash

set -e
set -o pipefail

_mail() {
    mail -s "$SUBJECT" "$EMAIL" < "$EMAILMESSAGE"
}

_init() {
    THISHOST=web7
    EMAIL="ops@example.org"
    EMAILMESSAGE="/backup/emailmessage.txt"

    REPOSITORY="borg@vault.example.org:web7"
    BACKUPPATHS="/etc /home /backup"
}

_main() {
    _init
    _create
}

_create() {
    _info "Running borg create"

    borg create -v --stats -C lz4 --exclude '*.pyc' "$REPOSITORY::$THISHOST-$(date +%F)" \\
        $BACKUPPATHS /srv 1>>"$EMAILMESSAGE" 2>>"$EMAILMESSAGE"; OUT=$?

    if test $OUT -eq 0; then
        _info "borg create successful"
    else
        _err "borg create had problems, borg statuscode = $OUT"
    fi
    borg check -v "$REPOSITORY"; OUT=$?
    borg prune -v --list "$REPOSITORY" --prefix "$THISHOST"- --keep-daily=30 --keep-weekly 12
}

_main
"""


def carried(text: str, root: Path) -> tuple[str, Draft]:
    """The manifest that comes of a script, and the draft with what is not in it."""
    draft = seed(Root(str(root)), "backup.sh", text.encode("utf-8", "surrogateescape"))
    return settled(draft), draft


def manifest(text: str, root: Path) -> dict[str, dict[str, object]]:
    """What the manifest says that comes of a script."""
    return read_back(carried(text, root)[0])


def left(text: str, root: Path) -> list[int]:
    """The lines that are listed."""
    return [one.source.line for one in carried(text, root)[1].unused]


def test_the_whole_script_is_understood(tmp_path: Path) -> None:
    """Nothing of the seed's own form is listed."""
    assert left(SCRIPT, tmp_path) == []


def test_it_compiles_without_a_warning(tmp_path: Path) -> None:
    """What the script does can be said in a manifest."""
    assert compile_text(carried(SCRIPT, tmp_path)[0]).diagnostics == ()


def test_what_is_backed_up_is_the_same(tmp_path: Path) -> None:
    """Paths, patterns and rules are those of the script; /backup is archived anyway."""
    found = manifest(SCRIPT, tmp_path)
    assert found["host"] == "web7"
    assert found["backup"] == {
        "repository": "borg@vault.example.org:web7",
        "passphrase": "/etc/credstore/borg-passphrase",
        "ssh_key": "/etc/credstore/borg-ssh-key",
        "trust_on_first_use": True,
        "paths": ["/etc", "/home", "/srv"],
        "exclude": ["*.pyc"],
        "mail": "ops@example.org",
        "compression": "lz4",
        "check": {"at": "monthly"},
        "keep": {"daily": 30, "weekly": 12},
        "chunker_params": "default",
    }


def test_a_placeholder_of_ansible_is_listed(tmp_path: Path) -> None:
    """A template that nobody has filled in says nothing of this host."""
    text = SCRIPT.replace("web7\n", "{{ inventory_hostname }}\n", 1)
    assert left(text.replace('"/etc /home /backup"', '"{{ paths }}"'), tmp_path) == [11, 16]


def test_every_other_line_is_listed(tmp_path: Path) -> None:
    """A line that is no part of the seed's script is named by its number."""
    text = SCRIPT + "rsync -a /srv other:/srv\n_info done; rm -rf /srv/old\n"
    assert left(text, tmp_path) == [40, 41]


def test_a_secret_is_not_copied(tmp_path: Path) -> None:
    """The passphrase is named by its variable and goes into a file."""
    text = SCRIPT + "export BORG_PASSPHRASE='correct horse'\ncurl -u me:geheim http://x\n"
    written, draft = carried(text, tmp_path)
    told = written + "".join(one.source.key + one.reason for one in draft.unused)
    assert ("correct" in told, "geheim" in told) == (False, False)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("BORG_PASSPHRASE='hunter2'", "which line 40 of backup.sh has."),
        ('export BORG_PASSPHRASE="hunter2"', "which line 40 of backup.sh has."),
        ("  local BORG_PASSPHRASE=x borg list", "which line 40 of backup.sh has."),
        ("BORG_PASSCOMMAND='pass borg'", "which the command in line 40 of backup.sh prints."),
        ("# BORG_PASSPHRASE=x", "which is not in the file."),
        ("BORG_PASSPHRASE=''", "which is not in the file."),
    ],
)
def test_no_new_passphrase_is_made(line: str, said: str, tmp_path: Path) -> None:
    """A random one cannot open the repository that is there: the old one is typed in."""
    written, _ = carried(f"{SCRIPT}{line}\n", tmp_path)
    assert said in written.replace("\n  # ", " ")
    assert ("urandom" in written, "cat > /etc/credstore/borg-passphrase" in written) == (
        False,
        True,
    )


def test_a_passphrase_refused_by_the_compiler_is_no_new_one(tmp_path: Path) -> None:
    """What is taken out of a draft leaves the repository as it was."""
    draft = seed(Root(str(tmp_path)), "backup.sh", SCRIPT.encode())
    del draft.section(("backup",)).entries["passphrase"]
    assert "urandom" not in settled(draft)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("{{ backup_paths }}", "the path {{ backup_paths }} is a placeholder of Ansible's"),
        ("/srv/{{ a | join(' ') }}", "the path /srv/{{ a | join(' ') }} is a placeholder"),
        ("etc", "the path etc has no place: it"),
        ("/srv/*", "the path /srv/* has a wildcard"),
    ],
)
def test_a_lost_path_has_a_name(word: str, said: str, tmp_path: Path) -> None:
    """The list says which path it is, and a comment above the paths says that one is lost."""
    written, draft = carried(f"{SCRIPT}borg create $REPOSITORY::x {word}\n", tmp_path)
    assert [one.reason.startswith(said) for one in draft.unused] == [True]
    assert "CHANGE: not all paths in line 40 of backup.sh" in written


def test_archives_are_cut_as_in_the_script(tmp_path: Path) -> None:
    """Pieces of another size than borg's default are no path, and are kept."""
    text = SCRIPT.replace("-C lz4", "--chunker-params 19,23,21,4095")
    assert manifest(text, tmp_path)["backup"]["chunker_params"] == "buzhash,19,23,21,4095"


def test_a_rule_that_is_lost_costs_no_archive(tmp_path: Path) -> None:
    """A rule of prune that has no place keeps everything, until somebody has looked."""
    found = manifest(SCRIPT.replace("--keep-daily=30", "--keep-daily=-1"), tmp_path)
    assert found["backup"]["append_only"] is True


def test_services_that_joined_by_drop_ins_are_found(tmp_path: Path) -> None:
    """The seed's PostgreSQL becomes the module; another service is listed."""
    folder = tmp_path / "etc/systemd/system/backup.service.d"
    folder.mkdir(parents=True)
    line = "[Service]\nExecStartPre=!/bin/systemctl start backup-{}.service\n"
    (folder / "postgresql.conf").write_text(line.format("postgresql"))
    (folder / "wiki.conf").write_text(line.format("wiki"))
    _, draft = carried(SCRIPT, tmp_path)
    assert manifest(SCRIPT, tmp_path)["modules"] == {"postgresql": None}
    assert ["backup-wiki.service" in one.source.key for one in draft.unused] == [True]


def test_the_verb_reports_the_lines(tmp_path: Path) -> None:
    """The report stands on standard error, the manifest on standard output."""
    (tmp_path / "backup.sh").write_text(SCRIPT + "rsync -a /srv other:/srv\n")
    words = ["init", "--root", str(tmp_path), "--from", "seed", str(tmp_path / "backup.sh")]
    wanted = "Not carried over from backup.sh:\n  line 40, rsync: the line was not understood\n"
    assert run(words).errors == wanted


LINES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            'REPOSITORY="/mnt/v"',
            "BACKUPPATHS=/",
            "borg create -e 're:(' ::x /etc/*",
            "borg prune --keep-daily",
            "borg prune -H 0 --keep-within 3x",
            "export BORG_RSH='ssh -i k'",
            "THISHOST=$(hostname)",
            "borg create \\",
            "borg create ::x {{ a }} '{% b %}' \0" + "7\0 -e {{ c }}",
            "BORG_PASSPHRASE={{ d }} '",
            "'",
        ]
    ),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lines=st.lists(LINES, max_size=6))
def test_whatever_a_script_holds_compiles(lines: list[str], tmp_path: Path) -> None:
    """No line of a script keeps a manifest from being written."""
    text = "\n".join(lines)
    assert compile_text(carried(text, tmp_path)[0]).tree is not None
