"""Modules of the user's own work as ours do, from folders of the manifest and the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from compiler import cli
from schema.diagnostics import Severity
from tests.own import (
    GOOD,
    HEAD,
    NOTHING,
    UNIT,
    compiled,
    folder,
    host,
    importing,
    manifest,
    paths_of,
    refused,
    text_of,
    with_method,
    with_option,
)
from tests.support import GOLDEN, ROOT

OPTIONS = f"""{HEAD}
from schema.borg import Repository
from schema.backup import Schedule
from schema.targets import Target
from schema.times import Timeout


@frozen
class Node:
    \"\"\"A node of a cluster.\"\"\"

    port: Count = option(default=Count(6379), help="its port")


@frozen(kw_only=True)
class Redis(Module):
    \"\"\"Redis.\"\"\"

    text: Text = option(help="a text", example="x")
    number: Count = option(default=Count(3), help="a number")
    truth: bool = option(default=False, help="a truth")
    word: Literal["rdb", "aof"] = option(default="rdb", help="a word")
    perhaps: Text | None = option(default=None, help="a text, or not")
    perhaps_word: Literal["rdb"] | None = option(default=None, help="a word, or not")
    texts: tuple[Text, ...] = option(default=(), help="texts")
    all_or_texts: Literal["all"] | tuple[Text, ...] = option(default="all", help="all, or texts")
    off_or_number: Literal["off"] | Count = option(default="off", help="off, or a number")
    mapped: Mapping[Text, Text] = option(default={{}}, help="texts by text")
    node: Node = option(default=Node(), help="a section")
    nodes: tuple[Node, ...] = option(default=(), help="sections")
    repository: Repository = option(help="a repository", example="/srv/a")
    schedule: Schedule | None = option(default=None, help="a schedule")
    target: Target | None = option(default=None, help="a target")
    timeout: Timeout = option(default=Timeout.known("2h"), help="a timeout")
    others: Mapping[JobName, Node] = collected(help="nodes by name", example="{{a: {{}}}}")

    def check(self, host: Host) -> Iterator[Diagnostic]:
        told = [self.text, self.number, self.truth, self.word, self.perhaps, self.perhaps_word]
        told += [self.texts, self.all_or_texts, self.off_or_number, dict(self.mapped)]
        told += [self.node.port, [node.port for node in self.nodes], str(self.repository.path)]
        told += [self.schedule.at, self.target.name, self.timeout]
        told += [{{name: node.port for name, node in self.others.items()}}]
        yield warning(repr(told))
{NOTHING}"""
VALUES = """
  redis:
    text: a
    number: 4
    truth: true
    word: aof
    perhaps: b
    perhaps_word: rdb
    texts: [c]
    all_or_texts: [d]
    off_or_number: 5
    mapped: {e: f}
    node: {port: 6}
    nodes: [{port: 7}]
    repository: /srv/g
    schedule: weekly
    target: debian-13
    timeout: 3h
    h: {port: 8}
"""
TOLD = (
    "['a', 4, True, 'aof', 'b', 'rdb', ('c',), ('d',), 5, {'e': 'f'}, 6, [7], '/srv/g', 'weekly', "
    "'debian-13', '3h', {'h': 8}]"
)


FROM = "from ._cache import Cache"
CACHE = f"""{HEAD}
from schema.resources import Request


@frozen
class Cache(Request):
    size: int
"""
ASKS = with_method("requests", 'yield Cache(("modules", "shop"), 7)').replace(
    "from attrs", f"{FROM}\nfrom attrs", 1
)


def test_own_module_is_compiled_as_ours_are(tmp_path: Path) -> None:
    """Its dump is a unit, and nothing is said."""
    found = compiled(tmp_path, GOOD)

    assert found.diagnostics == ()
    assert UNIT in paths_of(found)


def test_options_can_have_every_documented_type(tmp_path: Path) -> None:
    """What the interface lets through, a manifest can give a value of."""
    found = refused(tmp_path, OPTIONS, VALUES)

    assert (found.severity, found.message) == (Severity.WARNING, TOLD)


def test_annotations_can_be_texts(tmp_path: Path) -> None:
    """Whoever writes `from __future__ import annotations` gets the same options."""
    source = OPTIONS.replace(
        "from collections.abc", "from __future__ import annotations\nfrom collections.abc", 1
    )

    assert refused(tmp_path, source, VALUES).message == TOLD


def test_manifest_is_checked_against_own_options(tmp_path: Path) -> None:
    """A slip is reported in the manifest, as with one of ours."""
    found = refused(tmp_path, GOOD, "{redis: {sockets: /run/redis}}")

    assert (found.code, found.fix) == ("HW012", 'did you mean "socket"?')


def test_verify_takes_modules(tmp_path: Path) -> None:
    """`verify HOST.yaml --modules DIR` compiles with them."""
    given = folder(tmp_path / "given", redis=GOOD)
    outcome = cli.run(["verify", str(manifest(tmp_path, extra="")), "--modules", str(given)])

    assert (outcome.status, outcome.text) == (0, "web1: good\n")


def test_module_can_import_its_neighbours(tmp_path: Path) -> None:
    """What several modules share stands in a file that begins with _."""
    shared = "SOCKET = '/run/shared'\n"
    source = importing("from ._shared import SOCKET", GOOD.replace('"/run/redis"', "SOCKET"))
    folder(tmp_path / "modules", redis=source, _shared=shared)
    manifest(tmp_path)

    assert "/run/shared" in text_of(host(tmp_path), UNIT)


def test_every_broken_module_is_reported(tmp_path: Path) -> None:
    """One run shows what is wrong with each of them, and with the manifest."""
    folder(tmp_path / "modules", redis="1 / 0\n", valkey="", shop="import\n")
    manifest(tmp_path, "[redis, shop, valkey, postgresq]")

    assert [one.code for one in host(tmp_path).diagnostics] == ["HW016", "HW033", "HW033", "HW032"]


def test_what_a_module_prints_spoils_no_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It goes to standard error, where a person sees it and no tool reads it."""
    folder(
        tmp_path / "modules",
        redis=f"print('loaded')\n{with_method('check', 'print(7)', 'return []')}",
    )
    outcome = cli.run(["compile", str(manifest(tmp_path)), "--check", "--format", "json"])

    assert json.loads(outcome.text) == {"diagnostics": []}
    assert capsys.readouterr() == ("", "loaded\n7\n")


