"""The software of a host that is backed up: set up, filled with rows, asked for them, restored."""

import mailbox
from collections.abc import Iterator
from contextlib import closing, contextmanager

from attrs import frozen

from tests.boot.laboratory import Host
from tests.boot.vault import Vault

MAILBOX = "/var/mail/root"
GITEA = "/var/lib/gitea"
_PSQL = ("psql", "--no-psqlrc", "--no-align", "--tuples-only", "--quiet", "-vON_ERROR_STOP=1")
_POSTGRES = ("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "env")


@frozen
class Mail:
    """A delivered mail. `received` is postfix's account of who handed it in."""

    recipient: str
    subject: str
    received: str
    text: str


def keep_all_mail(host: Host) -> None:
    """Have postfix deliver mail for anybody, anywhere, to root's mailbox, from the first mail on.

    The programs of postfix that look this up start with that mail: no reload, which takes a second.
    """
    host.run("postconf", "-e", "virtual_alias_maps=static:root")


def mails(host: Host, unit: str) -> tuple[Mail, ...]:
    """The mails in root's mailbox, once one about the unit is among them."""
    host.wait_for("grep", "--quiet", f"^Subject: [^:]*: {unit} ", MAILBOX)
    host.wait_for("sh", "-c", "mailq | grep --quiet empty")
    with closing(mailbox.mbox(host.path(MAILBOX), create=False)) as delivered:
        return tuple(
            Mail(
                str(one["X-Original-To"]),
                str(one["Subject"]),
                " ".join(str(one["Received"]).split()),
                bytes(one.get_payload(decode=True)).decode(errors="surrogateescape"),
            )
            for one in delivered
        )


def empty_mailbox(host: Host) -> None:
    """Forget all mail that has arrived."""
    host.run("sh", "-c", f"if test -e {MAILBOX}; then : >{MAILBOX}; fi")


def sql(host: Host, statements: str, database: str = "postgres") -> str:
    """Run statements in PostgreSQL and give the rows; any database name will do."""
    return host.run(
        "env", f"PGDATABASE={database}", *_PSQL, stdin=statements, user="postgres"
    ).stdout.strip()


def create_database(host: Host, name: str, row: str) -> None:
    """Make a database with one table, `kept`, of one row."""
    quoted = name.replace('"', '""')
    sql(host, f"CREATE DATABASE \"{quoted}\" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    sql(host, "CREATE TABLE kept (id serial PRIMARY KEY, note text)", name)
    sql(host, f"COPY kept (note) FROM stdin;\n{row}\n", name)


def restored_rows(vault: Vault, archive: str, dump: str) -> str:
    """Load an archived dump into a new database, and give the rows of `kept` in it."""
    sql(vault.host, "DROP DATABASE IF EXISTS restored; CREATE DATABASE restored TEMPLATE template0")
    vault.pipe(archive, dump, *_POSTGRES, "pg_restore", "--exit-on-error", "--dbname=restored")
    return sql(vault.host, "SELECT note FROM kept ORDER BY id", "restored")


def create_gitea(host: Host, home: str = GITEA) -> None:
    """Make what an installed Gitea has: its user, its folders, a repository, a database in WAL."""
    host.run("useradd", "--system", f"--home-dir={home}", "git")
    for folder in ("", "/data", "/data/gitea-repositories"):
        host.run("install", "-d", "-o", "git", "-g", "git", "-m", "750", f"{home}{folder}")
    host.write("/etc/gitea/app.ini", "[server]\n", owner="root:git", mode=0o640)
    host.write(f"{home}/data/gitea-repositories/HEAD", "ref: main\n", owner="git:git")
    made = "PRAGMA journal_mode=WAL; CREATE TABLE issue (title TEXT);"
    host.run("sqlite3", f"{home}/data/gitea.db", made, user="git")


@contextmanager
def gitea_writing(host: Host, title: str, home: str = GITEA) -> Iterator[None]:
    """Keep a Gitea running that has committed an issue, and is in the middle of another."""
    with host.running("sqlite3", f"{home}/data/gitea.db", user="git") as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdin.write(f".param set :title '{title}'\nINSERT INTO issue VALUES (:title);\n")
        writer.stdin.write("BEGIN IMMEDIATE; INSERT INTO issue VALUES ('half written');\n")
        writer.stdin.write("SELECT 'writing';\n")
        writer.stdin.flush()
        assert writer.stdout.readline() == "writing\n"
        yield


def restored_issues(vault: Vault, archive: str) -> str:
    """Take Gitea's database out of an archive, check it, and give the issues in it."""
    ask = "sqlite3 /root/gitea.db 'PRAGMA integrity_check; SELECT title FROM issue'"
    read = f"rm -f /root/gitea.db && cat >/root/gitea.db && {ask}"
    said = vault.pipe(archive, "backup/gitea/gitea.db", "sh", "-c", read)
    assert said.startswith("ok\n")
    return said.removeprefix("ok\n").strip()
