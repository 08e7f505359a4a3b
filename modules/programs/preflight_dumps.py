"""Does what is dumped answer, and has /backup room for the next dumps?"""

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import contract
import databases
from as_user import exists, run_as
from databases import DatabaseError
from findings import FAIL, GOOD, NOTE, Finding
from preflight_files import standing
from preflight_settings import TMPFILES, Dump, Expected

POSTGRESQL, SQLITE = "postgresql", "dump/sqlite"
_NAMES = "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate;"
# The server looks at each file of a database for its size, and a database may be dropped meanwhile.
_SIZES = """
SELECT datname || '|' || CASE WHEN has_database_privilege(datname, 'CONNECT')
                         THEN coalesce(pg_database_size(oid), 0) ELSE 0 END
FROM pg_database WHERE datallowconn AND NOT datistemplate;
"""
_SIZES_SECONDS = 8.0
_VERSION = "SELECT current_setting('server_version_num');"


def check(dump: Dump) -> Iterator[Finding]:
    """Look at what one dump is made of; nothing is known of a command of the manifest."""
    if not exists(dump.user):
        return
    subject = f"dump {dump.name}"
    level = FAIL if dump.required else NOTE
    if dump.program == POSTGRESQL:
        problem = _postgresql(dump)
    elif dump.program == SQLITE:
        problem = _sqlite(dump)
    else:
        return
    yield Finding(level, subject, problem) if problem else Finding(GOOD, subject, "can be made")


def _postgresql(dump: Dump) -> str | None:
    port = dump.environment.get("PGPORT", "5432")
    try:
        server = int(_query(dump, _VERSION)[0]) // 10000
        there = _query(dump, _NAMES)
        tool = run_as(dump.user, ["pg_dump", "--version"], dump.environment).stdout.decode()
    except FileNotFoundError as error:
        return f"{error.filename} is not installed: apt-get install postgresql-client"
    except DatabaseError as error:
        said = str(error).partition("\n")[0]
        return (
            f"PostgreSQL does not answer {dump.user} on port {port} ({said}): does it run?"
            " pg_lsclusters; systemctl start postgresql"
        )
    found = re.search(r"\) (\d+)", tool)
    if found and int(found[1]) < server:
        return (
            f"pg_dump is of PostgreSQL {found[1]} and the server of {server}, which it refuses to"
            f" dump: apt-get install postgresql-client-{server}"
        )
    missing = [name for name in _words(dump, "--database=") if name not in there]
    if missing:
        return (
            f"PostgreSQL has no database {', '.join(missing)}; it has {', '.join(sorted(there))}:"
            " create it, or change the manifest"
        )
    return None


def _query(dump: Dump, sql: str) -> list[str]:
    environment = {"PGDATABASE": "postgres", "PGCLIENTENCODING": "SQL_ASCII"}
    answer = run_as(
        dump.user,
        list(databases.PSQL),
        environment | dump.environment | {"PGCONNECT_TIMEOUT": "10"},
        os.fsencode(databases.SAFE + sql),
    )
    if answer.returncode != 0:
        raise DatabaseError(databases.words_of(answer.stderr))
    return databases.rows_of(answer.stdout)


def _sizes(dump: Dump, deadline: float) -> dict[str, int]:
    left = max(0.1, deadline - time.monotonic())
    limited = f"SET statement_timeout = {left * 1000:.0f};\n{_SIZES}"
    pairs = (row.rpartition("|") for row in _query(dump, limited))
    return {name: int(size) for name, _, size in pairs}


def _words(dump: Dump, option: str) -> list[str]:
    return [word.removeprefix(option) for word in dump.command if word.startswith(option)]


def _sqlite(dump: Dump) -> str | None:
    for file in _files(dump):
        if not file.is_file() or file.stat().st_size == 0:
            return f"there is no database at {file}: is its software set up? Or change the manifest"
    return None


def _files(dump: Dump) -> list[Path]:
    return [Path(word) for word in dump.command if word.startswith("/")]


def space(expected: Expected) -> Iterator[Finding]:
    """Compare the room on each file system with what the dumps on it take until all are made.

    They are made one after another, each beside its last good one, which then goes: so it is the
    largest that counts, and what is dumped for the first time stays.
    """
    disks: dict[int, list[Dump]] = {}
    for dump in expected.dumps:
        if not dump.folder.is_dir() and expected.installed:
            say = f"{dump.folder} is not there: {TMPFILES}"
            yield Finding(FAIL, f"dump {dump.name}", say)
            continue
        disks.setdefault(standing(dump.folder).stat().st_dev, []).append(dump)
    deadline = time.monotonic() + _SIZES_SECONDS
    for dumps in disks.values():
        yield from _room(dumps, deadline)


def _room(dumps: list[Dump], deadline: float) -> Iterator[Finding]:
    needed = grown = 0
    told = []
    for dump in dumps:
        need = _need(dump, deadline)
        if need.problem:
            yield need.problem
        size = f"{_megabytes(need.size)}, " if need.size else ""
        told.append(f"{dump.name} {size}{need.source}")
        needed = max(needed, grown + need.size)
        grown += need.size if need.stays else 0
    place = os.statvfs(standing(dumps[0].folder))
    free = place.f_bavail * place.f_frsize
    where = dumps[0].folder if len(dumps) == 1 else dumps[0].folder.parent
    figures = f"{where} has {_megabytes(free)} free, and the next dumps take {_megabytes(needed)}"
    detail = f"{figures} at once ({'; '.join(told)})"
    if free < needed:
        say = f"{detail}: enlarge that file system, or free space on it"
        yield Finding(FAIL, "space", say)
    else:
        yield Finding(GOOD, "space", detail)


@dataclass(frozen=True, slots=True)
class _Need:
    """How large a dump may become, how that is known, whether it stays, and why it is unknown."""

    size: int
    source: str
    stays: bool = True
    problem: Finding | None = None


def _need(dump: Dump, deadline: float) -> _Need:
    record = dump.folder / contract.RECORD
    if not os.path.lexists(record):
        return _first(dump, deadline)
    try:
        return _Need(contract.read(dump.folder).bytes, "as last time", stays=False)
    except contract.ContractError as error:
        say = f"{error}; nothing can be restored from that dump, and the next backup replaces it"
        return replace(_first(dump, deadline), problem=Finding(NOTE, f"dump {dump.name}", say))


def _first(dump: Dump, deadline: float) -> _Need:
    """How large a first dump may become."""
    if dump.program == SQLITE:
        sizes = [file.stat().st_size for file in _files(dump) if file.is_file()]
        return _Need(sum(sizes), "as large as its database")
    unknown = "unknown before its first dump"
    if dump.program != POSTGRESQL or not exists(dump.user):
        return _Need(0, unknown)
    try:
        found = _sizes(dump, deadline)
    except (DatabaseError, OSError) as error:
        said = str(error).partition("\n")[0]
        why = "in time" if time.monotonic() >= deadline else f"({said})"
        say = f"how large the databases are could not be found out {why}"
        return _Need(0, unknown, problem=Finding(NOTE, f"dump {dump.name}", say))
    chosen = _words(dump, "--database=") or found.keys() - set(_words(dump, "--exclude="))
    total = sum(found.get(name, 0) for name in chosen)
    return _Need(total, "as large as its databases" if total else unknown)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size < 1e9 else f"{size / 1e9:,.1f} GB"
