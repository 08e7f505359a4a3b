"""Anything else that has no module yet: a command whose output is archived, run as its own user."""

from collections.abc import Iterator, Mapping
from typing import Literal

from attrs import frozen

from schema.bounded import Percentage
from schema.diagnostics import Diagnostic, ManifestPath
from schema.module import Host, Module
from schema.option import collected, option
from schema.packages import PackageRelation
from schema.resources import Dump, Needs, Recovery, Resource
from schema.scalars import AbsolutePath, EnvironmentName, JobName, Text, UserName
from schema.times import Timeout

_OPTIONS = {
    name: (name,)
    for name in (
        "user",
        "command",
        "output",
        "environment",
        "needs",
        "required",
        "timeout",
        "shrink_limit",
        "version",
        "packages",
        "restore",
        "drill",
    )
}


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
class JobRecovery:
    """A command that takes the dump: its folder is $DUMP; with output: stdout it is also stdin."""

    command: tuple[Text, ...] = option(
        help="an argv list; the program by its absolute path",
        merge="whole",
        example="[/usr/sbin/slapadd, -q]",
        not_empty=True,
    )
    needs: JobNeeds = option(
        default=JobNeeds(), help="what the command must reach", example="{write: [/var/lib/ldap]}"
    )


@frozen(eq=False, repr=False)
class Job:
    """One command."""

    user: UserName = option(help="the user that the command runs as", example="redis")
    command: tuple[Text, ...] = option(
        help="an argv list; the program by its absolute path",
        merge="whole",
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
    shrink_limit: Literal["off"] | Percentage = option(
        default=Percentage(50),
        help="by how many percent a dump may be smaller than the last good one; a smaller one is a "
        "failure, and the last good one is kept",
        example="off",
    )
    version: tuple[Text, ...] = option(
        default=(),
        help="a command whose first line of output names the tool and its version, for the record "
        "beside the dump",
        example="[/usr/bin/redis-cli, --version]",
        merge="whole",
    )
    packages: tuple[PackageRelation, ...] = option(
        default=(),
        help="Debian packages that the job's commands come from: the host's package depends on "
        "them",
        example="[redis-tools]",
        since="0.3",
    )
    restore: JobRecovery | None = option(
        default=None,
        help="what hostwright-restore runs, as the job's user, to bring the dump back",
        example="{command: [/usr/sbin/slapadd, -q], needs: {write: [/var/lib/ldap]}}",
    )
    drill: JobRecovery | None = option(
        default=None,
        help="what the drill (backup.drill) runs, in an empty folder and as a user of its own, "
        "after it has compared the dump's checksums",
        example="{command: [/bin/grep, --quiet, 'dn:']}",
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
            for path, command in _commands(name, job):
                if command and not command[0].startswith("/"):
                    yield Diagnostic(
                        "HW014",
                        f'the program "{command[0]}" is not an absolute path: it must begin with /',
                        (*path, 0),
                        "for example: /usr/bin/redis-cli",
                    )
            yield from _unheard(name, job)

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
                needs=_needs(job.needs),
                required=job.required,
                timeout=job.timeout,
                version=job.version,
                packages=job.packages,
                shrink_limit=None if job.shrink_limit == "off" else job.shrink_limit,
                restore=_recovery(job.restore),
                drill=_recovery(job.drill),
                path=(name,),
                options=_OPTIONS,
            )


def _commands(name: str, job: Job) -> Iterator[tuple[ManifestPath, tuple[Text, ...]]]:
    """Every command of a job, and where it stands."""
    yield (name, "command"), job.command
    yield (name, "version"), job.version
    for step, recovery in (("restore", job.restore), ("drill", job.drill)):
        if recovery is not None:
            yield (name, step, "command"), recovery.command


def _unheard(name: str, job: Job) -> Iterator[Diagnostic]:
    """What a job asks for in vain."""
    if "--" in job.version:
        yield Diagnostic(
            "HW014",
            'the word "--" ends the command when the dump is made: what follows would not be a '
            "part of it",
            (name, "version", job.version.index("--")),
            "put the command into a script",
        )
    needs = JobNeeds() if job.drill is None else job.drill.needs
    for need in ("write", "network", "devices"):
        if getattr(needs, need):
            yield Diagnostic(
                "HW031",
                f"a drill touches nothing of the host, so its command cannot have {need}: it runs "
                "in an empty folder, without the network",
                (name, "drill", "needs", need),
                "take it out; read and just_in_time are possible",
            )


def _recovery(job: JobRecovery | None) -> Recovery | None:
    if job is None or not job.command or not job.command[0].startswith("/"):
        return None
    return Recovery(command=job.command, needs=_needs(job.needs))


def _needs(needs: JobNeeds) -> Needs:
    return Needs(
        read=needs.read,
        write=needs.write,
        network=needs.network,
        devices=needs.devices,
        just_in_time=needs.just_in_time,
    )
