"""What of globals.sql is still to be done: roles and tablespaces that exist are left alone."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from statements import Statement, statements

ROLE, TABLESPACE = "ROLE", "TABLESPACE"


@dataclass(frozen=True, slots=True)
class Globals:
    """The statements of globals.sql that are to run, and the roles that they create."""

    settings: tuple[Statement, ...]
    roles: tuple[Statement, ...]
    tablespaces: tuple[Statement, ...]
    created: tuple[str, ...]


def wanted(
    text: str,
    *,
    roles: Collection[str] = (),
    tablespaces: Collection[str] = (),
    replace: bool = False,
) -> Globals:
    """Choose the statements that are still to run.

    Args:
        text: globals.sql, as `pg_dumpall --globals-only` writes it.
        roles: those that exist.
        tablespaces: those that exist.
        replace: whether what exists is to become as it was recorded.

    Raises:
        StatementError: the text is something else.
    """
    all_of_them = tuple(statements(text))
    new = {
        ROLE: _created(all_of_them, ROLE) - set(roles),
        TABLESPACE: _created(all_of_them, TABLESPACE) - set(tablespaces),
    }
    kept = [one for one in all_of_them if _is_wanted(one, new, replace=replace)]
    return Globals(
        settings=tuple(one for one in kept if one.begins("SET")),
        roles=tuple(one for one in kept if not one.begins("SET") and not _is_of_tablespace(one)),
        tablespaces=tuple(one for one in kept if _is_of_tablespace(one)),
        created=tuple(sorted(_created(kept, ROLE))),
    )


def superuser(text: str) -> str:
    """The role that a cluster must begin with to take these roles: postgres, if it is one of them.

    Since PostgreSQL 16 a membership names who granted it, and that must be somebody who may.
    """
    found = list(_superusers(text))
    return "postgres" if not found or "postgres" in found else found[0]


def _superusers(text: str) -> Iterator[str]:
    for one in statements(text):
        if one.begins("ALTER", ROLE) and "SUPERUSER" in one.words and "SET" not in one.words:
            name = one.after("ALTER", ROLE)
            if name is not None:
                yield name


def _created(some: Collection[Statement], kind: str) -> set[str]:
    return {name for one in some if (name := _at_start(one, "CREATE", kind)) is not None}


def _at_start(one: Statement, *keywords: str) -> str | None:
    return one.after(*keywords) if one.begins(*keywords) else None


def _is_of_tablespace(one: Statement) -> bool:
    return one.words[1] == TABLESPACE or one.after("ON", TABLESPACE) is not None


def _is_wanted(one: Statement, new: dict[str, set[str]], *, replace: bool) -> bool:
    for kind, names in new.items():
        created = _at_start(one, "CREATE", kind)
        if created is not None:
            return created in names
    if replace or one.begins("SET"):
        return True
    if one.begins("GRANT") or one.begins("REVOKE"):
        return any(names & one.names for names in new.values())
    return any(_subject(one, kind) in names for kind, names in new.items())


def _subject(one: Statement, kind: str) -> str | None:
    """The role or tablespace that a statement describes."""
    name = _at_start(one, "ALTER", kind)
    return one.after("ON", kind) if name is None else name
