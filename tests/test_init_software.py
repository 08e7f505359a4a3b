"""`hostwright init`: the software that it finds, and how that is dumped."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.machines import Machine, read
from tests.support import compile_text


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A Debian 12 called web1 on which nothing runs."""
    return Machine(tmp_path / "root")


def test_the_first_cluster_is_the_modules(machine: Machine) -> None:
    """A cluster on the default port needs no option."""
    machine.write("etc/postgresql/15/main/postgresql.conf", "port = 5432\t# (change)\n")
    assert read(machine.manifest())["modules"] == {"postgresql": None}


def test_a_second_cluster_becomes_a_job(machine: Machine) -> None:
    """The module has one port, so that another cluster is dumped by pg_dumpall."""
    machine.write("etc/postgresql/15/main/postgresql.conf", "port = 5432\n")
    machine.write("etc/postgresql/15/second/postgresql.conf", "port = 5433\n")
    jobs = read(machine.manifest())["modules"]["dump"]
    assert isinstance(jobs, dict)
    assert jobs["postgresql-15-second"]["command"] == ["/usr/bin/pg_dumpall", "--port=5433"]
    assert "# PostgreSQL 15/second, a second cluster" in machine.manifest()


def test_the_port_that_counts_is_the_last(machine: Machine) -> None:
    """conf.d goes over postgresql.conf, and ALTER SYSTEM's file over both."""
    machine.write("etc/postgresql/15/main/postgresql.conf", "port = 1\ninclude_dir = 'conf.d'\n")
    machine.write("etc/postgresql/15/main/conf.d/port.conf", "Port 5440\n")
    assert read(machine.manifest())["modules"]["postgresql"] == {"port": 5440}


def test_a_cluster_that_is_switched_off_is_not_dumped(machine: Machine) -> None:
    """start.conf says disabled: a dump would fail each night, so there is a comment instead."""
    machine.write("etc/postgresql/15/main/postgresql.conf", "port = 5432\n")
    machine.write("etc/postgresql/15/main/start.conf", "# x\ndisabled\n")
    assert "PostgreSQL 15/main is switched off" in machine.manifest()
    assert "modules" not in read(machine.manifest())


def test_gitea_on_sqlite_needs_nothing_but_its_name(machine: Machine) -> None:
    """An installation as the documentation has it is the module's default."""
    machine.write("etc/gitea/app.ini", "RUN_USER = git\n[database]\nDB_TYPE = sqlite3\n")
    assert read(machine.manifest())["modules"] == {"gitea": None}


def test_gitea_on_postgresql_asks_the_cluster(machine: Machine) -> None:
    """A database in the local cluster is dumped by the module postgresql."""
    machine.write("etc/postgresql/15/main/postgresql.conf", "port = 5432\n")
    text = (
        '[server]\nAPP_DATA_PATH = /srv/git/data\n[database]\nDB_TYPE = postgres\nNAME = `we"b`\n'
    )
    machine.write("etc/gitea/conf/app.ini", text + "HOST = /run/postgresql\n")
    wanted = {
        "data": "/srv/git",
        "config": "/etc/gitea/conf/app.ini",
        "database": "postgresql",
        "database_name": 'we"b',
    }
    assert read(machine.manifest())["modules"]["gitea"] == wanted


def test_gitea_on_a_server_elsewhere_is_marked(machine: Machine) -> None:
    """Its files are archived, and a comment says that its database is not dumped."""
    machine.write("etc/gitea/app.ini", "[database]\nDB_TYPE = postgres\nHOST = db.example.org\n")
    assert "nothing here dumps that" in machine.manifest()
    paths = read(machine.manifest())["backup"]["paths"]
    assert paths == ["/etc", "/var/lib/gitea"]


