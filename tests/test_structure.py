"""Structuring: types, defaults, and going on after a mistake.

What is refused, and how it is said, stands in golden/rejected.
"""

import attrs
import pytest

import modules
from compiler.load import load
from compiler.structure import structure
from modules.dump import DumpJobs
from modules.gitea import Gitea
from modules.postgresql import Postgresql
from schema import option
from schema.backup import Backup, Check, Keep, Schedule
from schema.borg import LocalRepository, SshRepository
from schema.host import External, Manifest
from schema.scalars import Checked

SMALLEST = """\
host: web1
target: debian-12
backup:
  repository: /mnt/vault/web1
  paths: [/etc]
"""
COMMAND = f"{SMALLEST}modules: {{dump: {{wiki: {{user: www-data, command: %s}}}}}}\n"
SECTIONS = (Manifest, Backup, Schedule, Keep, Check, External)


def structured(text: str) -> Manifest:
    """The manifest of a text that is good."""
    manifest, problems = structure(load("host.yaml", text.encode()))
    assert problems == []
    assert manifest is not None
    return manifest


def with_backup(line: str) -> Backup:
    """The section backup, with one more line in it."""
    return structured(f"{SMALLEST}  {line}\n").backup


def with_modules(text: str) -> dict[str, object]:
    """The enabled modules of a manifest."""
    return dict(structured(f"{SMALLEST}modules: {text}\n").modules)


def test_smallest_manifest_has_the_defaults_of_the_reference() -> None:
    """What is not written is as docs/reference.md says."""
    manifest = structured(SMALLEST)
    backup = manifest.backup

    assert (manifest.layout, manifest.modules, manifest.units) == ("usr", {}, {})
    assert (backup.encryption, backup.compression) == ("repokey-blake2", "zstd,3")
    assert (backup.passphrase, backup.ssh_key, backup.mail) == (None, None, None)
    assert (backup.exclude, backup.known_hosts, backup.trust_on_first_use) == ((), (), False)
    assert attrs.astuple(backup.schedule) == ("daily", "30m", True)
    assert attrs.astuple(backup.check) == ("monthly", False)
    assert attrs.astuple(backup.keep) == (None, 0, 30, 12, 12, 0)
    assert (backup.initialize, backup.home) == (True, "/home/borg")


def test_target_pins_the_versions_of_its_release() -> None:
    """Everything that depends on a version asks the target."""
    target = structured(SMALLEST).target

    assert (target.systemd, target.borg, target.postgresql) == (252, "1.2.4", 15)


def test_keep_replaces_the_default_as_a_whole() -> None:
    """Who keeps seven days does not keep twelve months by accident."""
    assert attrs.astuple(with_backup("keep: {daily: 7}").keep) == (None, 0, 7, 0, 0, 0)


def test_schedule_is_an_expression_or_a_mapping() -> None:
    """The short form has the defaults of the long one."""
    short = with_backup("schedule: 12:30").schedule
    long = with_backup("schedule: {at: 12:30}").schedule

    assert attrs.astuple(short) == attrs.astuple(long) == ("12:30", "30m", True)


@pytest.mark.parametrize("options", ["{postgresql: }", "{postgresql: null}", "{postgresql: {}}"])
def test_module_without_options_has_all_defaults(options: str) -> None:
    """A name is enough."""
    (module,) = with_modules(options).values()

    assert isinstance(module, Postgresql)
    defaults = (True, None, True, "2h", 50, True, "all", (), 5432, True, True)
    assert attrs.astuple(module) == defaults


def test_modules_are_a_mapping_or_a_list() -> None:
    """Names and one-key mappings say the same as a mapping."""
    mapping = with_modules("{gitea: {user: forge}, postgresql: }")
    listed = with_modules("[postgresql, gitea: {user: forge}]")

    assert list(listed) == list(mapping) == ["gitea", "postgresql"]
    assert isinstance(listed["gitea"], Gitea)
    assert listed["gitea"].user == "forge"


def test_modules_come_in_the_order_of_their_names() -> None:
    """The order of the manifest's lines changes no byte of the tree."""
    assert list(with_modules("[postgresql, dump, gitea]")) == ["dump", "gitea", "postgresql"]


def test_disabled_module_is_left_out() -> None:
    """enable: false is as if it were not there."""
    assert list(with_modules("{gitea: {enable: false}, postgresql: }")) == ["postgresql"]


def test_dump_jobs_stand_beside_the_options_of_their_module() -> None:
    """Every key that is no option is a job."""
    text = "{dump: {enable: true, wiki: {user: wiki, command: [/bin/true]}}}"
    (module,) = with_modules(text).values()

    assert isinstance(module, DumpJobs)
    assert list(module.jobs) == ["wiki"]


def test_a_dump_job_may_have_any_name_of_a_job() -> None:
    """Also that of the field which collects the jobs: no job is dropped in silence."""
    (module,) = with_modules("{dump: {jobs: {user: wiki, command: [/bin/true]}}}").values()

    assert isinstance(module, DumpJobs)
    assert list(module.jobs) == ["jobs"]