def test_checks_of_all_modules_are_collected(tmp_path: Path) -> None:
    """Each at its option, errors and warnings, in the order of the manifest."""
    option = 'port: Count = option(default=Count(6379), help="its port")'
    check = (
        '\n    def check(self, host):\n        yield {}("{} is odd", "port", fix="take another")\n'
    )
    warns = with_option(option) + check.format("warning", "one")
    refuses = with_option(option) + check.format("error", "two")
    folder(tmp_path / "modules", redis=warns, valkey=refuses)
    manifest(
        tmp_path,
        "{valkey: {port: 1}, redis: {port: 2}, postgresql: {exclude: [a], databases: [b]}}",
    )
    found = host(tmp_path).diagnostics

    assert [(one.code, one.severity.value, one.path) for one in found] == [
        ("HW031", "error", ("modules", "valkey", "port")),
        ("HW031", "warning", ("modules", "redis", "port")),
        ("HW031", "error", ("modules", "postgresql", "exclude")),
    ]


@pytest.mark.parametrize(("strict", "status"), [([], 0), (["--strict"], 1)])
def test_warning_of_an_own_module_fails_under_strict(
    strict: list[str], status: int, tmp_path: Path
) -> None:
    """As every warning does."""
    folder(tmp_path / "modules", redis=with_method("check", 'yield warning("odd")'))

    assert cli.run(["compile", str(manifest(tmp_path)), "--check", *strict]).status == status


def test_own_modules_ask_one_another(tmp_path: Path) -> None:
    """A request of one's own is answered by the module that says so."""
    answers = with_method(
        "check", "yield warning(str([one.size for one in host.requested(Cache)]))"
    )
    answers = answers.replace("    def check", "    answers = (Cache,)\n\n    def check")
    folder(tmp_path / "modules", shop=ASKS, redis=importing(FROM, answers), _cache=CACHE)
    manifest(tmp_path, "[shop, redis]")

    assert [one.message for one in host(tmp_path).diagnostics] == ["[7]"]


def test_request_that_nobody_answers_names_the_own_module(tmp_path: Path) -> None:
    """The fix is to enable it."""
    answers = GOOD.replace("    socket:", "    answers = (Cache,)\n    socket:")
    folder(tmp_path / "modules", shop=ASKS, redis=importing(FROM, answers), _cache=CACHE)
    manifest(tmp_path, "[shop]")
    (found,) = host(tmp_path).diagnostics

    assert found.code == "HW030"
    assert 'enable the module "redis"' in (found.fix or "")


def test_own_option_can_be_renamed(tmp_path: Path) -> None:
    """The old name goes on for a version, with a warning that shows the new one."""
    renames = 'renames = (Renamed("path", "socket", since="0.2", until="9"),)'
    source = importing("from schema.renaming import Renamed", GOOD)
    source = source.replace("    socket:", f"    {renames}\n    socket:")
    found = compiled(tmp_path, source, "{redis: {path: /run/old.sock}}")

    assert [one.code for one in found.diagnostics] == ["HW036"]
    assert "/run/old.sock" in text_of(found, UNIT)


def test_request_to_a_module_that_is_broken_is_no_second_error(tmp_path: Path) -> None:
    """Nobody answers because of what is reported already."""
    folder(tmp_path / "modules", shop=ASKS, redis="", _cache=CACHE)
    manifest(tmp_path, "[shop, redis]")

    assert [one.code for one in host(tmp_path).diagnostics] == ["HW032"]


def test_programs_that_an_own_module_can_use_are_ours() -> None:
    """All but those that belong to the backup itself."""
    from compiler.lower.programs import _LIBRARIES
    from modules.own.yields import DUMP_PROGRAMS, NOTIFIER_PROGRAMS, RECOVERY_PROGRAMS

    own = {"borg", "drill", "preflight", "publish", "record", "restore", "stale", "verify"}
    usable = {*DUMP_PROGRAMS, *NOTIFIER_PROGRAMS, *RECOVERY_PROGRAMS} - {"dump/sqlite"}
    assert usable == set(_LIBRARIES) - own


def test_host_without_own_modules_imports_nothing_for_them() -> None:
    """Who has none pays nothing."""
    words = ["compile", str(GOLDEN / "demo" / "host.yaml"), "--check"]
    script = f"import sys; from compiler import cli; cli.run({words!r}); print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert [name for name in run.stdout.split() if name.startswith("modules.own")] == []
