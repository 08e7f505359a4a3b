"""`hostwright show`: what all files say together, as a manifest of its own."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compiler import cli
from compiler.load import load
from compiler.show import show
from schema.diagnostics import WHOLE
from schema.document import Document, Entry, Mapping, Scalar
from tests.own import GOOD, folder, manifest
from tests.support import GOLDEN, compile_text, host_names

PROFILE = """\
backup:
  paths: [/etc]
  mail: !default ops@example.org
  schedule: {jitter: 2h}
modules:
  prometheus:
"""
HOST = """\
host: web1
target: debian-12
imports: [base.yaml]
backup:
  repository: /mnt/vault/web1
  passphrase: /etc/credstore/borg-passphrase
  paths: [/srv]
  schedule: 02:30
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a host and a profile, that the test works in."""
    (tmp_path / "base.yaml").write_text(PROFILE)
    (tmp_path / "host.yaml").write_text(HOST)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("shop")
def test_show_prints_what_all_files_say_together() -> None:
    """In the order of the reference, without tags, in the fewest quotes."""
    assert cli.run(["show", "host.yaml"]).text == (
        "host: web1\n"
        "target: debian-12\n"
        "backup:\n"
        "  paths: [/etc, /srv]\n"
        "  repository: /mnt/vault/web1\n"
        "  passphrase: /etc/credstore/borg-passphrase\n"
        "  schedule:\n"
        '    at: "02:30"\n'
        "    jitter: 2h\n"
        "  mail: ops@example.org\n"
        "modules:\n"
        "  prometheus: {}\n"
    )


@pytest.mark.usefixtures("shop")
def test_show_says_where_each_line_comes_from() -> None:
    """With --origins, in a comment."""
    lines = cli.run(["show", "--origins", "host.yaml"]).text.splitlines()

    assert [line.rpartition("  # ")[2] for line in lines if "jitter" in line or "at:" in line] == [
        "host.yaml:8:13",
        "base.yaml:4:22",
    ]


@pytest.mark.parametrize("host", host_names())
def test_shown_host_compiles_to_the_same_tree(host: str, tmp_path: Path) -> None:
    """And showing it again changes nothing."""
    manifest = GOLDEN / host / "host.yaml"
    shown = cli.run(["show", str(manifest)]).text
    (tmp_path / "host.yaml").write_text(shown)

    compiled, again = compile_text(shown), compile_text(manifest.read_bytes(), str(manifest))

    assert compiled.tree is not None
    assert again.tree is not None
    assert compiled.tree.digest == again.tree.digest
    assert cli.run(["show", str(tmp_path / "host.yaml")]).text == shown


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=4))
@example({"<<": "<<"})
def test_any_text_is_read_back_as_it_was(texts: dict[str, str]) -> None:
    """Whatever a text holds, it is quoted so that it stays that text."""
    entries = tuple(Entry(key, WHOLE, Scalar(text, text, WHOLE)) for key, text in texts.items())
    written = show(Document("host.yaml", (), Mapping(entries, WHOLE)))
    root = load("host.yaml", (written or "{}").encode()).root

    found = {one.key: one.node.value for one in root.entries if isinstance(one.node, Scalar)}

    assert found == texts


@pytest.mark.usefixtures("shop")
def test_manifest_with_errors_is_not_shown() -> None:
    """The report says what is wrong; half a manifest would be taken for a whole one."""
    Path("base.yaml").write_text("backup: {pahts: [/etc]}")

    outcome = cli.run(["show", "host.yaml"])

    assert (outcome.text, outcome.status) == ("", 1)
    assert 'base.yaml:1:10: error[HW012]: unknown option "pahts" in backup' in outcome.errors


def test_manifest_that_is_not_there_is_said_so() -> None:
    """No traceback for a name that was mistyped."""
    outcome = cli.run(["show", "nowhere.yaml"])

    assert outcome.status == 1
    assert outcome.errors == "hostwright: cannot read nowhere.yaml: No such file or directory\n"


@pytest.mark.parametrize("condition", ["host: web1", "host: web2"])
def test_show_names_the_modules_of_every_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, condition: str
) -> None:
    """Those of a profile whose condition is false as well: compile finds modules there, too."""
    monkeypatch.chdir(tmp_path)
    folder(tmp_path / "modules", redis=GOOD)
    folder(tmp_path / "profiles" / "modules", valkey=GOOD.replace("redis", "valkey"))
    (tmp_path / "profiles" / "a.yaml").write_text("module_path: [modules]\n")
    extra = f"module_path: [modules]\nimports: [{{path: profiles/a.yaml, when: {{{condition}}}}}]"
    file = manifest(tmp_path, "[redis, valkey]", f"{extra}\nexternal: {{users: [valkey]}}")
    before = compile_text(file.read_bytes()).tree
    shown = cli.run(["show", "host.yaml"]).text

    after = compile_text(shown).tree

    assert "module_path: [profiles/modules, modules]\n" in shown
    assert before is not None
    assert after is not None
    assert before.digest == after.digest


def test_show_names_the_modules_of_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it prints compiles without --modules."""
    monkeypatch.chdir(tmp_path)
    folder(tmp_path / "given", redis=GOOD)
    manifest(tmp_path / "hosts", extra="")

    shown = cli.run(["show", "hosts/host.yaml", "--modules", "given"]).text

    assert 'module_path: ["../given"]\n' in shown
    assert compile_text(shown, "hosts/host.yaml").diagnostics == ()


MODULE = '''\
"""A cache whose files are dumped, but for some."""

from collections.abc import Iterator

from attrs import frozen

from schema.module import DumpModule, Host
from schema.option import option
from schema.resources import Dump, Resource
from schema.scalars import Text


@frozen(eq=False, repr=False)
class Cache(DumpModule):
    """A cache."""

    parts: tuple[Text, ...] = option(default=(Text.known("one"), Text.known("two")), help="parts")

    def declare(self, host: Host) -> Iterator[Resource]:
        yield Dump("cache", "Dump the cache", "daemon", ("/bin/echo", *self.parts))
'''


@pytest.mark.parametrize("parts", ["[three]", "!force [three]", "[!remove one]"])
def test_shown_list_with_a_default_of_its_own_compiles_to_the_same_tree(
    parts: str, shop: Path
) -> None:
    """A module's default is in the list already, or was taken out of it."""
    (shop / "mine").mkdir()
    (shop / "mine" / "cache.py").write_text(MODULE)
    own = f"module_path: [mine]\nmodules: {{cache: {{parts: {parts}}}}}\n"
    (shop / "host.yaml").write_text(HOST + own)
    shown = cli.run(["show", "host.yaml"]).text
    (shop / "shown.yaml").write_text(shown)

    first, second = (
        compile_text((shop / name).read_bytes(), name).tree for name in ("host.yaml", "shown.yaml")
    )

    assert first is not None
    assert second is not None
    assert first.digest == second.digest
    assert cli.run(["show", "shown.yaml"]).text == shown
