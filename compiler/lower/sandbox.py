"""What a program must reach -> the tightest sandbox in which it still works.

The one place where sandbox directives are made. A directive that would hide or empty a path
which the program is to read is relaxed: a file that the sandbox hides from borg is missing in the
archive, and nothing would say so (which directive hides what was measured on Debian 12 and 13).
"""

from collections.abc import Mapping

from attrs import frozen

from compiler.lower.lines import Lines, Paths
from schema.diagnostics import ManifestPath
from schema.layout import overlap
from schema.units import Expanded, Words

HOMES = ("/home", "/root", "/run/user")
TEMPORARY = ("/tmp", "/var/tmp")
_RUN = "/run"
KERNEL_MODULES = ("/usr/lib/modules", "/lib/modules")


@frozen(eq=False, repr=False)
class Access:
    """What one unit's program must reach.

    Attributes:
        read: paths of the host that must look as they are outside, each with the option behind it.
        write: folders that it writes to, each with the option behind it; they must exist before the
            unit starts.
        capability: the one capability it keeps, or none.
        network: whether it talks over TCP/IP.
        mail: whether it hands mail to postfix.
        devices: whether it opens devices.
        just_in_time: whether it makes memory executable.
        private_users: whether all other users may be hidden (their numbers read as nobody's).
        owns_ipc: whether nothing else runs as its user.
        options: of each of these that is computed, the options behind it, by its name.
    """

    read: tuple[tuple[str, ManifestPath], ...] = ()
    write: tuple[tuple[str, ManifestPath], ...] = ()
    capability: str | None = None
    network: bool = False
    mail: bool = False
    devices: bool = False
    just_in_time: bool = False
    private_users: bool = True
    owns_ipc: bool = False
    options: Mapping[str, Paths] = {}

    def cause(self, *folders: str) -> ManifestPath | None:
        """Why it must see one of the folders, or something in or around them; None: it need not."""
        for path, option in (*self.read, *self.write):
            if any(overlap(path, folder) for folder in folders):
                return option
        return None

    def behind(self, name: str) -> Paths:
        """The options behind one of the attributes."""
        return self.options.get(name, ())

    @property
    def seen(self) -> Paths:
        """The options behind everything that it reads or writes."""
        written = (option for _, option in self.write)
        return tuple(dict.fromkeys((*self.behind("read"), *self.behind("write"), *written)))


def sandbox(lines: Lines, access: Access) -> None:
    """Add the sandbox of one service."""
    _privileges(lines, access)
    _files(lines, access)
    _network(lines, access)
    _isolation(lines, access)
    _system_calls(lines, access)


def _privileges(lines: Lines, access: Access) -> None:
    if access.capability:
        reason = "reads every file of the host without being root"
        lines.service("AmbientCapabilities", access.capability, reason)
        lines.service("CapabilityBoundingSet", access.capability, reason)
    else:
        lines.service("CapabilityBoundingSet", "", "needs no capability")
    lines.service("NoNewPrivileges", "yes", "nothing it starts may gain privileges")


def _files(lines: Lines, access: Access) -> None:
    lines.service(
        "ProtectSystem", "strict", "the whole file system is read-only, but for what follows"
    )
    seen = access.seen
    for path, option in access.write:
        lines.service("ReadWritePaths", path, "writes there, and nowhere else", option)
    if all(path != _RUN for path, _ in access.write):
        reason = "sockets can be talked to, but no file made: ProtectSystem= leaves /run writable"
        lines.service("ReadOnlyPaths", _RUN, reason, also=access.behind("write"))
    if (cause := access.cause(*HOMES)) is not None:
        lines.service("ProtectHome", "read-only", "reads or keeps something in a home", cause, seen)
    else:
        lines.service("ProtectHome", "yes", "has nothing to do in anybody's home", also=seen)
    cause = access.cause(*TEMPORARY)
    if cause is None:
        lines.service("PrivateTmp", "yes", "sees nobody else's temporary files", also=seen)
        return
    lines.service(
        "PrivateTmp",
        "no",
        "a private /tmp would hide the real one from it",
        cause,
        seen,
        comment="A private /tmp would hide files that are to be read.",
    )
    reason = "a place for temporary files instead of /tmp"
    lines.service("RuntimeDirectory", Expanded("%N"), reason, cause, seen)
    lines.service("Environment", Expanded("TMPDIR=%t/%N"), reason, cause, seen)


def _network(lines: Lines, access: Access) -> None:
    families = ["AF_UNIX"]
    also = access.behind("network")
    if access.network or access.mail:
        families += ["AF_INET", "AF_INET6"]
    if access.mail:
        families.append("AF_NETLINK")
    if not access.network:
        lines.service("IPAddressDeny", "any", "talks to nobody over the network", also=also)
    if not access.network and not access.mail:
        lines.service("PrivateNetwork", "yes", "needs no network", also=also)
    lines.service(
        "RestrictAddressFamilies",
        Words(tuple(families)),
        "postfix looks at the network interfaces" if access.mail else "opens no other sockets",
        also=also,
    )


def _isolation(lines: Lines, access: Access) -> None:
    devices = access.behind("devices")
    lines.service(
        "PrivateDevices",
        "no" if access.devices else "yes",
        "opens devices" if access.devices else "needs no device",
        also=devices,
    )
    if not access.devices:
        lines.service("DevicePolicy", "closed", "needs no device", also=devices)
    if access.private_users:
        lines.service("PrivateUsers", "yes", "needs no user but its own")
    for name, reason in _ALWAYS:
        lines.service(name, "yes", reason)
    cause = access.cause(*KERNEL_MODULES)
    lines.service(
        "ProtectKernelModules",
        "no" if cause is not None else "yes",
        "would hide /usr/lib/modules from it" if cause is not None else "loads no kernel module",
        cause,
        access.seen,
        comment=None if cause is None else "Would hide /usr/lib/modules, which is to be read.",
    )
    lines.service("ProtectProc", "invisible", "sees no other user's processes")
    lines.service("ProcSubset", "pid", "needs nothing of /proc but processes")
    lines.service("KeyringMode", "private", "shares no kernel keyring")
    if access.owns_ipc:
        lines.service("RemoveIPC", "yes", "leaves no shared memory behind")


_ALWAYS = (
    ("PrivateIPC", "shares no memory with other services"),
    ("PrivateMounts", "its mounts stay its own"),
    ("ProtectClock", "does not set the clock"),
    ("ProtectControlGroups", "does not manage control groups"),
    ("ProtectHostname", "does not set the host name"),
    ("ProtectKernelLogs", "does not read the kernel's log"),
    ("ProtectKernelTunables", "does not tune the kernel"),
    ("RestrictNamespaces", "makes no namespaces"),
    ("RestrictRealtime", "needs no realtime scheduling"),
    ("RestrictSUIDSGID", "makes no file that runs as somebody else"),
)


def _system_calls(lines: Lines, access: Access) -> None:
    if not access.mail:
        lines.service("LockPersonality", "yes", "does not emulate another system")
    if not access.just_in_time:
        also = access.behind("just_in_time")
        lines.service("MemoryDenyWriteExecute", "yes", "makes no code at run time", also=also)
    lines.service("SystemCallArchitectures", "native", "runs native programs only")
    reason = "needs no system call that only root may use, nor any that takes resources"
    lines.service("SystemCallFilter", "@system-service", reason)
    lines.service("SystemCallFilter", Words(("~@privileged", "@resources")), reason)
    lines.service(
        "SystemCallErrorNumber", "EPERM", "a refused call fails and is logged, it does not kill"
    )
