"""What a module of the user's own yields is checked as it comes, at the line of its `yield`."""

from pathlib import Path

import pytest

from compiler import cli
from schema.diagnostics import Severity
from tests.own import (
    GOOD,
    NOTHING,
    compiled,
    folder,
    importing,
    line_of,
    manifest,
    refused,
    with_dump,
    with_method,
    with_option,
)

BROKEN = {
    "no iterator": (
        with_method("declare", "return None"),
        "declare() gives NoneType, and not one thing after the other",
        "def declare(self, host):",
    ),
    "something that is no resource": (
        with_method("declare", "yield Needs()"),
        "declare() yields Needs(), which is none of: Dump, Notifier, Archive, LiveData, Brought",
        "yield Needs()",
    ),
    "something that is no request": (
        with_method("requests", "", 'yield "postgresql"'),
        "requests() yields 'postgresql', which is none of: Request",
        'yield "postgresql"',
    ),
    "something that is no diagnostic": (
        with_method("check", 'yield "too much"'),
        "check() yields 'too much', which is none of: Diagnostic",
        'yield "too much"',
    ),
    "unknown code": (
        with_method("check", 'yield Diagnostic("R001", "no")'),
        "check() yields a Diagnostic with the unknown code 'R001'",
        'yield Diagnostic("R001", "no")',
    ),
    "text for a list": (
        with_dump(command='"/usr/bin/redis-cli"'),
        "declare() yields a Dump whose command is '/usr/bin/redis-cli', not tuple[str, ...]",
        "yield Dump(",
    ),
    "name with a slash": (
        with_dump(name='"a/b"'),
        (
            "declare() yields a Dump whose name 'a/b' is not a job name: a-z, 0-9 and - inside, "
            "at most 64 (it becomes backup-JOB.service and /backup/JOB)"
        ),
        "yield Dump(",
    ),
    "description of two lines": (
        with_dump(description='"Dump\\nUser=root"'),
        (
            "declare() yields a Dump whose description 'Dump\\nUser=root' has a control character "
            "(a newline, a tab, ...)"
        ),
        "yield Dump(",
    ),
    "program that is not absolute": (
        with_dump(command='("redis-cli",)'),
        "declare() yields a Dump whose command begins with no absolute path",
        "yield Dump(",
    ),
    "path that is not absolute": (
        with_dump(needs='Needs(read=("home",))'),
        (
            "declare() yields a Dump whose needs.read 'home' is not an absolute path: "
            "it must begin with /"
        ),
        "yield Dump(",
    ),
    "unknown program": (
        with_dump(program='"redis"'),
        "declare() yields a Dump whose program 'redis' is none of: dump/sqlite, postgresql",
        "yield Dump(",
    ),
    "output that goes nowhere": (
        with_dump(output='"stdout"'),
        'declare() yields a Dump with output="stdout" and no file',
        "yield Dump(",
    ),
    "return before a yield": (
        with_dump(name='"redis"').replace("yield Dump", "return Dump") + "        yield None\n",
        "declare() returns Dump(), and yields: what a generator returns is lost",
        "def declare(self, host):",
    ),
    "diagnostic at no option": (
        with_method("check", 'yield error("odd", "dta")'),
        (
            "check() yields a Diagnostic at an option that does not exist: "
            "the module has no option dta"
        ),
        'yield error("odd", "dta")',
    ),
    "change of an option": (
        with_option('mapped: Mapping[Text, Text] = option(default={}, help="texts by text")')
        + "\n    def check(self, host):\n        self.mapped['a'] = 'b'\n        return []\n",
        'check() changes the option "mapped", also for the next host',
        '"""Redis: a dump of it."""',
    ),
    "place of its own": (
        with_method("check", 'yield Diagnostic("HW031", "odd", file="/etc/passwd")'),
        "check() yields a Diagnostic with a place of its own",
        "yield Diagnostic(",
    ),
    "path with a slash at its end": (
        with_method("declare", 'yield Archive("/srv/", "data")'),
        "declare() yields an Archive whose path '/srv/' has a / too many",
        'yield Archive("/srv/", "data")',
    ),
}


@pytest.mark.parametrize(("source", "message", "blamed"), BROKEN.values(), ids=BROKEN)
def test_what_must_not_be_yielded_is_refused(
    source: str, message: str, blamed: str, tmp_path: Path
) -> None:
    """HW032 at the line of the module's own file."""
    found = refused(tmp_path, source)

    assert (found.code, found.message) == ("HW032", message)
    assert found.file == str(tmp_path / "modules/redis.py")
    assert line_of(found).startswith(blamed)


def test_half_of_a_declaration_is_not_used(tmp_path: Path) -> None:
    """What stands behind the failure is missing, and would only cause more complaints."""
    lines = ('yield Dump("redis", "Dump Redis", "redis", ("/bin/true",))', "1 / 0")
    source = with_method("declare", *lines, 'yield Brought(users=("redis",))')

    assert refused(tmp_path, source).code == "HW033"


WARNED = "declares nothing with these options: nothing of it is backed up"
EMPTY = {
    "generator": "yield from ()",
    "return before all": "return\n        yield Archive('/srv', 'data')",
    "list": "return []",
    "iterator": "return iter(())",
}


@pytest.mark.parametrize("body", EMPTY.values(), ids=EMPTY)
def test_module_that_declares_nothing_is_warned_of(body: str, tmp_path: Path) -> None:
    """Software that the manifest names, and nothing of it in the backup, is rarely meant."""
    found = refused(tmp_path, with_method("declare", body))

    assert (found.code, found.severity) == ("HW032", Severity.WARNING)
    assert found.message == f'the module "redis" {WARNED}'
    assert (found.file, found.path) == (str(tmp_path / "host.yaml"), ("modules", "redis"))


def test_module_that_declares_nothing_fails_under_strict(tmp_path: Path) -> None:
    """So a pipeline never lets it through."""
    folder(tmp_path / "modules", redis=with_method("declare", "yield from ()"))

    assert cli.run(["compile", str(manifest(tmp_path)), "--check", "--strict"]).status == 1


@pytest.mark.parametrize("body", ["return ()", "return ()\n        yield None"])
def test_module_can_say_that_it_declares_nothing(body: str, tmp_path: Path) -> None:
    """The empty tuple is written on purpose."""
    assert compiled(tmp_path, with_method("declare", body)).diagnostics == ()


def test_declare_can_be_inherited_from_a_neighbour(tmp_path: Path) -> None:
    """Several modules may share a base, which stands in a file that begins with _."""
    folder(tmp_path / "modules", _base=GOOD.replace("class Redis", "class Base"))
    heir = with_option("").replace("(Module)", "(Base)").replace(NOTHING, "")
    found = compiled(tmp_path, importing("from ._base import Base", heir))

    assert found.diagnostics == ()
