"""The command `hostwright fix`: what it writes, what it says, and what it leaves alone."""

import os
import stat
from pathlib import Path

import pytest

from compiler import cli
from compiler.rewrite import rewrite
from schema.diagnostics import RejectedError
from tests.rejected import cases, copy_of

WIKI = '''\
"""A wiki."""

from collections.abc import Iterator
from typing import ClassVar

from attrs import frozen

from schema.module import Host, Module
from schema.option import option
from schema.renaming import Rename, Renamed
from schema.resources import Archive, Resource
from schema.scalars import AbsolutePath


@frozen(eq=False, repr=False)
class Wiki(Module):
    """A wiki."""

    renames: ClassVar[tuple[Rename, ...]] = (
        Renamed("folder", "data", since="0.2", until="9"),
    )
    data: AbsolutePath = option(default=AbsolutePath.known("/srv/wiki"), help="where it is")

    def declare(self, host: Host) -> Iterator[Resource]:
        yield Archive(self.data, "its pages")
'''

HOST = """\
host: web1
target: debian-12
module_path: [own]
backup:
  repository: /mnt/vault/web1
  passphrase: /etc/credstore/borg-passphrase
  paths: [/etc]
modules:
  wiki: {folder: /srv/w}  # moved in May
"""


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """A manifest that names an option of a module by its old name."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "wiki.py").write_text(WIKI)
    manifest = tmp_path / "host.yaml"
    manifest.write_text(HOST)
    return manifest


def test_old_name_compiles_with_a_warning_until_it_is_fixed(host: Path) -> None:
    """The report says what to run, and that is all there is to do."""
    before = cli.run(["compile", str(host), "--check"])
    outcome = cli.run(["fix", str(host)])

    assert before.status == 0
    assert f"run: hostwright fix {host}" in before.errors
    assert outcome.text == f'{host}:9: "modules.wiki.folder" is "modules.wiki.data" now\n'
    assert host.read_text() == HOST.replace("folder", "data")
    assert cli.run(["compile", str(host), "--check"]).errors == ""


def test_nothing_to_fix_is_fine(host: Path) -> None:
    """It can run in every pipeline."""
    cli.run(["fix", str(host)])

    outcome = cli.run(["fix", str(host)])

    assert (outcome.text, outcome.status) == (f"{host}: nothing to fix\n", 0)


def test_diff_writes_nothing(host: Path) -> None:
    """The difference is one that patch(1) takes."""
    outcome = cli.run(["fix", str(host), "--diff"])

    assert host.read_text() == HOST
    assert outcome.status == 0
    assert outcome.text.startswith(f"--- {host}\n+++ {host}\n@@ -6,4 +6,4 @@\n")
    assert "-  wiki: {folder: /srv/w}  # moved in May\n" in outcome.text


def test_link_and_mode_stay(host: Path) -> None:
    """The file behind a link is rewritten, with the rights that it had."""
    host.chmod(0o640)
    link = host.with_name("link.yaml")
    link.symlink_to(host)

    cli.run(["fix", str(link)])

    assert link.is_symlink()
    assert "data: /srv/w" in host.read_text()
    assert stat.S_IMODE(host.stat().st_mode) == 0o640
    assert sorted(os.listdir(host.parent)) == ["host.yaml", "link.yaml", "own"]


def test_file_that_does_not_load_is_left_alone(host: Path) -> None:
    """What is no manifest is reported as by compile; another file is fixed all the same."""
    broken = host.with_name("broken.yaml")
    broken.write_text("modules: [")

    outcome = cli.run(["fix", str(broken), str(host), str(host.with_name("none.yaml"))])

    assert outcome.status == 1
    assert f"{broken}:1:11: error[HW004]" in outcome.errors
    assert "error[HW001]: cannot read the manifest" in outcome.errors
    assert broken.read_text() == "modules: ["
    assert "data: /srv/w" in host.read_text()


def test_misspelt_options_are_corrected_on_request(host: Path) -> None:
    """Only where the compiler asks "did you mean", and only with --all."""
    host.write_text(HOST.replace("folder", "dtaa").replace("paths", "pahts"))

    assert cli.run(["fix", str(host)]).text == f"{host}: nothing to fix\n"
    assert cli.run(["fix", "--all", str(host)]).status == 0
    assert host.read_text() == HOST.replace("folder", "data")


def test_two_misspelt_names_of_one_option_are_left_alone(host: Path) -> None:
    """Which of them was meant, nobody can know."""
    text = HOST.replace("folder: /srv/w", "dtaa: /srv/w, daat: /srv/v")
    host.write_text(text)

    outcome = cli.run(["fix", "--all", str(host)])

    assert outcome.text == f"{host}: nothing to fix\n"
    assert host.read_text() == text


def test_file_that_changed_meanwhile_is_left_alone(host: Path) -> None:
    """An editor may have saved it between reading and writing."""
    with pytest.raises(RejectedError) as refused:
        rewrite(str(host), b"host: other", b"host: new")

    assert "somebody has changed it meanwhile" in refused.value.diagnostics[0].message
    assert host.read_text() == HOST
    assert sorted(os.listdir(host.parent)) == ["host.yaml", "own"]


def test_modules_of_the_command_line_are_known(host: Path) -> None:
    """A profile by itself does not say where the modules are."""
    profile = host.with_name("profile.yaml")
    profile.write_text("modules: {wiki: {folder: /srv/w}}")

    outcome = cli.run(["fix", str(profile), "--modules", str(host.with_name("own"))])

    assert outcome.status == 0
    assert profile.read_text() == "modules: {wiki: {data: /srv/w}}"


def test_module_that_cannot_be_loaded_is_no_module_without_renames(host: Path) -> None:
    """What compile says of it is said, and nothing is written."""
    module = host.with_name("own") / "wiki.py"
    module.write_text(f"{WIKI}\n1 / 0\n")

    outcome = cli.run(["fix", str(host)])

    assert (outcome.status, outcome.text) == (1, "")
    assert outcome.errors == cli.run(["compile", str(host), "--check"]).errors
    assert host.read_text() == HOST


def test_folder_that_is_missing_is_no_folder_without_renames(host: Path) -> None:
    """The module may be in it."""
    host.write_text(HOST.replace("[own]", "[owm]"))

    outcome = cli.run(["fix", str(host)])

    assert outcome.status == 1
    assert f"{host}:3:15: error[HW035]" in outcome.errors


def test_import_that_is_missing_may_name_the_folder(host: Path) -> None:
    """Whether the module has renames is as unknown as where it is."""
    host.write_text(HOST.replace("module_path: [own]", "imports: [none.yaml]"))

    outcome = cli.run(["fix", str(host)])

    assert outcome.status == 1
    assert f"{host}:3:11: error[HW026]" in outcome.errors


def test_profile_may_use_the_old_name_and_the_host_the_new_one(host: Path) -> None:
    """They are one option: the profile's !force wins over the host's word, under either name."""
    profile = host.with_name("profile.yaml")
    profile.write_text("modules: {wiki: {folder: !force /srv/of-all}}")
    host.write_text(f"imports: [profile.yaml]\n{HOST.replace('folder', 'data')}")

    before = cli.run(["show", str(host)])
    cli.run(["fix", str(host), str(profile)])

    assert "data: /srv/of-all" in before.text
    assert profile.read_text() == "modules: {wiki: {data: !force /srv/of-all}}"
    assert cli.run(["show", str(host)]).text == before.text


def test_every_rejected_manifest_gets_an_answer(tmp_path: Path) -> None:
    """Whatever is wrong with a manifest, nobody sees a traceback, and --diff writes nothing."""
    for case in cases():
        manifest = copy_of(case, tmp_path)
        before = manifest.read_bytes()

        outcome = cli.run(["fix", "--all", "--diff", str(manifest)])

        assert (case, outcome.status in (0, 1)) == (case, True)
        assert manifest.read_bytes() == before
