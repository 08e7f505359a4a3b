"""Good and bad values of every grammar, for the tests of the directives."""

import os

import schema
from schema.directives import DirectiveRule, value_choices

DATA = os.path.join(os.path.dirname(schema.__file__), "data")


def rows(name: str) -> list[list[str]]:
    """The columns of every line of a table."""
    with open(os.path.join(DATA, name), encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file if line.strip() and line[0] != "#"]


GRAMMARS = {name: (good, bad) for name, _, _, _, good, bad in rows("grammars.tsv")}
_ONE_OF_A_KIND = {"unit": ("backup.service", "backup"), "obsolete": ("-", "-")}


def good_values(rule: DirectiveRule) -> list[str]:
    """Every fixed word that the directive takes, and a sample of what else."""
    values = list(value_choices(rule))
    name, _, argument = _inner(rule.grammar).partition(":")
    if name == "integer":
        values += argument.split("..")
    elif name == "unit" and argument and not argument.startswith("!"):
        values.append(f"backup.{argument}")
    else:
        values.append(_sample(name)[0])
    values = [value for value in values if value != "-"]
    if rule.grammar.startswith("condition:"):
        values += [f"{sign}{value}" for value in values for sign in ("!", "|", "|!")]
    return values


def bad_values(rule: DirectiveRule) -> list[str]:
    """Values that are just wrong; none for an open grammar."""
    name, _, argument = _inner(rule.grammar).partition(":")
    if name == "integer":
        return [str(int(argument.split("..")[1]) + 1), "nonsense"]
    if name in {"one-of", "boolean-or", "action", "personality"}:
        return ["nonsense"]
    return [value for value in (_sample(name)[1],) if value != "-"]


def _inner(grammar: str) -> str:
    return grammar.removeprefix("condition:").removeprefix("rlimit:")


def _sample(name: str) -> tuple[str, str]:
    return GRAMMARS.get(name) or _ONE_OF_A_KIND.get(name) or ("-", "-")


def table(text: str) -> list[tuple[str, str]]:
    """Directive and value of each line, the value with its C escapes resolved."""
    pairs = (line.split(maxsplit=1) for line in text.strip().split("\n"))
    return [(one, value.encode().decode("unicode_escape")) for one, value in pairs]


GOOD = r"""
Unit.Description         Nightly backup of web1: 100 % of it; "quoted" $HOME
Unit.After               network-online.target
Unit.After               srv-my\\x2ddata.mount
Unit.After               backup@web:1.service
Unit.RequiresMountsFor   /mnt/my vault
Unit.OnFailureJobMode    replace-irreversibly
Unit.ConditionPathExists |!/run/backup.lock
Unit.ConditionMemory     >=2G
Unit.FailureActionExitStatus 255
Unit.Documentation       https://example.org/backup?a=1
Service.Type             oneshot
Service.Restart          on-abnormal
Service.SuccessExitStatus 1
Service.SuccessExitStatus TEMPFAIL
Service.SuccessExitStatus SIGKILL
Service.TimeoutStartSec  1h 30min
Service.TimeoutStartSec  infinity
Service.User             _apt
Service.User             65534
Service.WorkingDirectory ~
Service.WorkingDirectory -/var/lib/a: b
Service.EnvironmentFile  -/etc/default/borg
Service.UMask            0077
Service.Nice             -20
Service.OOMScoreAdjust   -1000
Service.ProtectSystem    strict
Service.ProtectSystem    yes
Service.ProtectHome      read-only
Service.ReadWritePaths   -+/var/my files
Service.BindPaths        -/srv/data:/data:norbind
Service.TemporaryFileSystem /var:ro,size=10%
Service.Environment      BORG_RSH=ssh -o "A=b"
Service.Environment      TWO_LINES=a\nb
Service.PassEnvironment  LANG
Service.StandardOutput   append:/var/log/a b.log
Service.StandardOutput   journal+console
Service.StandardInput    fd:backup
Service.LimitNOFILE      1024:infinity
Service.LimitCPU         1min:2min
Service.LimitRTTIME      500:1s
Service.LimitAS          4G:16G
Service.LimitNICE        +5:-5
Service.KillSignal       SIGRTMIN+3
Service.CapabilityBoundingSet ~CAP_SYS_ADMIN
Service.CapabilityBoundingSet ~
Service.SystemCallFilter ~@privileged
Service.SystemCallFilter @system-service
Service.SystemCallFilter open_by_handle_at
Service.SystemCallFilter ~ptrace:EPERM
Service.SystemCallErrorNumber kill
Service.RestrictAddressFamilies none
Service.RestrictAddressFamilies ~AF_PACKET
Service.RestrictNamespaces ~user
Service.RestrictNamespaces yes
Service.LoadCredential   passphrase:/etc/credstore/my borg
Service.LoadCredential   passphrase
Service.StateDirectory   borg/cache
Service.CPUWeight        idle
Service.IOWeight         10000
Service.MemoryMax        50%
Service.MemoryMax        1.5G
Service.TasksMax         infinity
Service.CPUQuota         250%
Service.CPUAffinity      0-3,7
Service.IPAddressAllow   2001:db8::/32
Service.IPAddressAllow   ::ffff:192.0.2.1
Service.IPAddressDeny    any
Service.DeviceAllow      char-pts rw
Service.DeviceAllow      /dev/fuse
Service.SocketBindAllow  ipv4:tcp:8000-8100
Service.IODeviceLatencyTargetSec /dev/sda 25ms
Service.Slice            backup-nightly.slice
Service.PIDFile          backup.pid
Timer.OnCalendar         Mon..Fri *-*-* 02:30
Timer.RandomizedDelaySec 30min
Timer.Unit               backup@web.service
Install.WantedBy         timers.target
Install.WantedBy         container@.service
Install.DefaultInstance  web1
Socket.ListenStream      [::1]:8080
Socket.ListenNetlink     kobject-uevent 1
"""

