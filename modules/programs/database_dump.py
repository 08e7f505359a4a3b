"""One file of pg_dump in its custom format: how its database is made, and how it is filled.

`pg_restore --create` gives a database the name that it had. Here the statements are taken from it
and given another name; encoding, locale, owner, settings and privileges stay as they were dumped.
"""

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from contract import Record
from databases import DatabaseError, database_name, environment
from statements import Statement, statements

_OF_DATABASE = re.compile(rb"([0-9]+); [0-9]+ [0-9]+ (ACL|COMMENT|SECURITY LABEL) - DATABASE ")
_CONTENTS_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Definition:
    """How a database is made: CREATE DATABASE and what follows it, and the comment on it."""

    statements: tuple[Statement, ...]
    comment: tuple[Statement, ...]

    def is_commented(self, *comments: str) -> bool:
        """Whether it has one of these comments."""
        return any(text in word for one in self.comment for word in one.words for text in comments)


def databases_of(record: Record) -> dict[str, str]:
    """The file of each database in a dump, by the database's name."""
    found = {}
    for file in sorted(record.files):
        try:
            found[database_name(file)] = file
        except ValueError:
            continue
    return found


def shown(name: str) -> str:
    """A name of any content, as it can be printed."""
    return name if name.isprintable() and name == name.strip() else ascii(name)


def definition(dump: Path, name: str, *, owners: bool, tablespaces: bool) -> Definition:
    """How the database in a dump is made.

    Args:
        dump: the file.
        name: the database's name when it was dumped.
        owners: whether to tell who owns it and what others may do with it.
        tablespaces: whether to tell its tablespace.

    Raises:
        DatabaseError: pg_restore cannot read the dump.
        StatementError: what it prints cannot be understood.
    """
    found = [one for one in statements(_sql(dump, name)) if "DATABASE" in one.words]
    if not found or not found[0].begins("CREATE"):
        raise DatabaseError(f"{dump.name} does not say how its database is made")
    create = found[0] if tablespaces else found[0].without("TABLESPACE")
    properties = (one for one in found[1:] if not one.begins("COMMENT"))
    return Definition(
        (create, *(one for one in properties if owners or _is_of_itself(one))),
        tuple(one for one in found if one.begins("COMMENT")),
    )


def load(dump: Path, database: str, *, owners: bool, tablespaces: bool) -> None:
    """Fill an empty database from a dump.

    Raises:
        DatabaseError: pg_restore failed; it ends at the first error.
    """
    left_out = (
        *(() if owners else ("--no-owner", "--no-privileges")),
        *(() if tablespaces else ("--no-tablespaces",)),
    )
    # The name goes by PGDATABASE, because --dbname would read "a=b" as a connection string.
    words = ["--no-password", "--exit-on-error", *left_out, "--dbname=", str(dump)]
    _pg_restore(words, database)


def _is_of_itself(one: Statement) -> bool:
    """Whether it is about no role: no owner, no privilege, no setting of a role."""
    return one.begins("ALTER", "DATABASE") and "OWNER" not in one.words


def _sql(dump: Path, name: str) -> str:
    """What `pg_restore --create` would do for the database alone, without what is in it."""
    listing = _pg_restore(["--list", "--create", str(dump)])
    wanted = (_OF_DATABASE.match(line) for line in listing.splitlines())
    with tempfile.NamedTemporaryFile() as chosen:
        chosen.write(b"".join(b"%s;\n" % found[1] for found in wanted if found))
        chosen.flush()
        words = ["--create", f"--use-list={chosen.name}", "--file=-"]
        if "\n" in name or "\r" in name:
            return os.fsdecode(_pg_restore(words, stdin=_on_one_line(dump, name)))
        return os.fsdecode(_pg_restore([*words, str(dump)]))


def _on_one_line(dump: Path, name: str) -> bytes:
    """The dump's table of contents, in which the name has no newline.

    pg_restore refuses such a name, because psql could not connect to it; but we do not need it to.
    """
    with dump.open("rb") as file:
        contents = file.read(_CONTENTS_BYTES)
    text = os.fsencode(name)
    # A text is stored as its sign, its length in four bytes, and its bytes.
    start = b"\0" + len(text).to_bytes(4, "little")
    other = text.replace(b"\n", b" ").replace(b"\r", b" ")
    return contents.replace(start + text, start + other)


def _pg_restore(words: list[str], database: str = "", stdin: bytes = b"") -> bytes:
    done = subprocess.run(
        ["pg_restore", *words],
        check=False,
        input=stdin,
        capture_output=True,
        env=environment(database),
    )
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "backslashreplace").strip()
        raise DatabaseError(said or f"pg_restore ended with status {done.returncode}")
    return done.stdout
