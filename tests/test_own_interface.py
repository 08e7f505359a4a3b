"""What is wrong with a module of the user's own is a diagnostic at its line, never a traceback."""

import sys
from pathlib import Path

import pytest

from tests.own import HEAD, NOTHING, line_of, refused, with_method, with_option

CLASS = f'@frozen\nclass Redis(Module):\n    """Redis."""\n{NOTHING}'

BROKEN = {
    "no class": (
        HEAD,
        "there is no class of a module in this file",
        '"""Redis: a dump of it."""',
    ),
    "class that is not derived": (
        f'{HEAD}\n@frozen\nclass Redis:\n    """Redis."""\n',
        "the class Redis is no module: it is not derived from Module",
        "class Redis:",
    ),
    "two classes": (
        f"{HEAD}\n{CLASS}\n@frozen\nclass Valkey(Module):\n    pass\n",
        "a file is one module, and there are 2 classes of modules: Redis and Valkey",
        "class Valkey(Module):",
    ),
    "class without frozen": (
        f'{HEAD}\nclass Redis(Module):\n    port: Count = option(help="its port")\n',
        "the class Redis is no frozen class of attrs, so it has no options",
        "class Redis(Module):",
    ),
    "declare by another name": (
        f"{HEAD}\n@frozen\nclass Redis(DumpModule):\n    def declair(self, host):\n        pass\n",
        "the class Redis has no declare(), so nothing of it would be backed up",
        "def declair(self, host):",
    ),
    "check alone": (
        f"{HEAD}\n@frozen\nclass Redis(Module):\n    def check(self, host):\n        pass\n",
        "the class Redis has no declare(), so nothing of it would be backed up",
        "class Redis(Module):",
    ),
    "answers": (
        f"{HEAD}\n{CLASS}\n    answers = (Dump,)\n",
        "answers is no tuple of classes derived from Request",
        "class Redis(Module):",
    ),
    "renames": (
        f'{HEAD}\n{CLASS}\n    renames = {{"old": "new"}}\n',
        "renames is no tuple of Renamed and Removed",
        "class Redis(Module):",
    ),
    "field without option": (
        with_option("port: Count = Count(6379)"),
        '"port" is not declared by option()',
        "port: Count = Count(6379)",
    ),
    "option without help": (
        with_option('port: Count = option(default=Count(6379), help=" ")'),
        'the option "port" has no help',
        'port: Count = option(default=Count(6379), help=" ")',
    ),
    "option without type": (
        with_option('port = option(default=Count(6379), help="its port")'),
        'the option "port" has no type',
        'port = option(default=Count(6379), help="its port")',
    ),
    "option that is private": (
        with_option('_port: Count = option(default=Count(6379), help="its port")'),
        'the option "_port" begins with _',
        '_port: Count = option(default=Count(6379), help="its port")',
    ),
    "option that each module has": (
        with_option('enable: bool = option(default=False, help="whether")'),
        'every module has the option "enable" already, with a meaning of its own',
        'enable: bool = option(default=False, help="whether")',
    ),
    "type that YAML has no form of": (
        with_option('port: int = option(default=6379, help="its port")'),
        'no manifest can give "port" a value: its type is int',
        'port: int = option(default=6379, help="its port")',
    ),
    "list that is no tuple": (
        with_option('hosts: list[Text] = option(default=[], help="hosts")'),
        'no manifest can give "hosts" a value: its type is list[Text]',
        'hosts: list[Text] = option(default=[], help="hosts")',
    ),
    "unfinished scalar": (
        with_option('name: Checked = option(default=Text("x"), help="a name")'),
        'no manifest can give "name" a value: its type is Checked',
        'name: Checked = option(default=Text("x"), help="a name")',
    ),
    "section in itself": (
        (
            f"from __future__ import annotations\n{HEAD}\n@frozen\nclass Node:\n"
            '    next: Node | None = option(default=None, help="the next")\n\n\n'
            f'{CLASS}\n    node: Node = option(default=Node(), help="the first")\n'
        ),
        'the option "next" leads to Node again, without end',
        "next: Node | None",
    ),
    "collection of texts": (
        with_option('others: Mapping[Text, Text] = collected(help="others")'),
        '"others" collects what stands under names, and so is a Mapping of a class',
        "others: Mapping",
    ),
    "merge rule that does not exist": (
        with_option('port: Count = option(default=Count(1), help="its port", merge="mix")'),
        'the option "port" has a merge rule that does not exist',
        "port: Count",
    ),
    "default of another type": (
        with_option('socket: AbsolutePath = option(default="/run/redis", help="its socket")'),
        "the default of \"socket\" is '/run/redis', which is no good AbsolutePath",
        'socket: AbsolutePath = option(default="/run/redis", help="its socket")',
    ),
    "default that breaks its rule": (
        with_option('socket: AbsolutePath = option(default=AbsolutePath.known("x"), help="a")'),
        "the default of \"socket\" is 'x', which is no good AbsolutePath",
        'socket: AbsolutePath = option(default=AbsolutePath.known("x"), help="a")',
    ),
    "word that is no choice": (
        with_option('kind: Literal["rdb"] = option(default="aof", help="the kind")'),
        "the default of \"kind\" is 'aof', which is no good Literal['rdb']",
        'kind: Literal["rdb"] = option(default="aof", help="the kind")',
    ),
}
# Python 3.11.4 and later say so as of any other text that is no program.
NULL_BYTE = "SyntaxError" if sys.version_info >= (3, 11, 4) else "ValueError"

