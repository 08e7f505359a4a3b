"""How globals.sql is understood, and names of databases are found, whatever is in a name."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.programs import installed, library

# As pg_dumpall of PostgreSQL 15 and 17 writes it.
GLOBALS = r"""--
-- PostgreSQL database cluster dump
--

\restrict jCHV8qFvrnzdJzGvCdxYBIr0vYKbDZ

SET default_transaction_read_only = off;
SET client_encoding = 'UTF8';

CREATE ROLE clerk;
ALTER ROLE clerk WITH NOSUPERUSER INHERIT LOGIN PASSWORD 'SCRAM-SHA-256$4096:nuL==$mB:Ic=';
COMMENT ON ROLE clerk IS 'of the shop;
CREATE ROLE evil;';
CREATE ROLE "odd
role; ""x"" z";
ALTER ROLE "odd
role; ""x"" z" WITH NOSUPERUSER NOLOGIN CONNECTION LIMIT -1 VALID UNTIL 'infinity';
COMMENT ON ROLE "odd
role; ""x"" z" IS E'with a \\ and a \';
CREATE ROLE worse;';
CREATE ROLE postgres;
ALTER ROLE postgres WITH SUPERUSER INHERIT CREATEROLE CREATEDB LOGIN REPLICATION BYPASSRLS;

--
-- User Config "clerk"
--

ALTER ROLE clerk SET search_path TO 'postgres', 'b';

GRANT clerk TO "odd
role; ""x"" z" WITH ADMIN OPTION, INHERIT TRUE GRANTED BY postgres;
GRANT SET ON PARAMETER work_mem TO clerk;

CREATE TABLESPACE fast OWNER clerk LOCATION '/srv/fast';
REVOKE ALL ON TABLESPACE fast FROM postgres;
COMMENT ON TABLESPACE fast IS 'of flash';

\unrestrict jCHV8qFvrnzdJzGvCdxYBIr0vYKbDZ
"""
ODD = 'odd\nrole; "x" z'
ALL_ROLES = ("clerk", ODD, "postgres")


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs, as they are installed."""
    return installed(tmp_path_factory.mktemp("hostwright"))


@pytest.fixture(scope="module")
def roles(programs: Path) -> Iterator[ModuleType]:
    """What chooses the statements of globals.sql that are to run."""
    with library(programs, "roles") as module:
        yield module


@pytest.fixture(scope="module")
def statements(programs: Path) -> Iterator[ModuleType]:
    """What takes SQL apart."""
    with library(programs, "statements") as module:
        yield module


@pytest.fixture(scope="module")
def cluster(programs: Path) -> Iterator[ModuleType]:
    """What gives databases their names."""
    with library(programs, "cluster") as module:
        yield module


def beginnings(some: Any) -> list[str]:
    """The first words of statements, in their order."""
    return [" ".join(one.words[:3]) for one in some]


def test_an_empty_cluster_gets_all_roles(roles: ModuleType) -> None:
    """No statement is lost, and none is made out of a comment or a name."""
    wanted = roles.wanted(GLOBALS)
    assert wanted.created == ("clerk", ODD, "postgres")
    assert len(wanted.roles) == 11
    assert len(wanted.tablespaces) == 3
    assert beginnings(wanted.settings) == [
        "SET default_transaction_read_only =",
        "SET client_encoding =",
    ]


def test_roles_that_exist_are_left_as_they_are(roles: ModuleType) -> None:
    """With every role there, nothing about roles is left to do."""
    wanted = roles.wanted(GLOBALS, roles=ALL_ROLES, tablespaces=("fast",))
    assert wanted.roles == ()
    assert wanted.tablespaces == ()
    assert wanted.created == ()


def test_only_what_is_missing_is_created(roles: ModuleType) -> None:
    """One role of three is missing: it is created, and gets its memberships."""
    wanted = roles.wanted(GLOBALS, roles=("clerk", "postgres"), tablespaces=("fast",))
    assert wanted.created == (ODD,)
    assert [one.words[0] for one in wanted.roles] == ["CREATE", "ALTER", "COMMENT", "GRANT"]


def test_roles_that_exist_become_as_recorded_on_request(roles: ModuleType) -> None:
    """Then only the creation of what is there is left out."""
    wanted = roles.wanted(GLOBALS, roles=ALL_ROLES, tablespaces=("fast",), replace=True)
    assert len(wanted.roles) == 8
    assert beginnings(wanted.tablespaces) == ["REVOKE ALL ON", "COMMENT ON TABLESPACE"]


def test_a_scratch_cluster_begins_with_who_granted_the_roles(roles: ModuleType) -> None:
    """That is postgres, if there is such a role, and else the first that may do everything."""
    assert roles.superuser(GLOBALS) == "postgres"
    assert roles.superuser(GLOBALS.replace("ROLE postgres", "ROLE admin")) == "admin"


def test_no_command_of_psql_is_passed_on(statements: ModuleType) -> None:
    """Whatever stands after a backslash, outside of a literal, never reaches psql."""
    text = "CREATE ROLE a;\n\\! touch /tmp/owned\n\\connect b\nCREATE ROLE c;"
    assert list(map(str, statements.statements(text))) == ["CREATE ROLE a;", "CREATE ROLE c;"]


@pytest.mark.parametrize("text", ["CREATE ROLE a", "SELECT 'a", 'DROP "a', "DO $$ x $$;", "/* */"])
def test_what_those_programs_do_not_write_is_refused(statements: ModuleType, text: str) -> None:
    """A text that is cut off, or of another kind, is not guessed at."""
    with pytest.raises(statements.StatementError):
        list(statements.statements(text))


def test_a_statement_is_about_another_database(statements: ModuleType) -> None:
    """Only the name changes: neither an owner nor a comment of the same text."""
    text = 'GRANT CONNECT ON DATABASE shop TO shop;COMMENT ON DATABASE "a ""b" IS \'DATABASE x\';'
    renamed = [one.renamed("DATABASE", 'new "one"') for one in statements.statements(text)]
    assert list(map(str, renamed)) == [
        'GRANT CONNECT ON DATABASE "new ""one""" TO shop;',
        'COMMENT ON DATABASE "new ""one""" IS \'DATABASE x\';',
    ]


@pytest.mark.parametrize("name", ["shop", "s" * 63, "ß" * 31 + "s", "s" + "ß" * 31, "\udcff" * 63])
def test_a_name_for_the_meantime_is_one_that_postgresql_takes(
    cluster: ModuleType, name: str
) -> None:
    """It has 63 bytes at the most, no half of a character, and is another each time."""
    first = cluster.free_name(name, "restoring", set())
    second = cluster.free_name(name, "restoring", {first})
    assert len(os.fsencode(first)) <= 63
    assert first.removesuffix("_restoring") == name[: len(first) - 10]
    assert second.endswith("_restoring2")
