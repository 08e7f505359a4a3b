"""Gitea: its database is dumped; repositories, LFS, attachments and app.ini are archived as files.

Never `gitea dump`: its archive has no restore command and defeats borg's deduplication.
"""

from collections.abc import Iterator
from typing import Literal

from attrs import frozen

from schema.module import DumpModule, Host
from schema.option import option
from schema.postgresql import DatabaseName
from schema.resources import (
    Archive,
    Brought,
    Database,
    Dump,
    LiveData,
    Needs,
    Recovery,
    Request,
    Resource,
)
from schema.scalars import AbsolutePath, UserName

REGENERATED = ("data/indexers", "data/queues", "data/sessions", "data/tmp", "log")
_OPTIONS = {
    "name": ("database",),
    "user": ("user",),
    "command": ("data",),
    "needs": ("data",),
    "restore": ("data",),
}


@frozen(eq=False, repr=False)
class Gitea(DumpModule):
    """A Gitea server, installed as its documentation says."""

    user: UserName = option(default=UserName.known("git"), help="the user that Gitea runs as")
    data: AbsolutePath = option(
        default=AbsolutePath.known("/var/lib/gitea"),
        help="Gitea's WORK_PATH: repositories, LFS, files",
        example="/srv/gitea",
    )
    config: AbsolutePath = option(
        default=AbsolutePath.known("/etc/gitea/app.ini"), help="Gitea's configuration file"
    )
    database: Literal["sqlite", "postgresql"] = option(
        default="sqlite", help="where Gitea keeps its database", example="postgresql"
    )
    database_name: DatabaseName = option(
        default=DatabaseName.known("gitea"), help="the database's name, with database: postgresql"
    )

    def requests(self, host: Host) -> Iterator[Request]:
        if self.database == "postgresql":
            name = ("modules", "gitea", "database_name")
            yield Database(("modules", "gitea", "database"), self.database_name, also=(name,))

    def declare(self, host: Host) -> Iterator[Resource]:
        live = f"{self.data}/data/gitea.db"
        yield Archive(self.config, "Gitea's configuration", option=("config",))
        yield Archive(
            self.data,
            "Gitea's repositories, LFS objects, attachments and avatars",
            exclude=(
                *(f"{self.data}/{name}" for name in REGENERATED),
                *(f"{live}{suffix}" for suffix in ("", "-journal", "-shm", "-wal")),
            ),
            option=("data",),
        )
        yield Brought(users=(self.user,), folders=(self.data, f"{self.data}/data"))
        if self.database == "sqlite":
            yield LiveData(live, "Gitea writes to it while borg reads")
            yield Dump(
                name="gitea",
                description="Dump the Gitea database",
                user=self.user,
                program="dump/sqlite",
                leaves=("gitea.db",),
                command=(live,),
                needs=Needs(write=(f"{self.data}/data",)),
                required=self.required,
                timeout=self.timeout,
                shrink_limit=self.most_shrinkage,
                restore=Recovery(
                    program="restore_sqlite",
                    command=(live,),
                    needs=Needs(write=(f"{self.data}/data",)),
                    replaces=(live,),
                ),
                drill=Recovery(program="drill_sqlite"),
                drilled=self.drill,
                packages=("sqlite3",),
                options=_OPTIONS,
            )
