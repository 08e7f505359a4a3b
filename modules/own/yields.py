"""What a module yields: of the right class, each field of its type, each text by its rule.

A text that our own modules write is checked by a test, or by its option's type. A text of the
user's own could break out of its line of a unit, or be a path that systemd refuses at night.
"""

from collections.abc import Callable, Iterator
from typing import Any, get_args

import attrs

from modules.own.kinds import misfits, type_name, value_name
from schema.diagnostics import Diagnostic
from schema.packages import PackageRelation
from schema.postgresql import DatabaseName
from schema.resources import (
    Archive,
    Brought,
    Database,
    Dump,
    LiveData,
    Needs,
    Notifier,
    Recovery,
    Request,
    Resource,
)
from schema.scalars import (
    AbsolutePath,
    EnvironmentName,
    JobName,
    SecretFile,
    UserName,
    line_problem,
    text_problem,
)
from schema.times import Timeout

Rule = Callable[[str], str | None]
_KINDS: dict[str, tuple[type, ...]] = {
    "requests": (Request,),
    "check": (Diagnostic,),
    "declare": get_args(Resource),
}
DUMP_PROGRAMS = ("dump/sqlite", "postgresql")
RECOVERY_PROGRAMS = ("drill_postgresql", "drill_sqlite", "restore_postgresql", "restore_sqlite")
NOTIFIER_PROGRAMS = ("healthchecks", "ntfy", "prometheus")


def item_problem(item: Any, method: str) -> tuple[str, str | None] | None:
    """What is wrong with one thing that a method yields, and how to mend it; or None."""
    kinds = _KINDS[method]
    if not isinstance(item, kinds):
        wanted = ", ".join(kind.__name__ for kind in kinds)
        return f"{value_name(item)}, which is none of: {wanted}", None
    name = type(item).__name__
    for field, value, type_ in misfits(item):
        return f"{_a(name)} whose {field} is {value_name(value)}, not {type_name(type_)}", None
    if isinstance(item, Diagnostic):
        return _code_problem(item)
    for place, text, rule in _ruled(item):
        if (problem := rule(text)) is not None:
            return f"{_a(name)} whose {place} {value_name(text)} {problem}", None
    return _command_problem(item) if isinstance(item, Dump) else None


def _a(name: str) -> str:
    return f"an {name}" if name[0] in "AEIOU" else f"a {name}"


def _ruled(item: Any) -> Iterator[tuple[str, str, Rule]]:
    """Every text of a resource with the rule that it must keep."""
    rules = _RULES.get(next((one for one in type(item).__mro__ if one in _RULES), object), {})
    for field in attrs.fields(type(item)):
        value = getattr(item, field.name)
        if field.name == "path" and isinstance(value, tuple):
            continue
        if attrs.has(type(value)):
            for place, text, rule in _ruled(value):
                yield f"{field.name}.{place}", text, rule
            continue
        for text in _texts(value):
            yield field.name, text, rules.get(field.name, text_problem)
    if isinstance(item, Dump):
        yield from (("environment", name, EnvironmentName.problem) for name, _ in item.environment)
    if isinstance(item, Notifier):
        yield from (("credentials", file, SecretFile.problem) for _, file, _ in item.credentials)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)


def _path_problem(text: str) -> str | None:
    problem = AbsolutePath.problem(text)
    return problem if problem or AbsolutePath(text) == text else "has a / too many"


def _file_problem(text: str) -> str | None:
    is_name = "/" not in text and text not in ("", ".", "..")
    return line_problem(text) if is_name else "is no name of a file"


def _unit_problem(text: str) -> str | None:
    is_unit = text.endswith((".service", ".socket", ".mount", ".target")) and " " not in text
    return line_problem(text) if is_unit else "is no name of a unit, such as redis-server.service"


def _one_of(names: tuple[str, ...]) -> Rule:
    return lambda text: None if text in names else f"is none of: {', '.join(names)}"


_RULES: dict[type, dict[str, Rule]] = {
    Needs: {"read": _path_problem, "write": _path_problem},
    Recovery: {
        "program": _one_of(RECOVERY_PROGRAMS),
        "replaces": _path_problem,
        "packages": PackageRelation.problem,
    },
    Dump: {
        "name": JobName.problem,
        "description": line_problem,
        "user": UserName.problem,
        "file": _file_problem,
        "program": _one_of(DUMP_PROGRAMS),
        "leaves": _file_problem,
        "after": _unit_problem,
        "timeout": Timeout.problem,
        "packages": PackageRelation.problem,
    },
    Notifier: {
        "name": JobName.problem,
        "description": line_problem,
        "program": _one_of(NOTIFIER_PROGRAMS),
        "packages": PackageRelation.problem,
    },
    Archive: {"path": _path_problem, "reason": line_problem, "exclude": _path_problem},
    LiveData: {"path": _path_problem, "reason": line_problem},
    Brought: {"users": UserName.problem, "folders": _path_problem},
    Database: {"name": DatabaseName.problem},
}


def _command_problem(dump: Dump) -> tuple[str, str | None] | None:
    if dump.output == "stdout" and dump.file is None:
        return 'a Dump with output="stdout" and no file', f'give it file="{dump.name}.dump"'
    if dump.shrink_limit is not None and not 1 <= dump.shrink_limit <= 99:
        return f"a Dump whose shrink_limit {dump.shrink_limit} is not from 1 to 99", "or None: any"
    for place, command in dump.commands:
        is_script = place == ("command",) and dump.program
        is_optional = place == ("version",) and not command
        if not is_script and not is_optional and not (command and command[0].startswith("/")):
            fix = "begin with the absolute path of a program"
            return f"a Dump whose {'.'.join(map(str, place))} begins with no absolute path", fix
    return None


def _code_problem(diagnostic: Diagnostic) -> tuple[str, str | None] | None:
    from schema.codes import RULES

    if diagnostic.mark is not None or diagnostic.file:
        return "a Diagnostic with a place of its own", "its path alone says where it is"
    if diagnostic.code in RULES:
        return None
    return f"a Diagnostic with the unknown code {diagnostic.code!r}", 'the code for it is "HW031"'
