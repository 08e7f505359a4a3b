"""An installation that is killed at a moment: as dpkg or one of its scripts calls a program.

What they call is found first in a folder of stand-ins, which kill dpkg with all that it has
started, or do the work.
"""

from attrs import frozen

from tests.boot.laboratory import Host

FOLDER = "/var/moments"
_PROGRAMS = (
    *("cp", "dirname", "dpkg-deb", "dpkg-query", "find", "ln", "mkdir", "mktemp", "mv", "rm"),
    *("rmdir", "sed", "sort", "systemctl", "systemd-analyze", "systemd-run", "systemd-sysusers"),
    *("systemd-tmpfiles", "tar", "timeout", "touch", "xargs"),
)
# dpkg unpacks to other names first; these show that it is in the middle of it.
_STAND_IN = f"""\
#!/bin/sh
program=/usr/bin/${{0##*/}}
by=$(/usr/bin/tr '\\0' ' ' <"/proc/$PPID/cmdline")
call="$by> ${{0##*/}} $*"
echo "$call" >>{FOLDER}/calls
case $call in
    $(cat {FOLDER}/moment)) ;;
    *) exec "$program" "$@" ;;
esac
case $call in
    *--fsys-tarfile*)
        "$program" "$@" | /usr/bin/head --bytes=60000
        while [ -z "$(/usr/bin/find /usr/lib/hostwright -name '*.dpkg-new')" ]; do
            /usr/bin/sleep 0.1
        done
        ;;
esac
. {FOLDER}/end
"""
_KILL = f"touch {FOLDER}/reached; kill -KILL 0"
_HANG = f"touch {FOLDER}/reached; sleep infinity"


@frozen
class Moments:
    """The stand-ins of a host."""

    host: Host

    @classmethod
    def on(cls, host: Host) -> "Moments":
        """Put them there."""
        for program in _PROGRAMS:
            host.write(f"{FOLDER}/bin/{program}", _STAND_IN, mode=0o755)
        return cls(host)

    def kill(self, moment: str, *words: str) -> None:
        """Run dpkg, and kill it at a moment: a pattern of the shell for `CALLER> PROGRAM WORDS`."""
        self._prepare(moment, _KILL)
        self.host.run(*_alone(words), check=False)
        calls = self.host.run("cat", f"{FOLDER}/calls").stdout
        assert self.host.path(f"{FOLDER}/reached").exists(), calls

    def hang(self, moment: str, *words: str) -> None:
        """Run dpkg, and have it stand still at a moment for ever."""
        self._prepare(moment, _HANG)
        self.host.run("systemd-run", "--quiet", "--collect", *_alone(words))
        self.host.wait_for("test", "-e", f"{FOLDER}/reached")

    def _prepare(self, moment: str, end: str) -> None:
        self.host.run("rm", "-f", f"{FOLDER}/reached")
        self.host.write(f"{FOLDER}/end", end)
        self.host.write(f"{FOLDER}/moment", moment)
        self.host.write(f"{FOLDER}/calls", "")


def _alone(words: tuple[str, ...]) -> tuple[str, ...]:
    """A command with the stand-ins, in a group of processes of its own."""
    path = f"PATH={FOLDER}/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return ("setsid", "--wait", "env", path, "dpkg", *words)