FAILING = {
    "syntax": (
        "import os\ndef (:\n",
        "it is loaded: SyntaxError: invalid syntax",
        "def (:",
    ),
    "null byte": (
        "x = '\0'\n",
        f"it is loaded: {NULL_BYTE}: source code string cannot contain null",
        "x = '\x00'",
    ),
    "import": (
        "\nimport nowhere\n",
        "it is loaded: ModuleNotFoundError: No module named 'nowhere'",
        "import nowhere",
    ),
    "no neighbour": (
        "from ._shared import x\n",
        "it is loaded: ModuleNotFoundError: No module",
        "from ._shared import x",
    ),
    "name": (
        f"{HEAD}\nredis\n",
        "it is loaded: NameError: name 'redis' is not defined",
        "redis",
    ),
    "exit": (
        "import sys\nsys.exit(0)\n",
        "it is loaded: SystemExit: 0",
        "sys.exit(0)",
    ),
    "division": (
        with_method("declare", "yield from ()", "1 / 0"),
        "declare() is asked: ZeroDivisionError: division by zero",
        "1 / 0",
    ),
    "host forgotten": (
        with_method("check", "yield from ()").replace(
            "def declare(self, host)", "def declare(self)"
        ),
        "declare() is asked: TypeError: Redis.declare() takes 1 positional argument but 2",
        "def declare(self):",
    ),
    "exception beyond all": (
        with_method("check", "raise BaseException('no')"),
        "check() is asked: BaseException: no",
        "raise BaseException('no')",
    ),
    "text that is no UTF-8": ("x = '\udcff'\n", "it is loaded: SyntaxError:", "x = "),
    "exit of a method": (
        with_method("check", "raise SystemExit"),
        "check() is asked: SystemExit",
        "raise SystemExit",
    ),
    "change of itself": (
        with_method("declare", "self.enable = False", "yield from ()"),
        "declare() is asked: FrozenInstanceError",
        "self.enable = False",
    ),
    "recursion": (
        with_method("requests", "return self.requests(host)"),
        "requests() is asked: RecursionError: maximum recursion depth exceeded",
        "return self.requests(host)",
    ),
    "exception that cannot be told": (
        (
            f"{HEAD}\nclass Odd(Exception):\n    def __str__(self):\n        raise self\n\n"
            f"{CLASS}\n    def check(self, host):\n        raise Odd\n"
        ),
        "check() is asked: Odd",
        "raise Odd",
    ),
    "required option behind others": (
        with_option('name: Text = option(help="a name", example="x")'),
        "it is loaded: ValueError: No mandatory attributes allowed",
        "@frozen",
    ),
    "rule of its own": (
        (
            f"{HEAD}\nclass Odd(Text):\n    @classmethod\n    def problem(cls, text):\n"
            f"        return text[99]\n\n\n{CLASS}\n"
            '    odd: Odd = option(default=Odd.known("x"), help="odd")\n'
        ),
        "its options are looked at: IndexError",
        "return text[99]",
    ),
}


@pytest.mark.parametrize(("source", "message", "blamed"), BROKEN.values(), ids=BROKEN)
def test_breach_of_the_interface_is_refused(
    source: str, message: str, blamed: str, tmp_path: Path
) -> None:
    """HW032 at the line of the module's own file."""
    found = refused(tmp_path, source)

    assert (found.code, found.message) == ("HW032", message)
    assert found.file == str(tmp_path / "modules/redis.py")
    assert line_of(found).startswith(blamed)


@pytest.mark.parametrize(("source", "message", "blamed"), FAILING.values(), ids=FAILING)
def test_failure_is_refused(source: str, message: str, blamed: str, tmp_path: Path) -> None:
    """HW033 at the innermost line of the user's own code."""
    found = refused(tmp_path, source)

    assert found.code == "HW033"
    assert found.message.startswith(f'the module "redis" fails while {message}')
    assert found.file == str(tmp_path / "modules/redis.py")
    assert line_of(found).startswith(blamed)