@pytest.mark.parametrize(
    ("written", "location"),
    [
        ("/mnt//vault/web1/", "/mnt/vault/web1"),
        ("ssh://vault/srv/web1", "ssh://vault/srv/web1"),
        ("ssh://borg@vault:2222/./web1", "ssh://borg@vault:2222/./web1"),
        ("borg@vault:web1", "ssh://borg@vault/./web1"),
        ("vault:~/web1", "ssh://vault/~/web1"),
        ("vault:/srv/web1", "ssh://vault/srv/web1"),
    ],
)
def test_repository_has_one_location(written: str, location: str) -> None:
    """However it was written, borg is told in the form that can mean one thing only."""
    manifest = structured(SMALLEST.replace("/mnt/vault/web1", written))
    kind = LocalRepository if written.startswith("/") else SshRepository

    assert isinstance(manifest.backup.repository, kind)
    assert manifest.backup.repository.location == location


def test_paths_have_one_form() -> None:
    """Doubled and trailing slashes are no second path."""
    manifest = structured(SMALLEST.replace("[/etc]", "[/etc/, //srv///www]"))

    assert manifest.backup.paths == ("/etc", "/srv/www")


def test_directives_stay_as_they_are_written() -> None:
    """A mode is no number and yes is no boolean to systemd; null takes the directive out."""
    directives = "{UMask: 0027, PrivateTmp: no, Nice: 1_0, Group: ~, ExecStart: [[/bin/a, b]]}"
    manifest = structured(f"{SMALLEST}units: {{backup.service: {{Service: {directives}}}}}\n")

    assert manifest.units["backup.service"]["Service"] == {
        "UMask": ("0027",),
        "PrivateTmp": ("no",),
        "Nice": ("1_0",),
        "Group": None,
        "ExecStart": (("/bin/a", "b"),),
    }


def test_wrong_value_leaves_its_option_at_the_default() -> None:
    """Later stages still run, to find everything that is wrong in one go."""
    manifest, problems = structure(load("host.yaml", f"{SMALLEST}  mail: 7\n".encode()))

    assert [one.path for one in problems] == [("backup", "mail")]
    assert manifest is not None
    assert manifest.backup.mail is None


def test_wrong_item_leaves_its_list() -> None:
    """The other items are still checked."""
    text = SMALLEST.replace("[/etc]", "[/etc, srv, /home]")
    manifest, problems = structure(load("host.yaml", text.encode()))

    assert [one.path for one in problems] == [("backup", "paths", 1)]
    assert manifest is not None
    assert manifest.backup.paths == ("/etc", "/home")


def test_wrong_host_has_a_stand_in() -> None:
    """A host name that is wrong keeps nobody from checking the rest; nothing is rendered."""
    manifest, problems = structure(load("host.yaml", SMALLEST.replace("web1", "Web 1", 1).encode()))

    assert [one.path for one in problems] == [("host",)]
    assert manifest is not None


def test_nothing_stands_in_for_a_repository() -> None:
    """Too much follows from where it is; without it nothing else can be checked."""
    manifest, problems = structure(
        load("host.yaml", b"host: web1\ntarget: debian-12\nbackup: {}\n")
    )

    assert [one.message.partition(":")[0] for one in problems] == [
        'the option "paths" is missing in backup',
        'the option "repository" is missing in backup',
    ]
    assert manifest is None


@pytest.mark.parametrize(
    ("command", "fix"),
    [
        ("/bin/dump --all shop", "write [/bin/dump, --all, shop]"),
        ("/bin/dump 'my shop'", 'write [/bin/dump, "my shop"]'),
        ("/bin/dump 'my shop", 'write [/bin/dump, "\'my", shop]'),
        ("/bin/a | /bin/b", 'write [/bin/bash, -eo, pipefail, -c, "/bin/a | /bin/b"]'),
        ("/bin/sh -c '/bin/a | /bin/b'", 'write [/bin/sh, -c, "/bin/a | /bin/b"]'),
    ],
)
def test_command_line_is_shown_as_a_list(command: str, fix: str) -> None:
    """Quotes are undone, and what only a shell understands is left to one that fails with it."""
    _, (problem,) = structure(load("host.yaml", (COMMAND % f'"{command}"').encode()))

    assert problem.fix == fix


@pytest.mark.parametrize("section", [*SECTIONS, *(modules.find(name) for name in modules.names())])
def test_default_of_an_option_is_good(section: type) -> None:
    """Defaults are not checked at every run: `Checked.known` takes our word."""
    for field in attrs.fields(section):
        if isinstance(field.default, Checked):
            assert (field.name, type(field.default).problem(field.default)) == (field.name, None)


@pytest.mark.parametrize("section", SECTIONS)
def test_required_option_has_an_example(section: type) -> None:
    """A report on a missing option shows one."""
    required = [field for field in attrs.fields(section) if field.default is attrs.NOTHING]

    assert all(field.metadata[option.EXAMPLE] for field in required)
