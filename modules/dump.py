"""Anything else that has no module yet: a command whose output is archived, run as its own user."""

from collections.abc import Iterator, Mapping
from typing import Literal

from attrs import frozen

from schema.diagnostics import Diagnostic
from schema.module import Host, Module
from schema.option import collected, option
from schema.resources import Dump, Needs, Resource
from schema.scalars import AbsolutePath, EnvironmentName, JobName, Text, UserName
from schema.times import Timeout


@frozen(eq=False, repr=False)
class JobNeeds:
    """What a job's command must reach; everything else is taken away from it."""

    read: tuple[AbsolutePath, ...] = option(
        default=(), help="paths below a home that it reads", example="[/home/wiki/data]"
    )
    write: tuple[AbsolutePath, ...] = option(
        default=(), help="folders that it writes to, besides its dump folder"
    )
    network: bool = option(default=False, help="whether it talks over TCP/IP")
    devices: bool = option(default=False, help="whether it opens devices")
    just_in_time: bool = option(
        default=False, help="whether it makes memory executable (Java, Node.js, LuaJIT)"
    )


@frozen(eq=False, repr=False)
class Job:
    """One command."""

    user: UserName = option(help="the user that the command runs as", example="redis")
    command: tuple[Text, ...] = option(
        help="an argv list; the program by its absolute path",
        example="[/usr/bin/redis-cli, --rdb, '-']",
        not_empty=True,
    )
    output: Literal["stdout", "folder"] = option(
        default="stdout",
        help="stdout becomes /backup/JOB/JOB.dump; folder: the command writes into its working "
        "directory, a fresh folder",
        example="folder",
    )
    environment: Mapping[EnvironmentName, Text] = option(
        default={}, help="environment variables, none of them a secret", example="{LANG: C.UTF-8}"
    )
    needs: JobNeeds = option(
        default=JobNeeds(), help="what the command must reach", example="{network: true}"
    )
    required: bool = option(
        default=True,
        help="whether a failed dump fails the whole backup, before anything is archived",
    )
    timeout: Timeout = option(
        default=Timeout.known("2h"), help="how long the dump may take before it counts as failed"
    )


@frozen(eq=False, repr=False)
class DumpJobs(Module):
    """Jobs by name: each is a unit backup-JOB.service with a folder /backup/JOB."""

    jobs: Mapping[JobName, Job] = collected(
        help="job name to {user, command, output, environment, needs}",
        example="{wiki: {user: wiki, command: [/usr/local/bin/wiki-export]}}",
    )

    def check(self, host: Host) -> Iterator[Diagnostic]:
        for name, job in self.jobs.items():
            if job.user == "nobody":
                yield Diagnostic(
                    "HW031",
                    "nobody is the user of everything that has none: each of them could change the "
                    "dump, and systemd warns of it",
                    (name, "user"),
                    "give the job a user of its own",
                )
            if job.command and not job.command[0].startswith("/"):
                yield Diagnostic(
                    "HW014",
                    f'the program "{job.command[0]}" is not an absolute path: it must begin with /',
                    (name, "command", 0),
                    "for example: /usr/bin/redis-cli",
                )

    def declare(self, host: Host) -> Iterator[Resource]:
        for name, job in sorted(self.jobs.items()):
            yield Dump(
                name=name,
                description=f"Dump {name}",
                user=job.user,
                command=job.command,
                output=job.output,
                file=f"{name}.dump" if job.output == "stdout" else None,
                environment=tuple(sorted(job.environment.items())),
                needs=Needs(
                    read=job.needs.read,
                    write=job.needs.write,
                    network=job.needs.network,
                    devices=job.needs.devices,
                    just_in_time=job.needs.just_in_time,
                ),
                required=job.required,
                timeout=job.timeout,
                path=(name,),
            )