BAD = r"""
Unit.Description         two\nlines
Unit.Description         ends in a backslash\\
Unit.After               network-online
Unit.After               backup@.service
Unit.After               backup%i.service
Unit.After               -backup.foo
Unit.RequiresMountsFor   mnt/vault
Unit.RequiresMountsFor   /mnt/../vault
Unit.OnFailureJobMode    replace-reversibly
Unit.ConditionPathExists !|/run/backup.lock
Unit.ConditionMemory     plenty
Unit.FailureActionExitStatus 256
Unit.Documentation       www.example.org
Unit.StartLimitBurst     010
Service.Type             one-shot
Service.Restart          yes
Service.SuccessExitStatus 256
Service.SuccessExitStatus EX_TEMPFAIL
Service.TimeoutStartSec  1 fortnight
Service.User             root:root
Service.User             1abc
Service.User             65535
Service.User             a-name-that-is-longer-than-31-chars
Service.WorkingDirectory var/lib
Service.EnvironmentFile  default/borg
Service.UMask            0o77
Service.UMask            80
Service.Nice             -21
Service.OOMScoreAdjust   +5
Service.ProtectSystem    strictt
Service.ProtectHome      readonly
Service.ReadWritePaths   +-/var
Service.ReadWritePaths   ~/files
Service.BindPaths        /srv/data:/data:ro
Service.BindPaths        /srv/my data
Service.Environment      BORG-RSH=ssh
Service.Environment      NAME
Service.Environment      BELL=a\x07
Service.PassEnvironment  A=b
Service.StandardOutput   file:log
Service.StandardOutput   syslogd
Service.LimitNOFILE      infinity:1024
Service.LimitCPU         2min:1min
Service.LimitAS          4GB
Service.LimitNICE        5:4:3
Service.KillSignal       SIGRTMIN+31
Service.CapabilityBoundingSet CAP_DAC_READ
Service.CapabilityBoundingSet cap_chown
Service.SystemCallFilter @everything
Service.SystemCallFilter open_by_handle
Service.SystemCallFilter ptrace:EPERM
Service.SystemCallLog    ~ptrace:EPERM
Service.SystemCallErrorNumber EWHATEVER
Service.RestrictAddressFamilies ~none
Service.RestrictAddressFamilies AF_UNIX6
Service.RestrictNamespaces network
Service.LoadCredential   pass/phrase:/etc/borg
Service.LoadCredential   passphrase:etc/borg
Service.StateDirectory   /var/lib/borg
Service.StateDirectory   private
Service.CPUWeight        0
Service.IOWeight         idle
Service.MemoryMax        0
Service.MemoryMax        101%
Service.TasksMax         0
Service.CPUQuota         250
Service.CPUAffinity      3-0
Service.CPUAffinity      8192
Service.IPAddressAllow   192.0.2.0/33
Service.IPAddressAllow   192.0.2.01
Service.IPAddressAllow   2001:db8::1::2
Service.IPAddressAllow   1:2:3:4:5:6:7::8
Service.DeviceAllow      /srv/fuse rw
Service.DeviceAllow      /dev/fuse x
Service.SocketBindAllow  tcp:8100-8000
Service.IODeviceLatencyTargetSec sda 25ms
Service.Slice            backup@nightly.slice
Service.PIDFile          ../backup.pid
Timer.OnCalendar         every day
Timer.RandomizedDelaySec -5s
Timer.Unit               backup.timer
Install.WantedBy         timers
Install.DefaultInstance  web 1
Socket.ListenStream      99999
Socket.ListenNetlink     nonsense
Socket.Delegate          yes
Service.CPUShares        100
"""
