"""What a module of the user's own yields is checked as it comes, at the line of its `yield`."""

from pathlib import Path

import pytest

from tests.own import line_of, refused, with_dump, with_method, with_option

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