def test_gitea_with_its_database_elsewhere_gets_a_job(machine: Machine) -> None:
    """The module looks in data/, so that a file in another place is dumped by a job."""
    path = machine.database("var/lib/gitea/gitea.db").relative_to(machine.folder)
    machine.write("etc/gitea/app.ini", f"RUN_USER = owner\n[database]\nPATH = /{path}\n")
    jobs = read(machine.manifest())["modules"]["dump"]
    assert isinstance(jobs, dict)
    assert list(jobs) == ["sqlite-gitea"]


def test_mariadb_is_dumped_by_its_own_account(machine: Machine) -> None:
    """Debian's account mysql needs no password over the socket."""
    machine.write("usr/sbin/mariadbd")
    machine.write("usr/bin/mariadb-dump")
    jobs = read(machine.manifest())["modules"]["dump"]
    assert isinstance(jobs, dict)
    assert jobs["mariadb"]["user"] == "mysql"


def test_a_database_file_becomes_a_job_of_its_owner(machine: Machine) -> None:
    """SQLite is known by its first bytes, whatever the file is called."""
    machine.database("var/lib/shop/things.bin")
    jobs = read(machine.manifest())["modules"]["dump"]
    assert isinstance(jobs, dict)
    assert jobs["sqlite-shop-things"]["user"] == "owner"


def test_a_database_of_nobody_is_named_in_a_comment(machine: Machine) -> None:
    """A unit needs a user by name, so that a number without one gets a comment."""
    machine.database("var/lib/shop/things.db")
    machine.write("etc/passwd", "")
    assert "things.db has no job: its owner has no name" in machine.manifest()


@pytest.mark.parametrize("name", ["it's.db", 'quo"te.db', "per%cent.db", "a: b #c.db", "-x.db"])
def test_hostile_names_of_databases_compile(machine: Machine, name: str) -> None:
    """Whatever a file may be called, the manifest is YAML and the command names it."""
    machine.database(f"var/lib/shop/{name}")
    jobs = read(machine.manifest())["modules"]["dump"]
    assert isinstance(jobs, dict)
    assert len(jobs) == 1


@pytest.mark.parametrize("name", [b"new\nline", b"\xff\xfe", b"esc\x1b[31m"])
def test_names_that_no_manifest_holds_are_comments(machine: Machine, name: bytes) -> None:
    """A newline, a byte that is no text, an escape: named with escapes, and nothing breaks."""
    file = machine.database("var/lib/plain/x.db")
    folder = os.path.join(os.fsencode(machine.folder), b"var/lib", name)
    os.rename(file.parent, folder)
    text = machine.manifest()
    assert "a manifest cannot hold its path" in text
    assert all(character.isprintable() for character in text.replace("\n", ""))


TEXTS = st.one_of(
    st.binary(max_size=30),
    st.sampled_from(
        [
            b"port = '5433'\ninclude_dir='conf.d'\nunix_socket_directories = '/x\x1b'\n",
            b"RUN_USER = a b\n[database]\nDB_TYPE=postgres\nNAME=x\x01y\n",
            b"[database]\nDB_TYPE = sqlite3\nPATH = ../../x\n",
            b"[server]\nAPP_DATA_PATH=/backup/data\n[database]\nDB_TYPE=mysql\n",
            b'ID=debian\nVERSION_ID="13"\n',
            b"disabled\n",
        ]
    ),
)
FILES = (
    "etc/hostname",
    "etc/os-release",
    "etc/passwd",
    "etc/gitea/app.ini",
    "etc/postgresql/15/main/postgresql.conf",
    "etc/postgresql/15/ma in/postgresql.conf",
    "root/.config/borg/security/x/location",
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(contents=st.lists(TEXTS, min_size=len(FILES), max_size=len(FILES)))
def test_whatever_the_files_hold_compiles(machine: Machine, contents: list[bytes]) -> None:
    """No content of a file that is read keeps a manifest from being written."""
    for path, content in zip(FILES, contents, strict=True):
        machine.write(path).write_bytes(content)
    assert compile_text(machine.manifest()).tree is not None
