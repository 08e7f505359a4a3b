"""PostgreSQL: roles and every database, dumped as the postgres user over the local socket."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from attrs import frozen

from schema.bounded import Port
from schema.diagnostics import Diagnostic
from schema.module import DumpModule, Host
from schema.option import option
from schema.postgresql import DatabaseName
from schema.resources import Database, Dump, LiveData, Recovery, Request, Resource


@frozen(eq=False, repr=False)
class Postgresql(DumpModule):
    """A PostgreSQL cluster of Debian's packages."""

    answers: ClassVar[tuple[type[Request], ...]] = (Database,)

    databases: Literal["all"] | tuple[DatabaseName, ...] = option(
        default="all", help="all databases, or a list of names", example="[shop, wiki]"
    )
    exclude: tuple[DatabaseName, ...] = option(
        default=(), help="names of databases to leave out of all", example="[scratch]"
    )
    port: Port = option(default=Port(5432), help="the cluster's port: it names the local socket")
    globals: bool = option(default=True, help="dump the roles and tablespaces too")
    count_rows: bool = option(
        default=True,
        help="count the rows of every table in the dump's own snapshot, so that a restore and the "
        "drill can be compared with them; reads each table once more",
    )

    def wanted(self, host: Host) -> tuple[str, ...]:
        """The databases named here, then those that other modules asked for."""
        requested = (request.name for request in host.requested(Database))
        return tuple(dict.fromkeys((*self.databases, *requested)))

    def check(self, host: Host) -> Iterator[Diagnostic]:
        if self.databases != "all" and self.exclude:
            yield Diagnostic(
                "HW031",
                "exclude has a meaning only with databases: all",
                ("exclude",),
                "take the names out of databases instead",
            )
        if self.databases != "all" and not self.wanted(host) and not self.globals:
            yield Diagnostic(
                "HW031",
                "nothing would be dumped: no database and no roles",
                ("databases",),
                "name a database, or switch the module off",
            )
        for request in host.requested(Database):
            if request.name in self.exclude:
                yield Diagnostic(
                    "HW031",
                    f'the database "{request.name}" is excluded, but '
                    f"{'.'.join(map(str, request.path))} asks for it",
                    ("exclude", self.exclude.index(request.name)),
                    "take it out of exclude",
                )

    def declare(self, host: Host) -> Iterator[Resource]:
        if self.databases == "all":
            chosen = ("--all", *(f"--exclude={name}" for name in self.exclude))
        else:
            chosen = tuple(f"--database={name}" for name in self.wanted(host))
        asked = (path for one in host.requested(Database) for path in (one.path, *one.also))
        yield Dump(
            name="postgresql",
            description="Dump the PostgreSQL databases",
            user="postgres",
            program="postgresql",
            leaves=("postgres.dump", *(("globals.sql",) if self.globals else ())),
            command=(
                *(("--globals",) if self.globals else ()),
                *(() if self.count_rows else ("--no-rows",)),
                *chosen,
            ),
            environment=(("PGPORT", str(self.port)),),
            after=("postgresql.service",),
            required=self.required,
            timeout=self.timeout,
            shrink_limit=self.most_shrinkage,
            restore=Recovery(program="restore_postgresql", parts=True),
            drill=Recovery(
                program="drill_postgresql",
                command=(str(host.target.postgresql),),
                packages=(f"postgresql-{host.target.postgresql}",),
            ),
            drilled=self.drill,
            packages=(f"postgresql-client-{host.target.postgresql}",),
            options={
                "command": ("globals", "count_rows", "databases", "exclude", *asked),
                "environment": ("port",),
                "drill": (("target",),),
                "packages": (("target",),),
            },
        )
        yield LiveData("/var/lib/postgresql", "the cluster writes to it while borg reads")
